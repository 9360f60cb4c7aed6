// The table "slow-requests" (results/parts.h).
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

using Row = std::vector<std::string>;

const char* name_of(Outcome outcome) {
  constexpr std::array<const char*, outcome_count> names{"answered", "degraded", "refused",
                                                         "timed out", "failed"};
  return names[static_cast<std::size_t>(outcome)];
}

// In the order of the operations' names, and of time.
std::map<std::pair<std::string, std::uint32_t>, const Trace*> slowest(const World& world) {
  std::map<std::pair<std::string, std::uint32_t>, const Trace*> found;
  for (std::uint32_t asker = 0; asker < world.plan.askers.size(); ++asker)
    for (std::uint32_t part = 0; part < Traces::parts; ++part)
      for (const Cell* cell : world.cells)
        if (const Trace* trace = cell->site().traces.kept(asker, part)) {
          const Trace*& best = found[{world.plan.askers[asker].operation, part}];
          if (best == nullptr || trace->worse_than(*best)) best = trace;
        }
  return found;
}

class Writer {
 public:
  Writer(const Plan& plan, std::vector<Row>& table) : plan_(plan), table_(table) {}

  void add(const Trace& trace) {
    ++number_;
    for (std::size_t row = 0; row < trace.spans.size(); ++row) add(trace, row);
  }

 private:
  void add(const Trace& trace, std::size_t row) {
    const Span& span = trace.spans[row];
    const auto ms = [&](Instant at) {
      return at == Instant::never() ? ""
                                    : fmt::format("{:.3f}", (at - trace.intended).milliseconds());
    };
    const bool heard = span.heard != Instant::never(), left = span.left != Instant::never();
    table_.push_back({fmt::to_string(number_),
                      plan_.askers[trace.asker].operation,
                      fmt::format("{:.3f}", trace.intended.since_start().seconds()),
                      fmt::format("{:.3f}", trace.took().milliseconds()),
                      trace.in_flight ? "in flight" : name_of(trace.outcome),
                      trace.missed ? "yes" : "no",
                      trace.cut ? "yes" : "no",
                      fmt::to_string(row),
                      span.parent == Span::no_parent ? "" : fmt::to_string(span.parent),
                      name_of_call(plan_.steps[span.step]),
                      span.machine == none ? "" : fmt::to_string(span.machine + 1),
                      fmt::to_string(span.attempt),
                      ms(span.sent),
                      ms(span.arrived),
                      ms(span.began),
                      ms(span.served),
                      ms(span.left),
                      ms(span.heard),
                      heard ? name_of(span.heard_as) : "",
                      left ? name_of(span.left_as) : "",
                      span.fallback ? "yes" : "no"});
  }

  std::string name_of_call(const Step& step) const {
    if (step.parent == none) return plan_.askers[step.asker].operation;
    return step.service == none ? "all at once" : plan_.services[step.service].name;
  }

  const Plan& plan_;
  std::vector<Row>& table_;
  int number_ = 0;
};

}  // namespace

void add_traces(const World& world, measure::Record& record) {
  auto& table = record.tables["slow-requests"];
  table.push_back({"request",  "operation",  "at_s",     "took_ms",   "ended",   "missed",
                   "cut",      "row",        "within",   "call",      "machine", "attempt",
                   "sent_ms",  "arrived_ms", "began_ms", "served_ms", "left_ms", "heard_ms",
                   "heard as", "left as",    "fallback"});
  Writer writer(world.plan, table);
  for (const auto& [_, trace] : slowest(world)) writer.add(*trace);
}

}  // namespace springtide::models::chain
