// timeseries.csv: time_s, clock (where the run has one), then a column for each series.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"

namespace springtide::measure {

std::string time_series_to_csv(const Record& record);

// Fills in the values of record.series, each with its length.
std::optional<Diagnostic> parse_time_series(std::string_view text, const std::string& file,
                                            const std::vector<std::size_t>& lengths,
                                            Record& record);

// "22:45:00" <-> seconds since midnight; text wraps at midnight.
std::optional<int> parse_clock(std::string_view text);
std::string clock_text(long long seconds_since_midnight);

}  // namespace springtide::measure
