#include <map>
#include <utility>

#include <fmt/format.h>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

struct Edge {
  std::string from, to, kind;
  auto operator<=>(const Edge&) const = default;
};

struct Traffic {
  std::int64_t calls = 0, answered = 0, refused = 0, timed_out = 0, failed = 0;
};

// The edges of all steps, in the order in which operations name them.
class Graph {
 public:
  explicit Graph(const World& world) : world_(world) {
    for (std::uint32_t i = 0; i < world.plan.steps.size(); ++i)
      if (world.plan.steps[i].service != none && world.plan.steps[i].delivers == none) add(i);
  }

  std::vector<std::vector<std::string>> table(double seconds) const {
    std::vector<std::vector<std::string>> rows{{"from", "to", "kind", "calls", "calls_per_s",
                                                "answered", "refused", "timed out", "failed"}};
    for (const auto& [edge, sum] : edges_) {
      const double rate = seconds > 0 ? static_cast<double>(sum.calls) / seconds : 0;
      rows.push_back(
          {edge.from, edge.to, edge.kind, fmt::to_string(sum.calls), fmt::format("{:.6g}", rate)});
      for (const std::int64_t part : {sum.answered, sum.refused, sum.timed_out, sum.failed})
        rows.back().push_back(fmt::to_string(part));
    }
    return rows;
  }

 private:
  void add(std::uint32_t number) {
    const Step& step = world_.plan.steps[number];
    const std::string& service = world_.plan.services[step.service].name;
    CallCounts sum;
    for (const Cell* cell : world_.cells) sum.merge(cell->calls().counts()[number]);
    const auto ended = [&](Outcome o) { return sum.ended[static_cast<std::size_t>(o)]; };
    const std::int64_t good = ended(Outcome::answered) + ended(Outcome::degraded) - sum.fallbacks;
    const auto bad = [&](Traffic& traffic) {
      traffic.refused += ended(Outcome::refused);
      traffic.timed_out += ended(Outcome::timed_out);
      traffic.failed += ended(Outcome::failed);
    };
    if (step.cache == none) {
      Traffic& traffic = edge({caller_of(step), service, kind_of(step)});
      traffic.calls += sum.attempts;
      traffic.answered += step.one_way ? sum.attempts : sum.attempts_answered;
      bad(traffic);
      return;
    }
    const std::string cache = world_.plan.caches[step.cache].name;
    Traffic& asked = edge({caller_of(step), cache, "look-up"});
    asked.calls += sum.begun;
    asked.answered += good;
    bad(asked);
    Traffic& fetched = edge({cache, service, "fetch"});
    fetched.calls += sum.attempts;
    fetched.answered += sum.attempts_answered;
    fetched.timed_out += sum.attempts_timed_out;
  }

  Traffic& edge(Edge which) {
    for (auto& [edge, traffic] : edges_)
      if (edge == which) return traffic;
    return edges_.emplace_back(std::move(which), Traffic{}).second;
  }

  // The nearest service above, or the operation itself: what clients ask.
  const Step& above(const Step& step) const {
    const auto& steps = world_.plan.steps;
    const Step* caller = &steps[step.parent];
    while (caller->service == none && caller->parent != none) caller = &steps[caller->parent];
    return *caller;
  }

  std::string caller_of(const Step& step) const {
    const Plan& plan = world_.plan;
    const Step& caller = above(step);
    if (caller.service != none) return plan.services[caller.service].name;
    return plan.clients[plan.askers[caller.asker].client].name;
  }

  std::string kind_of(const Step& step) const {
    if (step.one_way) return "one-way";
    if (step.puts) return "put";
    if (above(step).delivers != none) return "deliver";
    return above(step).service == none ? "asks" : "call";
  }

  const World& world_;
  std::vector<std::pair<Edge, Traffic>> edges_;
};

}  // namespace

void add_graph(const World& world, std::size_t seconds, measure::Record& record) {
  record.tables["call-graph"] = Graph(world).table(static_cast<double>(seconds));
  auto& clients = record.tables["clients"];
  clients.push_back({"clients", "operation"});
  for (const Asker& asker : world.plan.askers)
    clients.push_back({world.plan.clients[asker.client].name, asker.operation});
}

}  // namespace springtide::models::chain
