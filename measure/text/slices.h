// A distribution over time as two CSV files: one row a slice for people, and every bucket of every
// slice so that nothing is lost (a heat map, a merge of some slices, an exact comparison).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "measure/histogram.h"

namespace springtide::measure {

// from_s,count,min_ns,max_ns,sum_ns,mean_ms,p50_ms,p90_ms,p99_ms,p999_ms
std::string slices_to_csv(const std::vector<Histogram>& slices);
// from_s,value_ns,count
std::string buckets_to_csv(const std::vector<Histogram>& slices);

struct SliceTexts {
  std::string_view slices, buckets;
  std::string slices_file, buckets_file;  // for messages
};
Result<std::vector<Histogram>> parse_slices(const SliceTexts& texts);

}  // namespace springtide::measure
