#include "live/monitor/monitor.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <limits>
#include <map>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <utility>

#include "live/control/http_server.h"
#include "live/control/parameters.h"
#include "live/monitor/log_line.h"
#include "live/monitor/open_metrics.h"
#include "live/monitor/page.h"
#include "live/monitor/record_stream.h"
#include "live/monitor/state_json.h"
#include "live/net/clock.h"
#include "live/net/poller.h"
#include "live/net/problem.h"
#include "live/net/sockets.h"

namespace springtide::live::monitor {
namespace {

constexpr std::uint64_t listener_token = 0;
constexpr int turn_ms = 50;  // how late a grace that is over is noticed

std::int64_t unix_second() { return net::unix_ns() / second.ns; }

}  // namespace

class Monitor::Loop {
 public:
  Loop(MonitorOptions options, net::File listener, net::Poller poller)
      : options_(std::move(options)),
        listener_(std::move(listener)),
        poller_(std::move(poller)),
        sums_(options_.sums) {
    options_.listen = net::local_address(listener_);
  }
  ~Loop() { stop(); }

  std::optional<Diagnostics> begin();
  void stop();

  const net::Address& address() const { return options_.listen; }
  std::string url() const { return http_ ? http_->url() + "/" : ""; }
  measure::Record record() const {
    const std::lock_guard lock(mutex_);
    return make_record(options_.title, sums_, streams_);
  }
  StreamTally streams() const {
    const std::lock_guard lock(mutex_);
    return streams_;
  }
  Aggregator::Tally reports() const {
    const std::lock_guard lock(mutex_);
    return sums_.tally();
  }

 private:
  struct Stream {
    net::File file;
    Aggregator::StreamId id = 0;
    RecordStream records;
  };
  using Streams = std::map<std::uint64_t, Stream>;

  void run();
  void turn(int patience_ms);
  void accept_streams();
  void read(Streams::iterator stream);
  std::optional<std::string> take(Aggregator::StreamId id, const wire::MonitorRecord& record);
  void close(Streams::iterator stream, const std::optional<std::string>& fault);
  void print(const std::vector<CompleteSecond>& seconds) const;
  control::HttpRoutes routes();
  control::HttpAnswer state(const control::HttpRequest& request) const;

  MonitorOptions options_;
  const std::int64_t began_ = unix_second();
  net::File listener_;
  net::Poller poller_;
  Streams open_;  // by token
  std::uint64_t last_token_ = listener_token;
  std::array<std::byte, 64 * 1024> buffer_;

  mutable std::mutex mutex_;  // of the two below
  Aggregator sums_;
  StreamTally streams_;

