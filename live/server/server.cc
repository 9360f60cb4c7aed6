#include "live/server/server.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <mutex>
#include <sys/resource.h>

#include <fmt/format.h>

#include "live/net/clock.h"
#include "live/net/placement.h"
#include "live/net/problem.h"
#include "live/net/process.h"
#include "live/net/sockets.h"
#include "live/net/spares.h"
#include "live/server/shared_state.h"
#include "live/server/worker.h"

namespace springtide::live::server {
namespace {

constexpr std::int64_t own_files = 64;  // of a process: listener, epoll, the standard ones, spare
constexpr std::int64_t most_processes = 1000;
constexpr std::int64_t most_cents = 0x7fffffff;  // of a packet, in its queue
constexpr Duration patience = second * 5;        // with a process that was asked to end

std::int64_t hard_file_limit() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<std::int64_t>(std::min<rlim_t>(files.rlim_max, 1 << 20));
}

void take_all_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 1 << 20);
  setrlimit(RLIMIT_NOFILE, &files);
}

Result<net::File> listen_for_worker(const ServerOptions& options, const net::Address& address,
                                    std::size_t worker) {
  net::ListenOptions listen;
  listen.share_port = true;
  // What a client does not read stays in our bounded buffer, not in megabytes of the kernel's.
  listen.send_buffer = 16 * 1024;
  if (options.pin) listen.processor = net::processor_of(static_cast<int>(worker));
  return net::listen_at(address, listen, "--listen");
}

Duration round_of(std::int64_t workers) {
  const std::int64_t share = workers / net::processors();
  return share <= 1 ? Duration{} : std::min(millisecond * 5, microsecond * 500 * share);
}

std::size_t processes_for(const ServerOptions& options) {
  if (options.processes > 0) return static_cast<std::size_t>(options.processes);
  const std::int64_t per_process = connections_per_process();
  const std::int64_t needed = (options.connections + per_process - 1) / per_process;
  const std::int64_t cores = net::processors();
  const std::int64_t least = std::max(needed, cores);
  return static_cast<std::size_t>(options.pin ? (least + cores - 1) / cores * cores : least);
}

void check_pool(const std::string& name, const spec::PacketPool& pool, Diagnostics& problems) {
  const std::string whose = "packets " + name;
  if (pool.rate.per_second < 0.5) problems.push_back(net::problem(whose, "a rate below 1/s"));
  if (pool.amount_low < 0 || pool.amount_high < pool.amount_low || pool.amount_high > most_cents)
    problems.push_back(net::problem(whose, "amounts that are no range of cents"));
  if (pool.kind == spec::PacketPool::Kind::seed)
    problems.push_back(net::problem(whose, "the reference server has no seed files"));
  if (pool.kind == spec::PacketPool::Kind::sent && pool.recipients != 3)
    problems.push_back(
        net::problem(whose, "the messages of the wire have room for exactly three recipients"));
}

Diagnostics check(const ServerOptions& options) {
  Diagnostics problems;
  const auto need = [&](bool holds, const char* what) {
    if (!holds) problems.push_back(net::problem("live server", what));
  };
  need(options.connections > 0, "it needs at least one connection");
  need(options.service.sets > 0, "it needs at least one SET");
  need(options.service.open_boxes > 0, "it needs at least one open-box");
  need(options.service.packet_queue > 0, "a packet queue needs room for at least one packet");
  need(options.processes >= 0 && options.processes <= most_processes,
       "the number of processes is not between 0 and 1000");
  need(options.restarts >= 0 && options.restarts <= 1000,
       "the number of restarts is not between 0 and 1000");
  need(options.limit >= second, "the time limit is below a second");
  for (const auto& [name, pool] : options.pools) check_pool(name, pool, problems);
  if (!problems.empty()) return problems;
  const auto processes = static_cast<std::int64_t>(processes_for(options));
  const std::int64_t room = processes * (hard_file_limit() - own_files);
  if (options.connections > room)
    problems.push_back(net::problem(
        "live server",
        fmt::format("{} connections do not fit into {} processes of {} files each",
                    options.connections, processes, hard_file_limit()),
        fmt::format(
            "leave --processes away, or give {}",
            (options.connections - 1) / std::max<std::int64_t>(connections_per_process(), 1) + 1)));
  return problems;
}

