// A table of a record, aligned for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace springtide::cli {

// The heading first. The first column and all that hold words are set to the left, numbers to the
// right. Above zero `most` is how many rows are shown; a line says how many more there are.
std::string table_text(const std::vector<std::vector<std::string>>& rows, std::size_t most = 0);

}  // namespace springtide::cli
