// A result directory that a command line names.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "measure/result_directory.h"

namespace springtide::cli {

// As measure::read_result_directory, but what is no result at all is told in one sentence instead
// of one for each file that is missing.
Result<measure::StoredResult> read_result(const std::string& path);

}  // namespace springtide::cli
