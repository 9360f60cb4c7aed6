#include "models/sweep/point.h"

#include <algorithm>
#include <cmath>

namespace springtide::models::sweep {
namespace {

const measure::Series* find(const measure::Record& record, const std::string& name) {
  for (const measure::Series& series : record.series)
    if (series.name == name) return &series;
  return nullptr;
}

// The mean over the measured seconds; zero where nothing of the kind is measured.
double mean(const measure::Record& record, const std::string& name, Duration warmup) {
  const measure::Series* series = find(record, name);
  if (series == nullptr) return 0;
  const auto first = static_cast<std::size_t>(warmup.ns / second.ns);
  double sum = 0;
  for (std::size_t i = first; i < series->values.size(); ++i)
    if (!std::isnan(series->values[i])) sum += series->values[i];
  const double seconds = (record.duration - second * static_cast<std::int64_t>(first)).seconds();
  return seconds > 0 ? sum / seconds : 0;
}

void find_busiest(const measure::Record& record, Point& point) {
  constexpr std::string_view suffix = ".utilisation";
  for (const measure::Figure& figure : record.figures)
    if (figure.name.ends_with(suffix) && figure.value > point.busiest) {
      point.busiest = figure.value;
      point.where = figure.name.substr(0, figure.name.size() - suffix.size());
    }
}

}  // namespace

bool has_points(const measure::Record& record) {
  return !record.ledgers.empty() &&
         std::all_of(record.ledgers.begin(), record.ledgers.end(), [&](const auto& operation) {
           return find(record, operation.first + ".requests") != nullptr &&
                  find(record, operation.first + ".answered") != nullptr;
         });
}

Point point_of(const measure::Record& record, Duration warmup) {
  Point point;
  for (const auto& [name, _] : record.ledgers) {
    const double answered = mean(record, name + ".answered", warmup);
    point.offered += mean(record, name + ".requests", warmup);
    point.carried += answered;
    point.goodput += find(record, name + ".goodput") != nullptr
                         ? mean(record, name + ".goodput", warmup)
                         : answered;
    point.refused += mean(record, name + ".refused", warmup);
    point.timed_out += mean(record, name + ".timed-out", warmup);
    point.failed += mean(record, name + ".failed", warmup);
    point.lost += mean(record, name + ".lost", warmup);
    if (const auto latency = record.distributions.find(name + ".latency");
        latency != record.distributions.end())
      point.latency.merge(latency->second);
  }
  find_busiest(record, point);
  for (const measure::Check& check : record.checks) point.sound = point.sound && check.holds;
  return point;
}

Point together(const std::vector<Point>& points) {
  Point sum = points.front();
  for (std::size_t i = 1; i < points.size(); ++i) {
    sum.latency.merge(points[i].latency);
    sum.sound = sum.sound && points[i].sound;
    sum.busiest += points[i].busiest;
    for (double Point::*rate : {&Point::offered, &Point::carried, &Point::goodput, &Point::refused,
                                &Point::timed_out, &Point::failed, &Point::lost})
      sum.*rate += points[i].*rate;
  }
  const auto count = static_cast<double>(points.size());
  for (double Point::*rate : {&Point::offered, &Point::carried, &Point::goodput, &Point::refused,
                              &Point::timed_out, &Point::failed, &Point::lost, &Point::busiest})
    sum.*rate /= count;
  return sum;
}

}  // namespace springtide::models::sweep
