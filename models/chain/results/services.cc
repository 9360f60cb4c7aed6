#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "measure/checks.h"
#include "measure/series.h"
#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

// A service of one site, or of all sites where there is one.
class ServiceResults {
 public:
  ServiceResults(std::string name, bool whole, const ServiceCounts& counts,
                 const station::MeasuredSpan& span, std::size_t seconds, measure::Record& record)
      : name_(std::move(name)),
        whole_(whole),
        counts_(counts),
        span_(span),
        seconds_(seconds),
        record_(record) {}

  void add() {
    series(counts_.arrived_by_second, ".arrivals", "Calls that reached the service.");
    series(counts_.carried_by_second, ".carried", "Calls that it answered.");
    series(counts_.turned_away_by_second, ".turned-away", "Calls that it refused itself.");
    record_.series.push_back({name_ + ".queue", "requests",
                              "Mean number of calls that wait for a worker, in this second.",
                              counts_.levels.waiting_by_second(seconds_)});
    record_.series.push_back({name_ + ".busy", "workers", "Mean number of busy workers.",
                              counts_.levels.served_by_second(seconds_)});
    record_.distributions[name_ + ".latency"] = counts_.latency.histogram();
    if (span_.empty() && !span_.names_only) return;
    add_figures();
    if (!span_.names_only) add_checks();
  }

  double utilisation() const {
    return ratio(counts_.levels.window_total(), counts_.capacity.window_total());
  }

  // Means of whole slices, in percent of the workers that were there.
  std::vector<double> utilisation_by_slice(Duration slice) const {
    const std::vector<double> busy = counts_.levels.served_by_second(seconds_);
    const std::vector<double> there = counts_.capacity.served_by_second(seconds_);
    const auto length = static_cast<std::size_t>(slice / second);
    std::vector<double> result;
    for (std::size_t from = 0; from < busy.size(); from += length) {
      const std::size_t to = std::min(from + length, busy.size());
      double sum = 0, workers = 0;
      for (std::size_t i = from; i < to; ++i) {
        sum += busy[i];
        workers += there[i];
      }
      result.push_back(workers > 0 ? 100 * sum / workers : measure::missing);
    }
    return result;
  }

  // The share of the window's seconds in which all workers that were there were busy for 99 % of
  // the time.
  double saturated_share() const {
    const std::vector<double> busy = counts_.levels.served_by_second(seconds_);
    const std::vector<double> there = counts_.capacity.served_by_second(seconds_);
    const auto first = static_cast<std::size_t>(span_.begin.ns / second.ns);
    std::size_t full = 0;
    for (std::size_t i = first; i < busy.size(); ++i)
      if (there[i] > 0 && busy[i] >= 0.99 * there[i]) ++full;
    return busy.size() > first
               ? static_cast<double>(full) / static_cast<double>(busy.size() - first)
               : 0;
  }

 private:
  void series(const measure::SecondCounter& counter, const char* suffix, const char* about) {
    record_.series.push_back(counter.to_series(name_ + suffix, "requests/s", about, seconds_));
  }

  template <typename Part>
  void mean_figure(const char* suffix, const char* unit, const char* about, Part&& part) {
    const double value = part(counts_.levels.window_total()) * 1e-9 / span_.seconds();
    record_.figures.push_back({name_ + suffix, value, unit, about, span_.half_width([&](auto i) {
                                 return part(counts_.levels.batches()[i]) * 1e-9 /
                                        span_.batch_seconds;
                               })});
  }

  void add_figures() {
    record_.figures.push_back(
        {name_ + ".utilisation", utilisation(), "", "Share of the time that a worker is busy.",
         span_.half_width([&](std::size_t i) {
           return ratio(counts_.levels.batches()[i], counts_.capacity.batches()[i]);
         })});
    mean_figure(".queue.mean", "requests", "Mean number of calls that wait.",
                [](const auto& i) { return static_cast<double>(i.waiting); });
    record_.figures.push_back({name_ + ".saturated",
                               saturated_share(),
                               "",
                               "Share of the seconds in which all workers were busy throughout.",
                               {}});
  }

  static double ratio(const station::Levels::Integral& busy,
                      const station::Levels::Integral& there) {
    return static_cast<double>(busy.served) / static_cast<double>(there.served);
  }

  void add_little(const char* part, double integral, const station::WindowSums& sums,
                  std::int64_t at_end) {
    measure::LittleObservation seen;
    const auto count = static_cast<double>(sums.count);
    seen.mean_number = integral * 1e-9 / span_.seconds();
    seen.arrivals_per_second = count / span_.seconds();
    seen.mean_seconds = sums.count > 0 ? static_cast<double>(sums.sum) * 1e-9 / count : 0;
    seen.window_seconds = span_.seconds();
    seen.at_end = at_end;
    record_.checks.push_back(measure::check_little(name_ + part, seen));
  }

  void add_checks() {
    const station::Levels::Integral total = counts_.levels.window_total();
    if (whole_)
      return add_little("", static_cast<double>(total.waiting + total.served), counts_.workers, 0);
    add_little(".queue", static_cast<double>(total.waiting), counts_.queue, 0);
    add_little(".workers", static_cast<double>(total.served), counts_.workers, 0);
  }

  std::string name_;
  bool whole_;  // nobody keeps a worker to the end, so queue and service are one
  const ServiceCounts& counts_;
  const station::MeasuredSpan& span_;
  std::size_t seconds_;
  measure::Record& record_;
};

