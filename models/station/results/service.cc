#include "models/station/results/service.h"

#include "measure/checks.h"

namespace springtide::models::station {
namespace {

// A time average over the whole span and over one batch, from integrals in number x nanoseconds.
template <typename Part>
void mean_figure(const std::string& name, const char* unit, const char* about, const Levels& levels,
                 const MeasuredSpan& span, Part&& part, measure::Record& record) {
  const double value = part(levels.window_total()) * 1e-9 / span.seconds();
  record.figures.push_back({name, value, unit, about, span.half_width([&](std::size_t i) {
                              return part(levels.batches()[i]) * 1e-9 / span.batch_seconds;
                            })});
}

measure::LittleObservation observation(double integral, const WindowSums& sums,
                                       const MeasuredSpan& span, std::int64_t at_end) {
  measure::LittleObservation seen;
  const auto count = static_cast<double>(sums.count);
  seen.mean_number = integral * 1e-9 / span.seconds();
  seen.arrivals_per_second = count / span.seconds();
  seen.mean_seconds = sums.count > 0 ? static_cast<double>(sums.sum) * 1e-9 / count : 0;
  seen.window_seconds = span.seconds();
  seen.at_end = at_end;
  return seen;
}

void add_little(const std::string& name, const Station& station, const MeasuredSpan& span,
                measure::Record& record) {
  const Levels& levels = station.levels();
  const Levels::Integral total = levels.window_total();
  const auto waiting = static_cast<double>(total.waiting);
  const auto served = static_cast<double>(total.served);
  const auto check = [&](const char* part, double integral, const WindowSums& sums,
                         std::int64_t at_end) {
    record.checks.push_back(
        measure::check_little(name + part, observation(integral, sums, span, at_end)));
  };
  if (station.measures_whole()) {
    check("", waiting + served, station.whole_sums(), 0);
  } else {
    check(".queue", waiting, station.queue_sums(), 0);
    // a service counts to its end when it begins, which an interrupted run may not see
    check(".workers", served, station.service_sums(), levels.at_end().served);
  }
}

}  // namespace

void add_service(std::size_t number, const World& world, const MeasuredSpan& span,
                 std::size_t seconds, measure::Record& record) {
  const std::string& name = world.layout.services[number].name;
  const Station& station = *world.stations[number];
  const Levels& levels = station.levels();
  record.series.push_back({name + ".queue", "requests",
                           "Mean number of requests that wait for a worker, in this second.",
                           levels.waiting_by_second(seconds)});
  record.series.push_back({name + ".busy", "workers", "Mean number of busy workers.",
                           levels.served_by_second(seconds)});
  if (span.empty() && !span.names_only) return;
  const auto workers = static_cast<double>(station.workers());
  mean_figure(
      name + ".utilisation", "", "Share of the time that a worker is busy.", levels, span,
      [&](const Levels::Integral& i) { return static_cast<double>(i.served) / workers; }, record);
  mean_figure(
      name + ".queue.mean", "requests", "Mean number of requests that wait.", levels, span,
      [](const Levels::Integral& i) { return static_cast<double>(i.waiting); }, record);
  mean_figure(
      name + ".system.mean", "requests", "Mean number of requests inside.", levels, span,
      [](const Levels::Integral& i) { return static_cast<double>(i.waiting + i.served); }, record);
  if (!span.names_only) add_little(name, station, span, record);
}

}  // namespace springtide::models::station
