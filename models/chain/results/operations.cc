#include <map>
#include <optional>

#include <fmt/format.h>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

constexpr double ms_per_ns = 1e-6;

class Operation {
 public:
  Operation(const std::string& name, RequestCounts counts, const station::MeasuredSpan& span,
            std::size_t seconds, measure::Record& record)
      : name_(name), counts_(std::move(counts)), span_(span), seconds_(seconds), record_(record) {}

  void add() {
    add_series();
    record_.distributions[name_ + ".latency"] = counts_.latency.histogram().total();
    record_.distributions_over_time[name_ + ".latency"] = counts_.latency.histogram().take_slices();
    if (!span_.empty() || span_.names_only) add_figures();
  }

 private:
  void series(const measure::SecondCounter& counter, const char* suffix, const char* about) {
    record_.series.push_back(counter.to_series(name_ + suffix, "requests/s", about, seconds_));
  }
  const measure::SecondCounter& ended(Outcome outcome) const {
    return counts_.ended_by_second[static_cast<std::size_t>(outcome)];
  }

  void add_series() {
    measure::SecondCounter answered = ended(Outcome::answered);
    answered.merge(ended(Outcome::degraded));
    series(counts_.offers.by_second, ".requests", "Requests that the plan meant for this second.");
    series(answered, ".answered", "Answers that reached their client, degraded ones included.");
    series(counts_.good_by_second, ".goodput", "Answers within the deadline of the client.");
    series(ended(Outcome::degraded), ".degraded", "Answers of which a part was a fallback.");
    series(ended(Outcome::refused), ".refused", "Requests that ended in a refusal.");
    series(ended(Outcome::timed_out), ".timed-out", "Requests that ended in a time-out.");
    series(ended(Outcome::failed), ".failed", "Requests that ended in an error.");
    measure::Series mean{name_ + ".latency.mean", "ms",
                         "Mean latency, from the intended instant, of the answers of this second.",
                         std::vector<double>(seconds_, measure::missing)};
    for (std::size_t i = 0; i < seconds_; ++i)
      if (const std::int64_t count = answered.in(i); count > 0)
        mean.values[i] = static_cast<double>(counts_.latency_by_second.in(i)) * ms_per_ns /
                         static_cast<double>(count);
    record_.series.push_back(std::move(mean));
  }

  void figure(const char* suffix, double value, const char* unit, const char* about,
              std::optional<double> half_width) {
    if (value == value || span_.names_only)
      record_.figures.push_back({name_ + suffix, value, unit, about, half_width});
  }

  void add_figures() {
    figure(".goodput", static_cast<double>(counts_.good_batches.count()) / span_.seconds(),
           "requests/s", "Answers within the deadline of the client, per second.",
           span_.half_width([&](std::size_t i) {
             return static_cast<double>(counts_.good_batches.count(i)) / span_.batch_seconds;
           }));
    figure(".goodput.share",
           static_cast<double>(counts_.good) / static_cast<double>(counts_.offers.total), "",
           "Share of all requests that was answered within the deadline.", {});
    figure(".latency.mean", counts_.latency_batches.mean() * ms_per_ns, "ms",
           "Mean time from the intended instant to the answer.",
           span_.half_width([&](std::size_t i) {
             return counts_.latency_batches.sum(i) * ms_per_ns /
                    static_cast<double>(counts_.latency_batches.count(i));
           }));
  }

  const std::string& name_;
  RequestCounts counts_;
  const station::MeasuredSpan& span_;
  std::size_t seconds_;
  measure::Record& record_;
};

// A request of the ledger that failed counts as dropped: it was accepted, and not carried out.
measure::Ledger ledger_of(const RequestCounts& counts, std::int64_t in_flight) {
  const auto ended = [&](Outcome outcome) {
    return counts.ended[static_cast<std::size_t>(outcome)];
  };
  measure::Ledger ledger;
  ledger.offered = counts.offers.total;
  ledger.answered = ended(Outcome::answered) + ended(Outcome::degraded);
  ledger.refused = ended(Outcome::refused);
  ledger.timed_out = ended(Outcome::timed_out);
  ledger.dropped = ended(Outcome::failed);
  ledger.in_flight = in_flight;
  return ledger;
}

// Every request, those that ended after the last second included.
std::vector<std::string> row_of(const std::string& name, const RequestCounts& counts,
                                std::int64_t in_flight) {
  const auto ended = [&](Outcome outcome) {
    return counts.ended[static_cast<std::size_t>(outcome)];
  };
  std::vector<std::string> row{name};
  for (const std::int64_t part :
       {counts.offers.total, ended(Outcome::answered) + ended(Outcome::degraded), counts.good,
        ended(Outcome::degraded), ended(Outcome::refused), ended(Outcome::timed_out),
        ended(Outcome::failed), in_flight})
    row.push_back(fmt::to_string(part));
  return row;
}

// By asker: requests that have not ended, found by looking at all calls.
std::vector<std::int64_t> in_flight(World& world) {
  std::vector<std::int64_t> count(world.plan.askers.size());
  for (Cell* cell : world.cells)
    cell->site().calls.for_each([&](std::uint32_t, const Call& call) {
      if (call.parent.empty()) ++count[world.plan.steps[call.step].asker];
    });
  return count;
}

}  // namespace

void add_operations(World& world, const station::MeasuredSpan& span, std::size_t seconds,
                    measure::Record& record) {
  std::map<std::string, RequestCounts> by_operation;
  std::map<std::string, std::int64_t> still_there;
  const std::vector<std::int64_t> open = in_flight(world);
  for (std::size_t i = 0; i < world.plan.askers.size(); ++i) {
    const std::string& name = world.plan.askers[i].operation;
    auto& sum = by_operation.try_emplace(name, world.plan.window).first->second;
    for (Cell* cell : world.cells) sum.merge(std::move(cell->clients().counts()[i]));
    still_there[name] += open[i];
  }
  auto& table = record.tables["operations"];
  table.push_back({"operation", "offered", "answered", "within the deadline", "degraded", "refused",
                   "timed out", "failed", "in flight"});
  for (auto& [name, counts] : by_operation) {
    table.push_back(row_of(name, counts, still_there[name]));
    record.ledgers[name] = ledger_of(counts, still_there[name]);
    Operation(name, std::move(counts), span, seconds, record).add();
  }
}

}  // namespace springtide::models::chain
