#include "cli/stored_result.h"

#include <filesystem>

namespace springtide::cli {

Result<measure::StoredResult> read_result(const std::string& path) {
  std::error_code error;
  const std::filesystem::path directory(path);
  const bool there = std::filesystem::exists(directory, error);
  const bool is_result = std::filesystem::exists(directory / "manifest.json", error) ||
                         std::filesystem::exists(directory / "summary.json", error);
  if (is_result) return measure::read_result_directory(directory);
  Diagnostic problem;
  problem.file = path;
  problem.what = there ? "this is not the directory of a result" : "there is no such directory";
  problem.hint = "springtide run SCENARIO -o DIR makes one";
  return problem;
}

}  // namespace springtide::cli
