// summary.json, verdict.json and manifest.json: the record and the manifest as JSON text and back.
// Histograms, the values of series, and tables live in files of their own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "measure/result_directory.h"

namespace springtide::measure {

std::string summary_to_json(const Record& record);
std::string verdict_to_json(const Record& record);
std::string manifest_to_json(const Manifest& manifest);

// What summary.json says of the files beside it.
struct Summary {
  Record record;  // series without values
  std::vector<std::size_t> series_lengths;
  struct GridSize {
    std::size_t rows = 0, columns = 0;
  };
  std::vector<GridSize> grids;  // of record.grids, which have neither rows nor values
  std::vector<std::string> distributions, sliced_distributions, tables;  // names
};
Result<Summary> parse_summary(std::string_view text, const std::string& file);
Result<std::vector<Verdict>> parse_verdict(std::string_view text, const std::string& file);
Result<Manifest> parse_manifest(std::string_view text, const std::string& file);

}  // namespace springtide::measure
