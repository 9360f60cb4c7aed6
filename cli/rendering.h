// What reports/ draws of a run, as files of its result directory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "measure/result_directory.h"

namespace springtide::cli {

struct RenderingOptions {
  std::vector<std::string> recorded;  // "FILE.csv" or "client.requests=FILE.csv": drawn over
  bool png = false;
  // Otherwise a recording that belongs to nothing in the run is told and left out: a long run is
  // not thrown away for it.
  bool recorded_must_fit = false;
};

// "report.html", "charts/*.svg", with `png` also "charts/*.png": relative path -> bytes.
Result<std::map<std::string, std::string>> rendered_files(const measure::ResultContent& content,
                                                          const RenderingOptions& options);

// Problems of recorded files, to be known before a long run.
Diagnostics check_recorded(const std::vector<std::string>& recorded);

}  // namespace springtide::cli
