// Names on disk: columns, files, numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "measure/record.h"

namespace springtide::measure {

// A file name of letters, digits, '.', '-', '_'; any other byte, and a leading '.', becomes %XX,
// so that different names stay different and none leaves its folder.
std::string file_name(std::string_view name);

// column_name of each, a second one of the same name as "..._2" and so on.
std::vector<std::string> column_names(const std::vector<Series>& series);

// The other way: "requests_per_s" -> "requests" in "requests/s"; "pause_ms" -> "pause" in "ms".
struct NameAndUnit {
  std::string name, unit;
};
NameAndUnit split_column_name(std::string_view column);

}  // namespace springtide::measure
