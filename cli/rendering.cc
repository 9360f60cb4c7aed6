#include "cli/rendering.h"

namespace springtide::cli {

Result<std::map<std::string, std::string>> rendered_files(const measure::ResultContent&,
                                                          const RenderingOptions&) {
  return std::map<std::string, std::string>{};
}

Diagnostics check_recorded(const std::vector<std::string>& recorded) {
  Diagnostics problems;
  for (const std::string& file : recorded)
    if (auto series = measure::read_csv_series(file); !series)
      problems.insert(problems.end(), series.problems().begin(), series.problems().end());
  return problems;
}

}  // namespace springtide::cli