Order order_of(const std::string& name, const spec::PacketPool& pool,
               const ServerOptions& options) {
  Order order;
  order.kind = pool.kind;
  order.begin_unix_ns = options.zero_unix_ns + pool.begin.ns;
  order.rate = static_cast<std::int64_t>(pool.rate.per_second + 0.5);
  order.count = pool.count;
  order.amount_low = pool.amount_low;
  order.amount_high = pool.amount_high;
  order.first_user = static_cast<std::uint32_t>(pool.first_user);
  order.last_user =
      static_cast<std::uint32_t>(pool.last_user > 0 ? pool.last_user : options.connections);
  std::strncpy(order.name.data(), name.c_str(), order.name.size() - 1);
  return order;
}

class ProcessServer final : public Server {
 public:
  ProcessServer(const ServerOptions& options, SharedState state, const net::Address& address,
                std::int64_t first_second)
      : options_(options),
        state_(std::move(state)),
        address_(address),
        first_second_(first_second) {}

  // Problems, or none: all processes run.
  Diagnostics fork_all(std::vector<net::File> listeners);

  net::Address address() const override { return address_; }
  std::vector<std::string> processes() const override;
  std::vector<std::string> watch() override;
  int workers_running() const override { return workers_running_; }
  Counts counters() const override {
    return sum([](const Book& b) { return b.total(); });
  }
  Counts in_second(std::int64_t s) const override {
    return sum([s](const Book& b) { return b.in_second(s); });
  }
  std::int64_t first_second() const override { return first_second_; }
  std::int64_t connections() const override;
  double processor_seconds() const override;
  Result<bool> issue_shake_packets(std::int64_t rate, std::int64_t count) override;
  Result<bool> issue_sent_packets(std::int64_t rate, std::int64_t count, std::int64_t first_user,
                                  std::int64_t last_user) override;
  ServerReport stop() override;

 private:
  template <typename Part>
  Counts sum(const Part& part) const {
    Counts result = part(state_.issuer_book);
    for (const WorkerState& worker : state_.workers) result += part(worker.book);
    return result;
  }
  const Book& book_of(std::size_t child) const {
    return child < state_.workers.size() ? state_.workers[child].book : state_.issuer_book;
  }
  void bury(std::size_t child);
  void replace(std::size_t worker);
  int succeed(std::uint32_t order, net::StopRequest& stop);
  Result<bool> post(spec::PacketPool pool);
  ProcessReport report_of(std::size_t child);

  const ServerOptions options_;
  SharedState state_;
  const net::Address address_;
  const std::int64_t first_second_;
  std::vector<net::Child> children_;  // the workers, then the issuer
  std::vector<bool> died_;            // of children_: it ended unasked, and that was told
  net::Spares spares_;
  std::vector<Counts> counted_;          // by worker: of those whose place was taken
  std::vector<ProcessReport> replaced_;  // these
  std::vector<std::string> notes_;
  std::atomic<int> workers_running_{0};
  std::mutex posting_;
  int posted_ = 0;
};

Diagnostics ProcessServer::fork_all(std::vector<net::File> listeners) {
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    auto child = net::start_child(
        fmt::format("worker {}", i), options_.limit, [&, i](net::StopRequest& stop) {
          take_all_files();
          if (options_.pin) net::stay_on(net::processor_of(static_cast<int>(i)));
          net::File own = std::move(listeners[i]);
          listeners.clear();  // a listening socket lives in its worker only, and ends with it
          return Worker(options_, state_, i, 0, std::move(own)).run(stop);
        });
    if (!child) return child.problems();
    children_.push_back(std::move(child.value()));
    listeners[i].close();
  }
  auto issuer = net::start_child("issuer", options_.limit, [&](net::StopRequest& stop) {
    return Issuer(state_.store, state_.orders, state_.issuer_book, options_.seed).run(stop);
  });
  if (!issuer) return issuer.problems();
  children_.push_back(std::move(issuer.value()));
  auto spares = net::Spares::make(
      "spare worker", options_.restarts, options_.limit,
      [&](std::uint32_t order, net::StopRequest& stop) { return succeed(order, stop); });
  if (!spares) return spares.problems();
  spares_ = std::move(spares.value());
  counted_.resize(state_.workers.size());
  died_.resize(children_.size(), false);
  workers_running_ = static_cast<int>(state_.workers.size());
  for (const auto& [name, pool] : options_.pools)
    if (!state_.orders.post(order_of(name, pool, options_)))
      return {net::problem("live server", "too many pools of packets")};
  return {};
}

