#include "measure/checks.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace springtide::measure {

Check check_ledger(const std::string& operation, const Ledger& ledger) {
  const std::int64_t ends = ledger.answered + ledger.refused + ledger.dropped + ledger.lost +
                            ledger.timed_out + ledger.in_flight;
  const std::int64_t least =
      std::min({ledger.offered, ledger.answered, ledger.refused, ledger.dropped, ledger.lost,
                ledger.timed_out, ledger.in_flight, ledger.not_sent});
  return {operation + ": every request ends exactly once", ledger.balanced() && least >= 0,
          fmt::format("{} offered, {} ended: {} answered, {} refused, {} dropped, {} lost, "
                      "{} timed out, {} in flight",
                      ledger.offered, ends, ledger.answered, ledger.refused, ledger.dropped,
                      ledger.lost, ledger.timed_out, ledger.in_flight)};
}

Check check_quantiles(const std::string& name, const Histogram& histogram) {
  Check check{name + ": quantiles are monotone", true, ""};
  if (histogram.empty()) return check;
  std::int64_t previous = *histogram.min();
  for (const double p : {0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0}) {
    const std::int64_t value = *histogram.quantile(p);
    if (value < previous || value > *histogram.max()) {
      check.holds = false;
      check.detail = fmt::format("p({}) is {} ns after {} ns, the maximum is {} ns", p * 100, value,
                                 previous, *histogram.max());
      return check;
    }
    previous = value;
  }
  return check;
}

Check check_least_latency(const std::string& name, const Histogram& latency, Duration least) {
  Check check{name + ": no latency is below its constant parts", true, ""};
  if (latency.empty()) return check;
  check.holds = *latency.min() >= least.ns;
  check.detail = fmt::format("least {} ns, constant parts {} ns", *latency.min(), least.ns);
  return check;
}

Check check_count(const std::string& name, std::int64_t recorded, std::int64_t expected) {
  return {name + ": one value for every request", recorded == expected,
          fmt::format("{} recorded, {} expected", recorded, expected)};
}

Check check_little(const std::string& queue, const LittleObservation& observed, double tolerance) {
  const double product = observed.arrivals_per_second * observed.mean_seconds;
  Check check{queue + ": Little's law holds", true,
              fmt::format("L = {:.6g}, lambda W = {:.6g}", observed.mean_number, product)};
  const bool nobody =
      observed.mean_number == 0 && !(observed.arrivals_per_second > 0 && observed.mean_seconds > 0);
  if (nobody) return check;
  const double straddling =
      static_cast<double>(observed.at_begin + observed.at_end) * observed.mean_seconds;
  const double allowed = tolerance * std::max(observed.mean_number, product) +
                         (straddling > 0 ? straddling / observed.window_seconds : 0);
  check.holds = std::fabs(observed.mean_number - product) <= allowed;  // false for NaN
  return check;
}

std::vector<Check> check_record(const Record& record) {
  std::vector<Check> checks;
  for (const auto& [operation, ledger] : record.ledgers)
    checks.push_back(check_ledger(operation, ledger));
  for (const auto& [name, histogram] : record.distributions)
    checks.push_back(check_quantiles(name, histogram));
  return checks;
}

bool all_hold(const std::vector<Check>& checks) {
  return std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.holds; });
}

}  // namespace springtide::measure
