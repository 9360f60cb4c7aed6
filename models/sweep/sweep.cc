#include "models/sweep/sweep.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "models/findings.h"
#include "models/metrics.h"
#include "models/run.h"
#include "models/sweep/knee.h"
#include "models/sweep/point.h"

namespace springtide::models::sweep {
namespace {

// One run: a value and a seed.
struct Job {
  std::size_t value = 0;
  std::uint64_t seed = 1;
  std::optional<Result<Point>> result;
};

Result<Point> run(const spec::Scenario& scenario, std::uint64_t seed,
                  const std::atomic<bool>* stop) {
  RunOptions options;
  options.threads = 1;
  options.seed = seed;
  options.stop = stop;
  const auto record = run_scenario(scenario, options);
  if (!record) return record.problems();
  if (!record.value().complete) return problem_at("", "stopped before all runs had ended");
  return point_of(record.value(), scenario.warmup);
}

// Each thread takes the next job that nobody has; where a result goes depends on the job alone.
void run_all(const std::vector<spec::Scenario>& scenarios, const SweepOptions& options,
             std::vector<Job>& jobs) {
  std::atomic<std::size_t> next{0};
  std::mutex telling;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      jobs[i].result = run(scenarios[jobs[i].value], jobs[i].seed, options.stop);
      const std::scoped_lock lock(telling);
      ++done;
      if (options.progress) options.progress(done, jobs.size());
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::min<std::size_t>(options.at_once, jobs.size()); ++i)
    threads.emplace_back(work);
  work();
}

std::string number(double value) { return fmt::format("{:.6g}", value); }

double quantile_ms(const measure::Histogram& latency, double share) {
  const auto value = latency.empty() ? std::nullopt : latency.quantile(share);
  return value ? static_cast<double>(*value) * 1e-6 : measure::missing;
}

std::string ms(const measure::Histogram& latency, double share) {
  return latency.empty() ? "" : number(quantile_ms(latency, share));
}

class Writer {
 public:
  Writer(const Axis& axis, std::vector<Point> points, std::vector<std::pair<double, double>> spans)
      : axis_(axis), points_(std::move(points)), spans_(std::move(spans)) {}

  measure::Record write(const spec::Scenario& scenario) {
    record_.title = scenario.title;
    record_.duration = scenario.duration;
    for (std::size_t i = 0; i < points_.size(); ++i)
      loads_.push_back({axis_.values[i], points_[i].offered, points_[i].goodput});
    knee_ = knee_of(loads_);
    add_table();
    add_knee();
    std::size_t sound = 0;
    for (const Point& point : points_) sound += point.sound ? 1 : 0;
    record_.checks.push_back({"all runs of the sweep are sound", sound == points_.size(),
                              fmt::format("{} of {}", sound, points_.size())});
    return std::move(record_);
  }

 private:
  void add_table() {
    auto& table = record_.tables["capacity"];
    const std::string unit = axis_.unit.empty() ? "" : ", " + axis_.unit;
    table.push_back({"value" + unit, "offered/s", "carried/s", "goodput/s", "least goodput/s",
                     "most goodput/s", "refused/s", "timed out/s", "failed/s", "lost/s", "p50, ms",
                     "p99, ms", "busiest", "utilisation, %", "knee"});
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const Point& point = points_[i];
      table.push_back({number(axis_.values[i]), number(point.offered), number(point.carried),
                       number(point.goodput), number(spans_[i].first), number(spans_[i].second),
                       number(point.refused), number(point.timed_out), number(point.failed),
                       number(point.lost), ms(point.latency, 0.5), ms(point.latency, 0.99),
                       point.where, number(100 * point.busiest), knee_.at == i ? "knee" : ""});
    }
  }

  void add_knee() {
    const auto figure = [&](const char* name, double value, const std::string& unit,
                            std::string about) {
      record_.figures.push_back({name, value, unit, std::move(about), {}});
    };
    if (!knee_.at) return;
    const Point& point = points_[*knee_.at];
    const std::string beyond =
        knee_.next ? "" : " All values of the sweep follow: the knee lies beyond.";
    figure("capacity.knee.value", axis_.values[*knee_.at], axis_.unit,
           (knee_.of_load ? "The value at the largest load that goodput follows within 1 %."
                          : "The first value from which goodput follows the load within 1 %.") +
               beyond);
    figure("capacity.knee.offered", point.offered, "requests/s", "Requests offered there.");
    figure("capacity.knee.goodput", point.goodput, "requests/s", "Goodput there.");
    if (!point.latency.empty())
      figure("capacity.knee.p99", quantile_ms(point.latency, 0.99), "ms", "Latency there.");
    if (knee_.next)
      figure("capacity.beyond.value", axis_.values[*knee_.next], axis_.unit,
             "The next value, at which it no longer follows.");
  }

  const Axis& axis_;
  std::vector<Point> points_;
  std::vector<std::pair<double, double>> spans_;  // least and most goodput of all seeds
  std::vector<Load> loads_;
  Knee knee_;
  measure::Record record_;
};

}  // namespace

Result<measure::Record> sweep(const Axis& axis, const std::vector<spec::Scenario>& scenarios,
                              const SweepOptions& options) {
  const auto known = empty_record(scenarios.front());
  if (!known) return known.problems();
  if (!has_points(known.value()))
    return problem_at("/services",
                      "runs of this scenario do not tell requests and answers by operation",
                      "a sweep is of stations and service chains");
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < scenarios.size(); ++i)
    for (const std::uint64_t seed : options.seeds) jobs.push_back({i, seed, {}});
  run_all(scenarios, options, jobs);
  std::vector<Point> points;
  std::vector<std::pair<double, double>> spans;
  for (std::size_t i = 0; i < jobs.size(); i += options.seeds.size()) {
    std::vector<Point> of_value;
    for (std::size_t k = i; k < i + options.seeds.size(); ++k) {
      if (!*jobs[k].result) return jobs[k].result->problems();
      of_value.push_back(std::move(jobs[k].result->value()));
    }
    const auto [least, most] =
        std::minmax_element(of_value.begin(), of_value.end(),
                            [](const Point& a, const Point& b) { return a.goodput < b.goodput; });
    spans.emplace_back(least->goodput, most->goodput);
    points.push_back(together(of_value));
  }
  return Writer(axis, std::move(points), std::move(spans)).write(scenarios.front());
}

}  // namespace springtide::models::sweep
