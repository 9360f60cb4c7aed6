// What a sample says about all: things of several kinds (strata), of each of which some were drawn
// without replacement and observed.
//
//   stratum h      N things, n of them seen:   y_1 .. y_n   mean m, variance s^2 (divided by n - 1)
//
//   total          Y = sum N m                                        (expansion)
//   its variance   V(Y) = sum g s^2,  g = N (N - n) / n               (finite population: 0 where
//   all
//                                                                      are seen)
//   its interval   Y -+ t sqrt(V),  t of (sum g s^2)^2 / sum (g s^2)^2 / (n - 1) degrees of freedom
//   ratio          R = Y / X,  V(R) = V(total of y - R x) / X^2       (combined ratio)
//   quantile       q, where the share of all values at most q is p; that share is a ratio, and the
//                  ends of its interval are turned back into values  (Woodruff)
//   largest        of a total over many instants: between the largest of all lower ends and the
//                  largest of all upper ends, of intervals that hold at all K instants at once:
//                  each at level 1 - (1 - level) / K (Bonferroni), t of sum (n - 1) degrees of
//                  freedom: by chance one stratum alone varies at a quiet instant, and t of a
//                  single degree would then say that anything may have been
//
// What has been seen is certain: of values that are not negative, no interval of a total begins
// below their sum. Intervals rest on means of about normal values. A happening that befalls few
// things only may be missed by a sample of few: where all seen values of a stratum are equal it
// says that all are. The interval of the largest total is wide rather than short.
//
// Sources: W. G. Cochran, Sampling Techniques, 3rd ed. 1977: 5.3 (5.6), 5.4 (5.16, Satterthwaite),
// 6.11 (6.48 and 6.49); R. S. Woodruff, Confidence intervals for medians and other position
// measures, JASA 47 (1952).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "measure/confidence.h"
#include "measure/histogram.h"

namespace springtide::measure {

struct Stratum {
  std::int64_t all = 0;
  std::size_t seen = 0;  // 1 .. all
};

class StratifiedSample {
 public:
  explicit StratifiedSample(std::vector<Stratum> strata);

  std::size_t seen() const { return seen_; }
  std::int64_t all() const { return all_; }

  // Everywhere: a value for each thing seen, stratum after stratum; 0 < level < 1. Where one thing
  // of several was seen nothing is known of how they differ, and intervals are infinite.
  double total(std::span<const double> values) const;
  Interval total_interval(std::span<const double> values, double level) const;
  Interval ratio_interval(std::span<const double> values, std::span<const double> by,
                          double level) const;

  // Of all values of all things: the estimate is that of expanded(). NaN without any value.
  Interval quantile_interval(std::span<const Histogram> seen, double p, double level) const;

  // The largest total of `instants` instants; fill(instant, values).
  using Fill = std::function<void(std::size_t, std::span<double>)>;
  Interval largest_interval(std::size_t instants, const Fill& fill, double level) const;

  // The histogram of all things: that of each stratum's seen things times N / n, rounded so that
  // the number of all values up to any bucket is right to one.
  Histogram expanded(std::span<const Histogram> seen) const;

 private:
  struct Error {
    double variance = 0, degrees = 0;  // 0 degrees: none are needed, or none are known
    bool known = true;
  };
  Error error_of(std::span<const double> values) const;

  std::vector<Stratum> strata_;
  std::size_t seen_ = 0;
  std::int64_t all_ = 0;
};

// A count of `seen` of `all` things for all of them, to the nearest.
std::int64_t expanded(std::int64_t count, std::int64_t all, std::int64_t seen);
// A histogram likewise.
Histogram expanded(const Histogram& histogram, std::int64_t all, std::int64_t seen);

}  // namespace springtide::measure
