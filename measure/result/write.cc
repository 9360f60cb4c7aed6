// Puts the texts of all files together, then writes them.
#include <fmt/format.h>

#include "base/check.h"
#include "measure/json/json.h"
#include "measure/result/place.h"
#include "measure/result/sums.h"
#include "measure/result_directory.h"
#include "measure/text/csv.h"
#include "measure/text/hgrm.h"
#include "measure/text/names.h"
#include "measure/text/slices.h"
#include "measure/text/time_series.h"

namespace springtide::measure {
namespace fs = std::filesystem;
namespace {

using Files = std::map<std::string, std::string>;  // relative path -> bytes

void add_distributions(const Record& record, Files& files) {
  Histogram latency;
  std::string only;  // the file of the one latency, where there is but one
  for (const auto& [name, histogram] : record.distributions) {
    const std::string file = "distributions/" + file_name(name) + ".hgrm";
    files[file] = to_hgrm(histogram);
    if (name != "latency" && !name.ends_with(".latency")) continue;
    only = latency.empty() ? file : "";
    latency.merge(histogram);
  }
  files["latency.hgrm"] = only.empty() ? to_hgrm(latency) : files[only];
  for (const auto& [name, slices] : record.distributions_over_time) {
    files["distributions/" + file_name(name) + ".slices.csv"] = slices_to_csv(slices);
    files["distributions/" + file_name(name) + ".buckets.csv"] = buckets_to_csv(slices);
  }
}

void add_tables(const Record& record, Files& files) {
  for (const auto& [name, rows] : record.tables) {
    std::string text;
    for (const auto& row : rows) {
      SPRINGTIDE_CHECK(!row.empty(), "a row of a table has a cell");
      append_csv_row(text, row);
    }
    files["tables/" + file_name(name) + ".csv"] = std::move(text);
  }
}

bool stays_inside(const std::string& relative) {
  const fs::path path(relative);
  if (relative.empty() || path.is_absolute() || !path.has_filename()) return false;
  for (const fs::path& part : path)
    if (part == ".." || part == ".") return false;
  return relative.find_first_of("\n\\") == std::string::npos;  // sha256sum would escape these
}

Files all_files(const ResultContent& content) {
  Files files;
  files["scenario.json"] = content.scenario;
  files["summary.json"] = summary_to_json(content.record);
  files["verdict.json"] = verdict_to_json(content.record);
  files["timeseries.csv"] = time_series_to_csv(content.record);
  add_distributions(content.record, files);
  add_tables(content.record, files);
  for (const auto& [path, bytes] : content.files) {
    SPRINGTIDE_CHECK(stays_inside(path), "an added file must lie in the result directory");
    const bool added =
        path != "manifest.json" && path != "SHA256SUMS" && files.emplace(path, bytes).second;
    SPRINGTIDE_CHECK(added, "an added file must not replace one of the record");
  }
  std::map<std::string, std::string> sums;
  for (const auto& [path, bytes] : files) sums[path] = sha256_hex(bytes);
  files["SHA256SUMS"] = sums_text(sums);
  Manifest manifest = content.manifest;
  manifest.scenario_sha256 = sha256_hex(content.scenario);
  manifest.fingerprint = content.record.fingerprint;
  manifest.complete = content.record.complete;
  files["manifest.json"] = manifest_to_json(manifest);
  return files;
}

Diagnostic exists_problem(const fs::path& path, std::string what, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.file = path.string();
  diagnostic.what = std::move(what);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

// What stands in the way at `path`, if anything.
std::optional<Diagnostic> obstacle(const fs::path& path, WriteOptions options) {
  if (!exists_at_all(path)) return {};
  if (!options.force)
    return exists_problem(path, "already exists",
                          "choose another name, or give --force to replace an earlier result");
  if (is_result_directory(path) || is_empty_directory(path)) return {};
  return exists_problem(path, "exists and is not a result directory, so it is not replaced",
                        "remove it yourself, or choose another name");
}

}  // namespace

std::optional<Diagnostic> check_destination(const fs::path& path, WriteOptions options) {
  const fs::path normal = normal_path(path);
  if (auto problem = obstacle(normal, options)) return problem;
  PartialDirectory probe(normal);  // whatever it makes is removed again
  return probe.create();
}

Result<fs::path> write_result_directory(const fs::path& path, const ResultContent& content,
                                        WriteOptions options) {
  const fs::path normal = normal_path(path);
  if (auto problem = obstacle(normal, options)) return *problem;
  PartialDirectory directory(normal);
  if (auto problem = directory.create()) return *problem;
  for (const auto& [relative, bytes] : all_files(content))
    if (auto problem = directory.write(relative, bytes)) return *problem;
  if (auto problem = directory.publish(options.force)) return *problem;
  return path;
}

}  // namespace springtide::measure