// In a process that was a spare until now. `order`: whose place it takes, and in which life.
int ProcessServer::succeed(std::uint32_t order, net::StopRequest& stop) {
  take_all_files();
  const std::size_t worker = order % state_.workers.size(), life = order / state_.workers.size();
  auto listener = listen_for_worker(options_, address_, worker);
  if (!listener) return 1;
  if (options_.pin) net::stay_on(net::processor_of(static_cast<int>(worker)));
  return Worker(options_, state_, worker, life, std::move(listener.value())).run(stop);
}

// The book goes on with the next one; what was in it so far is the dead one's.
void ProcessServer::replace(std::size_t worker) {
  const std::size_t order = worker + (replaced_.size() + 1) * state_.workers.size();
  auto successor = spares_.put_to_work(children_[worker].name(), static_cast<std::uint32_t>(order));
  if (!successor) {
    notes_.back() += "; nobody takes its place";
    return;
  }
  replaced_.push_back(report_of(worker));
  counted_[worker] = state_.workers[worker].book.total();
  children_[worker] = std::move(*successor);
  died_[worker] = false;
  ++workers_running_;
  notes_.back() += fmt::format("; process {} took its place", children_[worker].pid());
}

std::vector<std::string> ProcessServer::processes() const {
  std::vector<std::string> names;
  for (const net::Child& child : children_)
    names.push_back(fmt::format("{} (process {})", child.name(), child.pid()));
  return names;
}

// A child ended unasked. Nobody else writes its book any more: what it held is booked as gone.
void ProcessServer::bury(std::size_t child) {
  died_[child] = true;
  const auto& end = children_[child].poll();
  const std::int64_t now = net::unix_ns();
  std::string note = fmt::format("{} (process {}) ended by {}, {:.1f} s after instant 0",
                                 children_[child].name(), children_[child].pid(), end->to_string(),
                                 static_cast<double>(now - options_.zero_unix_ns) * 1e-9);
  if (child < state_.workers.size()) {
    const WorkerState& worker = state_.workers[child];
    const Counts counts = worker.book.total();
    const std::int64_t open = counts[Count::accepted] - counts.closed();
    worker.book.add(Count::closed_by_death, now / second.ns, open);
    worker.book.set_connections(0);
    forget(state_.set_lengths, worker.set_lengths);
    --workers_running_;
    note += fmt::format("; {} connections were lost", open);
  } else {
    note += "; no more packets are issued";
  }
  notes_.push_back(std::move(note));
}

std::vector<std::string> ProcessServer::watch() {
  const std::size_t before = notes_.size();
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (died_[i] || !children_[i].poll()) continue;
    bury(i);
    if (i < state_.workers.size()) replace(i);
  }
  return {notes_.begin() + static_cast<std::ptrdiff_t>(before), notes_.end()};
}

std::int64_t ProcessServer::connections() const {
  std::int64_t open = 0;
  for (const WorkerState& worker : state_.workers) open += worker.book.connections();
  return open;
}

double ProcessServer::processor_seconds() const {
  std::int64_t ns = state_.issuer_book.processor_ns();
  for (const WorkerState& worker : state_.workers) ns += worker.book.processor_ns();
  return static_cast<double>(ns) * 1e-9;
}

Result<bool> ProcessServer::post(spec::PacketPool pool) {
  Diagnostics problems;
  check_pool("of this order", pool, problems);
  if (pool.count <= 0) problems.push_back(net::problem("packets", "there is nothing to issue"));
  if (!problems.empty()) return problems;
  const std::lock_guard lock(posting_);
  pool.begin = Duration{net::unix_ns() - options_.zero_unix_ns};
  if (!state_.orders.post(order_of(fmt::format("order {}", posted_++), pool, options_)))
    return net::problem("packets", "too many orders in one run");
  return true;
}

