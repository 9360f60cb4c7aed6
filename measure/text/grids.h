// A grid as CSV: a heading with the second at which each slice begins, then one line for each row.
//
//   row,0,100,200
//   shanghai/1,0.2,0.9,0.4
//   shanghai/2,0.2,,0.4            an empty cell: not measured
//
// Numbers are the shortest that read back as the same float.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "measure/record.h"

namespace springtide::measure {

// The grid has rows x columns values, at most `most_slices` columns, and labels that differ,
// none of them empty.
std::string grid_to_csv(const Grid& grid);

// Fills rows and values of a grid that knows its slice and columns already.
std::optional<Diagnostic> parse_grid(std::string_view text, const std::string& file,
                                     std::size_t rows, Grid& grid);

}  // namespace springtide::measure