  std::atomic<bool> ending_ = false;
  std::thread thread_;
  std::unique_ptr<control::HttpServer> http_;  // last: it ends first
};

std::optional<Diagnostics> Monitor::Loop::begin() {
  if (!poller_.add_level(listener_.descriptor(), listener_token))
    return Diagnostics{net::kernel_problem("--listen", "the port cannot be watched")};
  if (options_.http) {
    auto http = control::HttpServer::start(*options_.http, routes(), options_.http_option);
    if (!http) return http.problems();
    http_ = std::move(http.value());
  }
  thread_ = std::thread([this] { run(); });
  return std::nullopt;
}

void Monitor::Loop::stop() {
  if (!thread_.joinable()) return;
  ending_ = true;
  thread_.join();
}

void Monitor::Loop::run() {
  while (!ending_) turn(turn_ms);
  turn(0);
  while (!open_.empty()) close(open_.begin(), std::nullopt);
  listener_.close();
  std::vector<CompleteSecond> rest;
  {
    const std::lock_guard lock(mutex_);
    rest = sums_.take_all();
  }
  print(rest);
}

void Monitor::Loop::turn(int patience_ms) {
  for (const net::Ready& ready : poller_.wait(patience_ms)) {
    if (ready.token == listener_token)
      accept_streams();
    else if (const auto stream = open_.find(ready.token); stream != open_.end())
      read(stream);
  }
  std::vector<CompleteSecond> complete;
  {
    const std::lock_guard lock(mutex_);
    complete = sums_.take_complete(net::unix_ns());
  }
  print(complete);
}

void Monitor::Loop::accept_streams() {
  while (net::File file = net::accept_from(listener_)) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t token = ++last_token_;
    if (open_.size() >= options_.most_streams || !poller_.add_level(file.descriptor(), token)) {
      ++streams_.refused;
      continue;
    }
    ++streams_.opened;
    open_[token] = {std::move(file), sums_.opened(net::unix_ns()), {}};
  }
  // No file left to accept with: the listener stays ready, and others must be served meanwhile.
  if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

// Once a turn, so that a stream that never ends leaves the others their turn.
void Monitor::Loop::read(Streams::iterator stream) {
  Stream& one = stream->second;
  const ssize_t n = recv(one.file.descriptor(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  std::optional<std::string> fault;
  if (n > 0) {
    const std::lock_guard lock(mutex_);
    fault = one.records.feed(std::span(buffer_).first(static_cast<std::size_t>(n)),
                             [&](const auto& record) { return take(one.id, record); });
  } else if (one.records.partial() > 0) {
    fault = "the stream ended within a report";
  }
  if (n <= 0 || fault) close(stream, fault);
}

std::optional<std::string> Monitor::Loop::take(Aggregator::StreamId id,
                                               const wire::MonitorRecord& record) {
  if (sums_.receive(id, record, net::unix_ns()) != Receipt::implausible) return std::nullopt;
  return "second " + std::to_string(record.second) +
         " is more than an hour before or a minute after this machine's clock";
}

void Monitor::Loop::close(Streams::iterator stream, const std::optional<std::string>& fault) {
  const std::lock_guard lock(mutex_);
  sums_.closed(stream->second.id);
  ++streams_.closed;
  if (fault) {
    ++streams_.malformed;
    streams_.last_fault = *fault;
  }
  open_.erase(stream);
}

void Monitor::Loop::print(const std::vector<CompleteSecond>& seconds) const {
  std::string lines;
  for (const CompleteSecond& one : seconds) lines += log_lines(one);
  if (options_.print && !lines.empty()) options_.print(lines);
}

control::HttpRoutes Monitor::Loop::routes() {
  return {{"/",
           [](const control::HttpRequest&) {
             return control::HttpAnswer{200, "text/html; charset=utf-8", page_html()};
           }},
          {"/metrics",
           [this](const control::HttpRequest&) {
             const std::lock_guard lock(mutex_);
             return control::HttpAnswer{200, open_metrics_type, open_metrics(sums_, streams_)};
           }},
          {"/state", [this](const control::HttpRequest& request) { return state(request); }}};
}

control::HttpAnswer Monitor::Loop::state(const control::HttpRequest& request) const {
  control::Parameters parameters(request);
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t after = parameters.whole_or("after", 0, most, 0);
  if (const auto problem = parameters.problem()) return control::http_error(400, *problem);
  const StateRequest asked{
      .title = options_.title, .began = began_, .now = unix_second(), .after = after};
  const std::lock_guard lock(mutex_);
  return {200, "application/json", state_json(sums_, streams_, asked)};
}

Result<std::unique_ptr<Monitor>> Monitor::start(MonitorOptions options) {
  auto listener = net::listen_at(options.listen, {}, "--listen");
  if (!listener) return listener.problems();
  auto poller = net::Poller::make();
  if (!poller) return poller.problems();
  auto loop = std::make_unique<Loop>(std::move(options), std::move(listener.value()),
                                     std::move(poller.value()));
  if (auto problems = loop->begin()) return std::move(*problems);
  return std::unique_ptr<Monitor>(new Monitor(std::move(loop)));
}

Monitor::Monitor(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
Monitor::~Monitor() = default;

const net::Address& Monitor::address() const { return loop_->address(); }
std::string Monitor::url() const { return loop_->url(); }
void Monitor::stop() { loop_->stop(); }
measure::Record Monitor::record() const { return loop_->record(); }
StreamTally Monitor::streams() const { return loop_->streams(); }
Aggregator::Tally Monitor::reports() const { return loop_->reports(); }

}  // namespace springtide::live::monitor