// Who entered has left with one outcome, or is found inside.
measure::Check check_inside(const std::string& name, const ServiceCounts& counts,
                            std::int64_t found) {
  std::int64_t ended = 0;
  for (const std::int64_t n : counts.ended) ended += n;
  return {name + ": every call that arrives ends once", counts.arrived == ended + found,
          fmt::format("arrived {} = ended {} + inside {}", counts.arrived, ended, found)};
}

std::vector<std::int64_t> found_inside(Cell& cell, const Plan& plan) {
  std::vector<std::int64_t> count(plan.services.size());
  cell.site().tasks.for_each([&](std::uint32_t, const Task& task) {
    if (task.instance != none) ++count[plan.steps[task.step].service];
  });
  return count;
}

// In percent of the workers, slice by slice.
struct Utilisation {
  std::string name;
  std::vector<double> by_slice;

  double busiest() const {
    double most = 0;
    for (const double value : by_slice) most = value > most ? value : most;  // missing is not
    return most;
  }
};

std::vector<std::string> table_row(const std::string& name, const ServiceCounts& counts,
                                   const ServiceResults& results, bool measured,
                                   std::int64_t workers, const Utilisation& utilisation) {
  const auto ended = [&](Outcome outcome) {
    return fmt::to_string(counts.ended[static_cast<std::size_t>(outcome)]);
  };
  const std::string state = !measured ? "" : results.saturated_share() > 0 ? "saturated" : "held";
  return {name,
          fmt::to_string(counts.arrived),
          ended(Outcome::answered),
          ended(Outcome::degraded),
          ended(Outcome::refused),
          ended(Outcome::timed_out),
          ended(Outcome::failed),
          fmt::to_string(counts.inside),
          measured ? fmt::format("{:.4f}", results.utilisation()) : "",
          state,
          fmt::to_string(workers),
          measured ? fmt::format("{:.4f}", utilisation.busiest() / 100) : "",
          fmt::to_string(counts.turned_away)};
}

// Services side by side, a row each, those of a site together; one alone has its series.
void add_grid(std::vector<Utilisation> services, measure::Record& record) {
  if (services.size() < 2) return;
  const auto site = [](const Utilisation& service) {
    return std::string_view(service.name).substr(0, service.name.rfind('/'));
  };
  if (services.front().name.find('/') != std::string::npos)
    std::stable_sort(services.begin(), services.end(),
                     [&](const auto& a, const auto& b) { return site(a) < site(b); });
  std::vector<std::string> names;
  for (const Utilisation& service : services) names.push_back(service.name);
  measure::Grid grid = measure::empty_grid(
      "service.utilisation", "%", "Share of its workers that are busy.", names, record.duration);
  for (std::size_t row = 0; row < services.size(); ++row)
    for (std::size_t i = 0; i < std::min(services[row].by_slice.size(), grid.columns); ++i)
      grid.at(row, i) = static_cast<float>(services[row].by_slice[i]);
  record.grids.push_back(std::move(grid));
}

}  // namespace

void add_services(World& world, const station::MeasuredSpan& span, std::size_t seconds,
                  measure::Record& record) {
  auto& table = record.tables["services"];
  table.push_back({"service", "arrived", "answered", "degraded", "refused", "expired", "failed",
                   "inside", "utilisation", "state", "workers", "busiest", "turned away"});
  std::vector<Utilisation> utilisations;
  const Plan& plan = world.plan;
  std::vector<std::vector<std::int64_t>> inside;
  for (Cell* cell : world.cells) inside.push_back(found_inside(*cell, plan));
  for (std::uint32_t i = 0; i < plan.services.size(); ++i)
    for (std::uint32_t site = 0; site < plan.sites.size(); ++site) {
      if (plan.services[i].machines[site] == 0 || plan.services[i].queue != none) continue;
      const std::string name =
          plan.services[i].name + (plan.sites.size() > 1 ? "." + plan.sites[site] : "");
      const ServiceCounts& counts = world.cells[site]->stations().counts(i);
      ServiceResults results(name, has_processors(plan.services[i].discipline), counts, span,
                             seconds, record);
      results.add();
      utilisations.push_back(
          {(plan.sites.size() > 1 ? plan.sites[site] + "/" : "") + plan.services[i].name,
           results.utilisation_by_slice(record.slice)});
      const std::int64_t workers = plan.services[i].machines[site] * plan.services[i].workers;
      table.push_back(
          table_row(name, counts, results, !span.empty(), workers, utilisations.back()));
      record.checks.push_back(check_inside(name, counts, inside[site][i]));
    }
  add_grid(utilisations, record);
}

void add_calls(const World& world, measure::Record& record) {
  auto& table = record.tables["calls"];
  table.push_back({"call", "begun", "attempts", "answered", "degraded", "refused", "timed out",
                   "failed", "retries", "not retried", "hedges", "fallbacks", "broken",
                   "attempts timed out", "breaker opened"});
  for (std::uint32_t i = 0; i < world.plan.steps.size(); ++i) {
    CallCounts sum;
    std::int64_t opened = 0;
    for (const Cell* cell : world.cells) {
      sum.merge(cell->calls().counts()[i]);
      opened += cell->calls().guards().times_opened(i);
    }
    if (world.plan.steps[i].delivers != none) continue;  // nobody calls a delivery
    std::vector<std::string> row{world.plan.steps[i].name};
    for (const std::int64_t value : {sum.begun, sum.attempts}) row.push_back(fmt::to_string(value));
    for (const std::int64_t value : sum.ended) row.push_back(fmt::to_string(value));
    for (const std::int64_t value : {sum.retries, sum.not_retried, sum.hedges, sum.fallbacks,
                                     sum.broken, sum.attempts_timed_out, opened})
      row.push_back(fmt::to_string(value));
    table.push_back(std::move(row));
  }
}

}  // namespace springtide::models::chain
