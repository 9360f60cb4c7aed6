#include "live/run/run.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "live/load/record.h"
#include "live/net/clock.h"
#include "measure/checks.h"

namespace springtide::live::run {
namespace {

// Packets come with the next whole second after they are asked for.
constexpr Duration asked_before = millisecond * 500;

const spec::RedPacketAccess* service_of(const spec::Scenario& scenario, std::string& name) {
  for (const auto& [service_name, service] : scenario.services)
    if (const auto* access = std::get_if<spec::RedPacketAccess>(&service.kind)) {
      name = service_name;
      return access;
    }
  return nullptr;
}

}  // namespace

Result<server::ServerOptions> server_of(const spec::Scenario& scenario,
                                        const load::ScenarioLoad& load) {
  std::string name;
  const spec::RedPacketAccess* service = service_of(scenario, name);
  if (service == nullptr) {
    Diagnostic problem;
    problem.file = "scenario";
    problem.pointer = "/services";
    problem.what = "no service of kind red-packet-access for the reference server to be";
    return problem;
  }
  for (const auto& [pool_name, pool] : scenario.packets)
    if (pool.kind == spec::PacketPool::Kind::seed) {
      Diagnostic problem;
      problem.file = "scenario";
      problem.pointer = "/packets/" + pool_name;
      problem.what = "the reference server has no seed files";
      return problem;
    }
  server::ServerOptions options;
  options.listen = net::Address{};  // any free port
  options.connections = load.options.connections;
  options.service = *service;
  options.seed = scenario.seed;
  return options;
}

Result<std::unique_ptr<Run>> Run::start(const spec::Scenario& scenario,
                                        const load::ScenarioLoad& load,
                                        const server::ServerOptions& server) {
  std::unique_ptr<Run> run(new Run(scenario, load));
  server::ServerOptions server_options = server;
  server_options.zero_unix_ns = (net::unix_ns() / second.ns + 1) * second.ns;
  auto started = server::Server::start(server_options);
  if (!started) return started.problems();
  run->server_ = std::move(started.value());
  run->wanted_.options.target = run->server_->address();
  run->wanted_.options.zero_unix_ns = server_options.zero_unix_ns;
  run->wanted_.options.hold_plan = true;
  auto driving = load::Load::start(run->wanted_.options);
  if (!driving) return driving.problems();
  run->load_ = std::move(driving.value());
  for (const auto& [name, pool] : scenario.packets) run->pending_.push_back(name);
  std::sort(run->pending_.begin(), run->pending_.end(),
            [&](const std::string& one, const std::string& other) {
              return scenario.packets.at(one).begin < scenario.packets.at(other).begin;
            });
  return run;
}

Instant Run::in_run(Duration of_scenario) const {
  return Instant{} + begun_ + of_scenario - wanted_.options.plan_from.since_start();
}

bool Run::turn() {
  for (std::string& note : server_->watch()) notes_.push_back(std::move(note));
  if (state_ == State::connecting) {
    if (load_->ready())
      begin();
    else if (load_->late() || load_->finished())
      state_ = State::not_connected;
  } else if (state_ == State::sending) {
    issue_due_packets();
    if (load_->finished()) state_ = State::ended;
  }
  return state_ == State::connecting || state_ == State::sending;
}

void Run::begin() {
  begun_ = load_->begin();
  state_ = State::sending;
}

void Run::issue_due_packets() {
  const Instant now{net::unix_ns() - load_->zero_unix_ns()};
  while (!pending_.empty()) {
    const spec::PacketPool& pool = scenario_.packets.at(pending_.front());
    if (now + asked_before < in_run(pool.begin)) return;
    const auto rate = static_cast<std::int64_t>(std::llround(pool.rate.per_second));
    const auto asked =
        pool.kind == spec::PacketPool::Kind::shake
            ? server_->issue_shake_packets(rate, pool.count)
            : server_->issue_sent_packets(rate, pool.count, 0, wanted_.options.connections);
    if (!asked) notes_.push_back("packets " + pending_.front() + ": " + asked.problems()[0].what);
    pending_.erase(pending_.begin());
  }
}

std::vector<std::string> Run::take_notes() { return std::exchange(notes_, {}); }

void Run::write_marks(measure::Record& record) const {
  const auto mark = [&](const std::string& kind, const std::string& name, Duration from,
                        Duration to) {
    const Duration first = std::max(from, wanted_.options.plan_from.since_start());
    if (to <= first) return;  // before the plan: connecting
    const Instant end = Instant{} + record.duration;
    if (in_run(first) >= end) return;
    record.marks.push_back({kind, name, in_run(first), std::min(in_run(to), end)});
  };
  std::erase_if(record.marks, [](const measure::Mark& m) { return m.kind == "phase"; });
  for (const auto& [name, phase] : scenario_.phases) mark("phase", name, phase.from, phase.to);
  for (const auto& [name, pool] : scenario_.packets) {
    const double seconds = static_cast<double>(pool.count) / std::max(1.0, pool.rate.per_second);
    mark("packets", name, pool.begin, pool.begin + Duration::from_seconds(seconds));
  }
}

// What only both sides together know.
void Run::settle(const load::LoadReport& driven, const server::ServerReport& served,
                 measure::Record& record) const {
  using server::Count;
  measure::Ledger& ledger = record.ledgers[wanted_.operation];
  // A client cannot tell dropped requests from late ones: they have timed out, or wait at the end.
  const std::int64_t dropped =
      std::min(served.total.dropped() + served.total[Count::unknown_packet],
               ledger.in_flight + ledger.timed_out);
  ledger.dropped += dropped;
  const std::int64_t of_timed_out = std::min(dropped, ledger.timed_out);
  ledger.timed_out -= of_timed_out;
  ledger.in_flight -= dropped - of_timed_out;
  const bool undisturbed = served.notes.empty() && ledger.in_flight == 0 && ledger.lost == 0 &&
                           ledger.timed_out == 0 && !driven.stopped_early;
  if (!undisturbed) return;
  record.checks.push_back(
      measure::check_count("packets: cents received by clients are those given by the server",
                           driven[load::Count::amount],
                           served.total[Count::cents_won] + served.total[Count::cents_shared]));
  record.checks.push_back(measure::check_count("every request that was sent was read by the server",
                                               served.total[Count::requests], ledger.offered));
}

measure::Record Run::finish() {
  const load::LoadReport driven = load_->stop();
  const server::ServerReport served = server_->stop();
  measure::Record record;
  record.title = scenario_.title;
  load::add_to_record(driven, wanted_.operation, record);
  server::write_record(served, load_->zero_unix_ns() / second.ns,
                       static_cast<std::size_t>(record.duration.ns / second.ns), record);
  settle(driven, served, record);
  if (driven.plan_began) write_marks(record);
  for (const std::string& note : served.notes)
    record.checks.push_back({"server: every process ended as asked", false, note});
  return record;
}

}  // namespace springtide::live::run
