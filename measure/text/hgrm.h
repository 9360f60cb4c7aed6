// The percentile text of HdrHistogram (".hgrm"), which its plotters draw:
//
//          Value     Percentile TotalCount 1/(1-Percentile)
//
//       0.512000 0.250000000000          1           1.33
//   #[Mean    = ...]  #[Max = ...]  #[Buckets = ...]
//
// Values are in milliseconds with six decimals, so whole nanoseconds. Unlike HdrHistogram's own
// writer there is one line for every bucket that is not empty, and a comment with exact minimum,
// maximum and sum: a histogram written and read is equal to the first. Texts of others are read
// too (as milliseconds): as exact as their lines are.
#pragma once

#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "measure/histogram.h"

namespace springtide::measure {

std::string to_hgrm(const Histogram& histogram);
Result<Histogram> parse_hgrm(std::string_view text, const std::string& file);

std::string to_string(Int128 value);
std::optional<Int128> parse_int128(std::string_view text);

}  // namespace springtide::measure
