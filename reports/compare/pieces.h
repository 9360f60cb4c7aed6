// Pieces that the text and the page of a comparison share.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reports/compare.h"

namespace springtide::reports {

using Rows = std::vector<std::vector<std::string>>;  // the heading first

// Texts to the left, numbers (what lies between the second column and the last) to the right.
std::string aligned_text(const Rows& rows);

// "statistic", "unit", "this", "recorded", "error", "of recorded", "noise", what to make of it.
std::vector<std::string> headings(const Comparison& comparison);
std::vector<std::string> cells_of(const ComparedStatistic& statistic);

// "client.requests against requests: 30k, 22:55:06 to 23:03:05"
std::string heading(const Comparison& comparison, const ComparedSeries& series);
std::string heading(const ComparedDistribution& distribution);

// "recorded: PATH", or the word alone where there is no name.
std::string line_label(const std::string& word, const std::string& name);

// Both sides over time; `number` makes its name.
Chart both_chart(const Comparison& comparison, const ComparedSeries& series, std::size_t number);

}  // namespace springtide::reports
