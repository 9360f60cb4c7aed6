#include "models/fleet/margins/breaking_point.h"

#include <algorithm>
#include <array>
#include <memory>

#include "models/fleet/clients/source.h"
#include "models/fleet/server/server.h"
#include "sim/engine/crew.h"

namespace springtide::models::fleet {
namespace {

constexpr std::int64_t run_up = 60;  // s, served before the minute that is judged
constexpr std::array brackets{1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0};
constexpr std::array less{0.8, 0.6, 0.4, 0.2};
constexpr int refinements = 3;

// The server with so many times its users.
ServerLayout with_load(const ServerLayout& layout, double load) {
  ServerLayout made = layout;
  const auto times = [&](std::uint32_t users) {
    return static_cast<std::uint32_t>(static_cast<double>(users) * load + 0.5);
  };
  made.crowd.users = times(layout.crowd.users);
  made.crowd.online = std::min(times(layout.crowd.online), made.crowd.users);
  made.crowd.connections = 0;
  made.server.pools.clear();
  const std::int64_t more =
      static_cast<std::int64_t>(made.crowd.online) - static_cast<std::int64_t>(layout.crowd.online);
  RuntimeSpec& runtime = made.server.runtime;
  runtime.goroutines += more;
  runtime.live_heap += more * made.server.service.heap_per_connection.count;
  runtime.scanned_heap += more * made.server.service.scanned_per_connection.count;
  return made;
}

// What the minute gives, as a record that thresholds can judge.
measure::Record minute_of(const Layout& layout, const ServerLayout& made, JudgedMinute minute) {
  CrowdSource source(layout.plan, made.crowd);
  Server server(made.server);
  auto room = std::make_unique<Workspace>();
  workload::Workspace crowd_room;
  measure::Ledger ledger;
  const std::int64_t begin = std::max<std::int64_t>(minute.from - run_up, 0);
  for (std::int64_t second = 0; second < minute.to; ++second) {
    const auto shakes = source.requests_of(second, crowd_room);
    if (second < begin) continue;
    room->measured = second >= minute.from;
    server.serve(second, shakes, source, *room);
  }
  for (const ServedSecond& served : server.take_served()) {
    if (served.second < minute.from || served.second >= minute.to) continue;
    ledger.offered += served.requests;
    ledger.refused += served.refused;
    ledger.dropped += served.dropped;
  }
  ledger.answered = ledger.offered - ledger.refused - ledger.dropped;
  measure::Record record;
  record.duration = second * (minute.to - minute.from);
  record.ledgers[layout.operation] = ledger;
  room->latencies.move_into(record.distributions[layout.operation + ".latency"]);
  return record;
}

class Search {
 public:
  Search(const Layout& layout, std::size_t server, JudgedMinute minute,
         std::vector<measure::Threshold> thresholds, unsigned threads)
      : layout_(layout),
        server_(layout.servers[server]),
        minute_(minute),
        thresholds_(std::move(thresholds)),
        threads_(static_cast<int>(std::clamp(threads, 1u, 2u))) {}

  BreakingPoint run() {
    for (std::size_t i = 0; i + 1 < brackets.size() && !found_.breaks; i += 2)
      if (!try_both(brackets[i], brackets[i + 1])) break;
    if (found_.breaks && found_.holds == 0)
      for (std::size_t i = 0; i + 1 < less.size() && found_.holds == 0; i += 2)
        try_both(less[i + 1], less[i]);
    if (!found_.breaks || found_.holds == 0) return found_;
    for (int i = 0; i < refinements; ++i) {
      const double third = (*found_.breaks - found_.holds) / 3;
      try_both(found_.holds + third, found_.holds + 2 * third);
    }
    return found_;
  }

 private:
  // The smaller first. False: a crowd as large is not possible.
  bool try_both(double smaller, double larger) {
    if (!possible(larger)) return false;
    const std::array loads{smaller, larger};
    std::array<std::string, 2> broken;
    sim::Crew crew(threads_, [&](std::uint32_t i) { broken[i] = broken_at(loads[i]); });
    crew.run(2);
    for (std::size_t i = 0; i < 2; ++i) {
      if (broken[i].empty()) {
        found_.holds = std::max(found_.holds, loads[i]);
        continue;
      }
      if (!found_.breaks || loads[i] < *found_.breaks) {
        found_.breaks = loads[i];
        found_.threshold = broken[i];
      }
      break;
    }
    return true;
  }

  bool possible(double load) const {
    return static_cast<double>(server_.crowd.users) * load <
           static_cast<double>(workload::max_local_users - 1);
  }

  // The first threshold that does not hold; empty: all hold.
  std::string broken_at(double load) const {
    const auto verdicts =
        measure::judge(thresholds_, minute_of(layout_, with_load(server_, load), minute_));
    if (!verdicts) return {};
    for (const measure::Verdict& verdict : verdicts.value())
      if (!verdict.passed) return verdict.metric + " " + verdict.expression;
    return {};
  }

  const Layout& layout_;
  const ServerLayout& server_;
  JudgedMinute minute_;
  std::vector<measure::Threshold> thresholds_;
  int threads_;
  BreakingPoint found_;
};

}  // namespace

std::optional<BreakingPoint> breaking_point(const Layout& layout, std::size_t server,
                                            JudgedMinute minute,
                                            const std::vector<measure::Threshold>& thresholds,
                                            unsigned threads) {
  std::vector<measure::Threshold> judged;
  for (const measure::Threshold& threshold : thresholds)
    for (const char* what : {".latency", ".refused", ".dropped"})
      if (threshold.metric == layout.operation + what) judged.push_back(threshold);
  if (judged.empty()) return std::nullopt;
  return Search(layout, server, minute, std::move(judged), threads).run();
}

}  // namespace springtide::models::fleet
