#include "models/fleet/server/arrays/sum_of_two.h"

#include <algorithm>

#include "base/time.h"
#include "measure/histogram.h"

namespace springtide::models::fleet {
namespace {

using measure::Histogram;

struct Point {
  std::int64_t ns = 0;
  std::uint64_t weight = 0;  // of a whole of 2^30
};

constexpr int whole_bits = 30;
constexpr int cell_bits = 10, tail_bits = 5, last_octave = 24;

// In ascending order.
std::vector<Point> points_of(const workload::QuantileFunction& quantile) {
  std::vector<Point> low, points, high;
  const auto point = [&](double probability, std::uint64_t weight) {
    return Point{Duration::from_seconds(quantile(probability)).ns, weight};
  };
  const auto add_tail = [&](double from, double width) {
    const auto weight = static_cast<std::uint64_t>(width * (1 << whole_bits));
    low.push_back(point(from + width / 2, weight));
    high.push_back(point(1 - from - width / 2, weight));
  };
  add_tail(0, 1.0 / (1 << last_octave));
  for (int octave = last_octave; octave > tail_bits; --octave) {
    const double from = 1.0 / (1 << octave);
    const int parts = std::min(1 << tail_bits, 1 << (whole_bits - octave));
    for (int part = 0; part < parts; ++part) add_tail(from + from * part / parts, from / parts);
  }
  constexpr int cells = 1 << cell_bits, in_tail = cells >> tail_bits;
  points = std::move(low);
  for (int cell = in_tail; cell < cells - in_tail; ++cell)
    points.push_back(point((cell + 0.5) / cells, std::uint64_t{1} << (whole_bits - cell_bits)));
  points.insert(points.end(), high.rbegin(), high.rend());
  return points;
}

// How much of all pairs (a whole of 2^60) has a sum in each bucket, from the smallest sum on.
std::vector<std::uint64_t> count_pairs(const std::vector<Point>& points) {
  const std::int64_t least = points.front().ns, most = points.back().ns;
  std::vector<std::uint64_t> counts(Histogram::bucket_of(2 * (most - least)) + 1);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::int64_t one = points[i].ns - 2 * least;
    counts[Histogram::bucket_of(one + points[i].ns)] += points[i].weight * points[i].weight;
    for (std::size_t k = i + 1; k < points.size(); ++k)
      counts[Histogram::bucket_of(one + points[k].ns)] += 2 * points[i].weight * points[k].weight;
  }
  return counts;
}

}  // namespace

std::vector<std::int64_t> quantiles_of_sum(const workload::QuantileFunction& one,
                                           const std::vector<double>& probabilities) {
  const std::vector<Point> points = points_of(one);
  const std::vector<std::uint64_t> counts = count_pairs(points);
  const std::int64_t least = 2 * points.front().ns, most = 2 * points.back().ns;
  std::vector<std::int64_t> quantiles;
  std::uint64_t below = 0;
  std::size_t bucket = 0;
  for (const double probability : probabilities) {
    const auto wanted = static_cast<std::uint64_t>(probability * 0x1p60);
    while (bucket + 1 < counts.size() && below + counts[bucket] <= wanted)
      below += counts[bucket++];
    const double share = counts[bucket] == 0 ? 0
                                             : static_cast<double>(wanted - below) /
                                                   static_cast<double>(counts[bucket]);
    const std::int64_t from = Histogram::lowest_of(bucket);
    const auto width = static_cast<double>(Histogram::lowest_of(bucket + 1) - from);
    const auto within = static_cast<std::int64_t>(std::min(share, 1.0) * width);
    quantiles.push_back(std::min(least + from + within, most));
  }
  return quantiles;
}

}  // namespace springtide::models::fleet
