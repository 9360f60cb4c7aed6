#include "theory/fluid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace springtide::theory {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool valid(const std::vector<RateStep>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!std::isfinite(steps[i].from) || !std::isfinite(steps[i].per_second)) return false;
    if (steps[i].per_second < 0 || (i > 0 && steps[i].from <= steps[i - 1].from)) return false;
  }
  return !steps.empty();
}

double rate_at(const std::vector<RateStep>& steps, double time) {
  const auto after = std::upper_bound(steps.begin(), steps.end(), time,
                                      [](double t, const RateStep& step) { return t < step.from; });
  return after == steps.begin() ? 0 : after[-1].per_second;
}

std::vector<double> corners(const std::vector<RateStep>& a, const std::vector<RateStep>& b) {
  std::vector<double> times;
  for (const RateStep& step : a) times.push_back(step.from);
  for (const RateStep& step : b) times.push_back(step.from);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

// When the capacity from `begin` on has served `work`; infinite if it never does.
double served_at(const std::vector<RateStep>& capacity, double begin, double work) {
  for (std::size_t i = 0; i < capacity.size(); ++i) {
    const double end = i + 1 < capacity.size() ? capacity[i + 1].from : infinity;
    if (end <= begin) continue;
    const double from = std::max(begin, capacity[i].from);
    const double rate = capacity[i].per_second;
    if (rate > 0 && from + work / rate <= end) return from + work / rate;
    if (end == infinity) return infinity;
    work -= rate * (end - from);
  }
  return infinity;
}

// Walks from corner to corner; the backlog is linear in between, but for where it becomes zero.
class Walk {
 public:
  Walk(const std::vector<RateStep>& arrivals, const std::vector<RateStep>& capacity)
      : arrivals_(arrivals), capacity_(capacity), times_(corners(arrivals, capacity)) {}

  Surge run() {
    surge_.backlog.push_back({times_.front(), 0});
    for (std::size_t i = 0; i < times_.size(); ++i)
      advance(times_[i], i + 1 < times_.size() ? times_[i + 1] : infinity);
    finish();
    return std::move(surge_);
  }

 private:
  double backlog() const { return surge_.backlog.back().backlog; }

  void advance(double from, double to) {
    const double in = rate_at(arrivals_, from);
    const double slope = in - rate_at(capacity_, from);
    if (backlog() == 0 && slope <= 0) {
      if (std::isfinite(to)) add(to, 0);
      return;
    }
    const double empties = slope < 0 ? from + backlog() / -slope : infinity;
    const double end = std::min(to, empties);
    if (!std::isfinite(end)) {
      grows_for_ever(slope, in);
      return;
    }
    surge_.delayed += in * (end - from);
    if (empties <= to) {
      add(empties, 0);
      if (to > empties && std::isfinite(to)) add(to, 0);
    } else {
      add(to, backlog() + slope * (to - from));
    }
  }

  void grows_for_ever(double slope, double in) {
    for_ever_ = true;
    if (slope > 0) surge_.peak_backlog = infinity;
    if (in > 0) surge_.delayed = infinity;
  }

  void add(double at, double value) {
    const BacklogPoint last = surge_.backlog.back();
    surge_.waiting_seconds += (last.backlog + value) / 2 * (at - last.at);
    surge_.backlog.push_back({at, value});
  }

  void finish() {
    for (const BacklogPoint& point : surge_.backlog)
      if (point.backlog > surge_.peak_backlog) {
        surge_.peak_backlog = point.backlog;
        surge_.peak_at = point.at;
      }
    if (for_ever_) {
      surge_.waiting_seconds = infinity;
    } else {
      double cleared = surge_.backlog.front().at;
      for (std::size_t i = 1; i < surge_.backlog.size(); ++i)
        if (surge_.backlog[i - 1].backlog > 0) cleared = surge_.backlog[i].at;
      surge_.cleared_at = cleared;
    }
    surge_.longest_wait = longest_wait();
  }

  // The wait of one who arrives at t is a piecewise linear function of t, with corners where the
  // backlog has one and where the service of the arrival crosses a corner of the capacity. The
  // latter lie at those t whose service ends at such a corner: found by bisection between corners.
  double longest_wait() const {
    const double last_rate = arrivals_.back().per_second;
    if (for_ever_ && last_rate > rate_at(capacity_, infinity)) return infinity;
    double longest = 0;
    for (const BacklogPoint& point : surge_.backlog) longest = std::max(longest, wait_at(point));
    for (std::size_t i = 0; i + 1 < surge_.backlog.size(); ++i)
      for (const RateStep& step : capacity_)
        longest =
            std::max(longest, wait_ending(surge_.backlog[i], surge_.backlog[i + 1], step.from));
    return longest;
  }

  double wait_at(const BacklogPoint& point) const {
    if (point.backlog <= 0) return 0;
    return served_at(capacity_, point.at, point.backlog) - point.at;
  }

  double wait_ending(const BacklogPoint& a, const BacklogPoint& b, double end) const {
    double low = a.at, high = b.at;
    const auto at = [&](double t) {
      const double share = (t - a.at) / (b.at - a.at);
      return BacklogPoint{t, a.backlog + share * (b.backlog - a.backlog)};
    };
    for (int i = 0; i < 100 && high - low > 1e-12 * std::max(1.0, std::fabs(high)); ++i) {
      const double middle = low + (high - low) / 2;
      (middle + wait_at(at(middle)) < end ? low : high) = middle;
    }
    return std::max(wait_at(at(low)), wait_at(at(high)));
  }

  const std::vector<RateStep>& arrivals_;
  const std::vector<RateStep>& capacity_;
  std::vector<double> times_;
  Surge surge_;
  bool for_ever_ = false;
};

}  // namespace

double Surge::backlog_at(double time) const {
  if (backlog.empty() || time <= backlog.front().at) return 0;
  for (std::size_t i = 1; i < backlog.size(); ++i)
    if (time <= backlog[i].at) {
      const double share = (time - backlog[i - 1].at) / (backlog[i].at - backlog[i - 1].at);
      return backlog[i - 1].backlog + share * (backlog[i].backlog - backlog[i - 1].backlog);
    }
  return backlog.back().backlog;
}

std::optional<Surge> fluid_surge(const std::vector<RateStep>& arrivals,
                                 const std::vector<RateStep>& capacity) {
  if (!valid(arrivals) || !valid(capacity)) return {};
  return Walk(arrivals, capacity).run();
}

std::optional<double> capacity_for_wait(const std::vector<RateStep>& arrivals,
                                        double wait_seconds) {
  if (!valid(arrivals) || !(wait_seconds >= 0)) return {};
  double high = 0;
  for (const RateStep& step : arrivals) high = std::max(high, step.per_second);
  if (wait_seconds == 0) return high;
  const double begin = arrivals.front().from;
  double low = 0;
  for (int i = 0; i < 200 && high - low > 1e-12 * high; ++i) {
    const double middle = low + (high - low) / 2;
    const auto surge = fluid_surge(arrivals, {{begin, middle}});
    (surge->longest_wait > wait_seconds ? low : high) = middle;
  }
  return high;
}

}  // namespace springtide::theory
