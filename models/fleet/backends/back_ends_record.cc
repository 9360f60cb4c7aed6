#include "models/fleet/backends/back_ends_record.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "measure/checks.h"

namespace springtide::models::fleet {
namespace {

class Writer {
 public:
  Writer(measure::Record& record, const BackEnd& back_end)
      : record_(record),
        back_end_(back_end),
        name_("backend." + back_end.spec().name),
        seconds_(static_cast<std::size_t>(record.duration.ns / second.ns)) {}

  void traffic() {
    counter(".offered", back_end_.offered(), "operations/s", "that reach this back end");
    counter(".completed", back_end_.completed(), "operations/s", "that it has done");
    if (back_end_.refused().total() > 0)
      counter(".refused", back_end_.refused(), "operations/s", "that found its queue full");
    backlog();
    measure::Series longest{name_ + ".longest-queue", "operations",
                            "the most that waited at any instant of the second",
                            std::vector<double>(seconds_, 0)};
    const auto& by_second = back_end_.longest_queue();
    for (std::size_t i = 0; i < std::min(seconds_, by_second.size()); ++i)
      longest.values[i] = static_cast<double>(by_second[i]);
    record_.series.push_back(std::move(longest));
    measure::Series busy =
        back_end_.busy_ns().to_series(name_ + ".utilisation", "%", "of its workers", seconds_);
    for (double& value : busy.values) value /= 1e7 * static_cast<double>(back_end_.spec().workers);
    record_.series.push_back(std::move(busy));
  }

  void distributions() {
    record_.distributions[name_ + ".latency"] = back_end_.latency();
    record_.distributions[name_ + ".wait"] = back_end_.waits();
  }

  void little(double window_seconds) {
    measure::LittleObservation seen;
    seen.window_seconds = window_seconds;
    const double started = static_cast<double>(back_end_.waits().count());
    seen.mean_number = static_cast<double>(back_end_.waiting_ns()) * 1e-9 / window_seconds;
    seen.at_end = static_cast<std::int64_t>(back_end_.queue().size());
    seen.arrivals_per_second = (started + static_cast<double>(seen.at_end)) / window_seconds;
    seen.mean_seconds = started > 0 ? back_end_.waits().mean() * 1e-9 : 0;
    if (started > 0) record_.checks.push_back(measure::check_little(name_ + " queue", seen));
  }

 private:
  void counter(const std::string& what, const measure::SecondCounter& counter,
               const std::string& unit, const std::string& about) {
    record_.series.push_back(counter.to_series(name_ + what, unit, about, seconds_));
  }

  void backlog() {
    measure::Series series{name_ + ".backlog",
                           "operations",
                           "that wait or are worked on at the end of the second",
                           {}};
    std::int64_t inside = 0;
    for (std::size_t i = 0; i < seconds_; ++i) {
      inside += back_end_.offered().in(i)-back_end_.refused().in(i)-back_end_.completed().in(i);
      series.values.push_back(static_cast<double>(inside));
    }
    record_.series.push_back(std::move(series));
  }

  measure::Record& record_;
  const BackEnd& back_end_;
  std::string name_;
  std::size_t seconds_;
};

void record_operations(const BackEnds& back_ends, measure::Record& record) {
  const std::vector<std::int64_t> inside = back_ends.inside();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const std::string& name = back_ends.plan().operations[i].name;
    const OperationCounts& counts = back_ends.operations()[i];
    measure::Ledger ledger;
    ledger.offered = counts.offered;
    ledger.answered = counts.done;
    ledger.refused = counts.refused;
    ledger.in_flight = inside[i];
    record.checks.push_back(measure::check_ledger(name, ledger));
    record.ledgers[name] = ledger;
    record.distributions[name + ".latency"] = counts.latency;
  }
}

void check_pools(const BackEnds& back_ends, const std::vector<std::int64_t>& won,
                 measure::Record& record) {
  std::vector<std::int64_t> due(back_ends.plan().operations.size(), 0);
  for (std::size_t i = 0; i < won.size(); ++i) {
    const BackEndsPlan::Pool& pool = back_ends.plan().pools[i];
    record.checks.push_back({fmt::format("packets {}: none is handed on twice", pool.name),
                             back_ends.twice(i) == 0, fmt::format("{}", back_ends.twice(i))});
    record.checks.push_back(
        measure::check_count(fmt::format("packets {}: each that was won is handed on", pool.name),
                             back_ends.handed_on(i), won[i]));
    for (const auto& [operation, times] : pool.sets_off) due[operation] += won[i] * times;
  }
  for (std::size_t i = 0; i < due.size(); ++i)
    record.checks.push_back(
        measure::check_count(fmt::format("{}: asked as often as the packets won set it off",
                                         back_ends.plan().operations[i].name),
                             back_ends.operations()[i].offered, due[i]));
}

}  // namespace

void record_back_ends(const BackEnds& back_ends, const std::vector<std::int64_t>& won,
                      measure::Record& record) {
  for (const BackEnd& back_end : back_ends.back_ends()) {
    Writer writer(record, back_end);
    writer.traffic();
    writer.distributions();
    writer.little(std::max(back_ends.reached().since_start(), Duration{1}).seconds());
  }
  record_operations(back_ends, record);
  check_pools(back_ends, won, record);
}

}  // namespace springtide::models::fleet
