// A distribution over time as two CSV files: one row a slice for people, and every bucket of every
// slice so that nothing is lost (a heat map, a merge of some slices, an exact comparison). A slice
// is a number of whole seconds long; from_s is its begin.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "measure/histogram.h"

namespace springtide::measure {

// from_s,count,min_ns,max_ns,sum_ns,mean_ms,p50_ms,p90_ms,p99_ms,p999_ms
std::string slices_to_csv(const std::vector<Histogram>& slices, Duration slice);
// from_s,value_ns,count: first the heading, then slice after slice, because all together are tens
// of megabytes.
using PieceTaker = std::function<void(std::string_view)>;
void buckets_to_csv(const std::vector<Histogram>& slices, Duration slice, const PieceTaker& take);

struct SliceTexts {
  std::string_view slices, buckets;
  std::string slices_file, buckets_file;  // for messages
};
Result<std::vector<Histogram>> parse_slices(const SliceTexts& texts, Duration slice);

}  // namespace springtide::measure
