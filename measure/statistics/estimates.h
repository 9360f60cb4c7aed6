// Whether the values of a record were counted or estimated from a sample: then series, figures,
// ledgers and distributions are estimates; the table "estimates" has their intervals (columns
// what, estimate, low_95, high_95, unit) and the table "sample", of one cell, says from what.
#pragma once

#include <string>

#include "measure/record.h"

namespace springtide::measure {

inline constexpr const char* estimates_table = "estimates";
inline constexpr const char* sample_table = "sample";

// "from 36 of 638 servers, 2 of each kind"; empty: everything was counted.
inline std::string estimated_from(const Record& record) {
  const auto found = record.tables.find(sample_table);
  const bool told =
      found != record.tables.end() && found->second.size() > 1 && !found->second[1].empty();
  return told ? found->second[1].front() : std::string();
}

}  // namespace springtide::measure