Result<bool> ProcessServer::issue_shake_packets(std::int64_t rate, std::int64_t count) {
  spec::PacketPool pool;
  pool.rate = {static_cast<double>(rate)};
  pool.count = count;
  return post(pool);
}

Result<bool> ProcessServer::issue_sent_packets(std::int64_t rate, std::int64_t count,
                                               std::int64_t first_user, std::int64_t last_user) {
  if (first_user < 0 || last_user <= first_user || last_user > 0xffffffff)
    return net::problem("packets", "recipients are no range of users");
  spec::PacketPool pool;
  pool.kind = spec::PacketPool::Kind::sent;
  pool.rate = {static_cast<double>(rate)};
  pool.count = count;
  pool.first_user = first_user;
  pool.last_user = last_user;
  return post(pool);
}

ProcessReport ProcessServer::report_of(std::size_t child) {
  const net::ChildEnd end = children_[child].wait(patience);
  ProcessReport process;
  process.name = children_[child].name();
  process.pid = children_[child].pid();
  process.processor_seconds = end.processor_seconds;
  process.peak_bytes = end.peak_bytes;
  process.end = end.to_string();
  process.as_asked = !died_[child] && end.signal == 0 && end.exit_code == 0;
  if (!process.as_asked && !died_[child]) bury(child);
  process.counts = book_of(child).total();
  if (child < counted_.size()) process.counts -= counted_[child];
  return process;
}

ServerReport ProcessServer::stop() {
  const std::int64_t now = net::unix_ns() / second.ns;
  for (net::Child& child : children_) child.ask_to_end();
  ServerReport report;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    report.processes.push_back(report_of(i));
    if (i < state_.workers.size()) state_.workers[i].stages.merge_into(report.stages);
  }
  report.restarts = static_cast<int>(replaced_.size());
  report.processes.insert(report.processes.end(), replaced_.begin(), replaced_.end());
  report.first_second = first_second_;
  for (std::int64_t s = first_second_; s <= std::max(now, net::unix_ns() / second.ns); ++s)
    report.seconds.push_back(in_second(s));
  report.total = counters();
  report.notes = notes_;
  report.waiting_cents = state_.store.waiting_cents();
  report.waiting_packets = state_.store.waiting();
  report.unopened_cents = state_.store.unopened_cents();
  workers_running_ = 0;
  return report;
}

}  // namespace

std::int64_t connections_per_process() {
  // The kernel spreads connections at random: a process gets the mean and a few times its root.
  const std::int64_t files = hard_file_limit() - own_files;
  const auto uneven = static_cast<std::int64_t>(
      4 * std::sqrt(static_cast<double>(std::max<std::int64_t>(files, 1))));
  return std::max<std::int64_t>(files - uneven, 1);
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& wanted) {
  ServerOptions options = wanted;
  if (Diagnostics problems = check(options); !problems.empty()) return problems;
  const auto backend = net::choose(options.backend);
  if (!backend) return backend.problems();
  options.backend = backend.value();
  const auto address = net::reserve(options.listen, "--listen");
  if (!address) return address.problems();
  const std::size_t workers = processes_for(options);
  if (!options.round) options.round = round_of(static_cast<std::int64_t>(workers));
  const std::int64_t first_second = net::unix_ns() / second.ns;
  auto state = SharedState::make(options, workers, first_second);
  if (!state) return state.problems();
  std::vector<net::File> listeners;
  for (std::size_t i = 0; i < workers; ++i) {
    auto listener = listen_for_worker(options, address.value(), i);
    if (!listener) return listener.problems();
    listeners.push_back(std::move(listener.value()));
  }
  auto server = std::make_unique<ProcessServer>(options, std::move(state.value()), address.value(),
                                                first_second);
  if (Diagnostics problems = server->fork_all(std::move(listeners)); !problems.empty())
    return problems;
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace springtide::live::server
