// How much the statistics of a series vary by chance: those of many resamples of it, made of
// circular blocks (as measure::block_bootstrap_interval makes them, Kuensch 1989; Politis and
// Romano 1992), of which the half width of the interval is told.
//
//   blocks:   [ 17 .. 146 ][ 903 .. 1032 ][ 17 .. 146 ] ...      as long as the series
//
// A resample is never written out. Sums over a block are differences of running sums; quantiles
// come from counting, by rank, how often each value was taken, in place of a sort; only dips and
// spikes need all values in their order, in one pass. So a resample costs a few times its length.
// The statistics are those of reports/statistics.h, sums but for their last digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "reports/statistics.h"

namespace springtide::reports {

class Resampled {
 public:
  // Blocks of an eighth of the series, at most 130 s, so that a dip every 121 s stays in one. The
  // values must stay where they are. `excursions`: dips and spikes are looked for.
  Resampled(std::span<const double> values, const DipRule& rule, bool excursions);

  // The statistics of the next resample; valid until the next one is asked for.
  const SeriesStatistics& next(Stream& stream);

  using Statistic = double (*)(const SeriesStatistics&);
  // Half the widths of the intervals of these statistics, in which they lie with this probability;
  // NaN where one is not known in every resample. The same stream gives the same resamples.
  std::vector<double> half_widths(std::span<const Statistic> statistics, std::size_t resamples,
                                  double level, Stream& stream);

 private:
  struct Block {
    std::size_t begin = 0, end = 0;  // of the series twice over
  };
  void draw(Stream& stream);
  void describe_sums();
  void describe_quantiles();
  void describe_excursions();

  DipRule rule_;
  bool excursions_;
  std::size_t n_, block_;
  std::vector<double> twice_;           // the values, twice over
  std::vector<double> distinct_;        // ascending
  std::vector<std::uint32_t> rank_;     // of each of them; of a missing one: distinct_.size()
  std::vector<double> sums_, squares_;  // running, of what is not missing, from center_
  std::vector<std::size_t> present_;    // running
  double center_ = 0;
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> counts_;  // by rank
  SeriesStatistics result_;
};

}  // namespace springtide::reports
