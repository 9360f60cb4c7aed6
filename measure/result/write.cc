// Makes the texts of all files, one after the other, and writes them.
#include <fmt/format.h>

#include "base/check.h"
#include "measure/json/json.h"
#include "measure/result/place.h"
#include "measure/result/sums.h"
#include "measure/result_directory.h"
#include "measure/text/csv.h"
#include "measure/text/grids.h"
#include "measure/text/hgrm.h"
#include "measure/text/names.h"
#include "measure/text/slices.h"
#include "measure/text/time_series.h"

namespace springtide::measure {
namespace fs = std::filesystem;
namespace {

// Writes and sums up each file as soon as it is made, so that only one is in memory.
class FileWriter {
 public:
  explicit FileWriter(PartialDirectory& directory) : directory_(directory) {}

  // A second file of a name is a bug of the caller. Does nothing after a problem.
  void add(const std::string& relative, std::string_view bytes) {
    if (problem_) return;
    const bool added = sums_.emplace(relative, sha256_hex(bytes)).second;
    SPRINGTIDE_CHECK(added, "an added file must not replace one of the record");
    problem_ = directory_.write(relative, bytes);
  }

  // The same for a file that is too long to be whole in memory: make(take) calls take(piece) for
  // its pieces, at least one.
  template <typename Make>
  void add_pieces(const std::string& relative, Make&& make) {
    Sha256 sum;
    bool first = true;
    make([&](std::string_view piece) {
      if (problem_) return;
      sum.add(piece);
      problem_ = first ? directory_.write(relative, piece) : directory_.append(relative, piece);
      first = false;
    });
    const bool added = sums_.emplace(relative, sum.hex()).second;
    SPRINGTIDE_CHECK(added, "an added file must not replace one of the record");
  }

  const std::map<std::string, std::string>& sums() const { return sums_; }
  const std::optional<Diagnostic>& problem() const { return problem_; }

 private:
  PartialDirectory& directory_;
  std::map<std::string, std::string> sums_;  // relative path -> SHA-256
  std::optional<Diagnostic> problem_;
};

void add_distributions(const Record& record, FileWriter& files) {
  Histogram latency;
  std::string only;  // the text of the one latency, where there is but one
  for (const auto& [name, histogram] : record.distributions) {
    std::string text = to_hgrm(histogram);
    files.add("distributions/" + file_name(name) + ".hgrm", text);
    if (name != "latency" && !name.ends_with(".latency")) continue;
    only = latency.empty() ? std::move(text) : "";
    latency.merge(histogram);
  }
  files.add("latency.hgrm", only.empty() ? to_hgrm(latency) : only);
  for (const auto& distribution : record.distributions_over_time) {
    const std::string file = "distributions/" + file_name(distribution.first);
    const std::vector<Histogram>& slices = distribution.second;
    files.add(file + ".slices.csv", slices_to_csv(slices, record.slice));
    files.add_pieces(file + ".buckets.csv",
                     [&](const PieceTaker& take) { buckets_to_csv(slices, record.slice, take); });
  }
}

void add_tables(const Record& record, FileWriter& files) {
  for (const auto& [name, rows] : record.tables) {
    std::string text;
    for (const auto& row : rows) {
      SPRINGTIDE_CHECK(!row.empty(), "a row of a table has a cell");
      append_csv_row(text, row);
    }
    files.add("tables/" + file_name(name) + ".csv", text);
  }
}

void add_grids(const Record& record, FileWriter& files) {
  for (const Grid& grid : record.grids)
    files.add("grids/" + file_name(grid.name) + ".csv", grid_to_csv(grid));
}

bool stays_inside(const std::string& relative) {
  const fs::path path(relative);
  if (relative.empty() || path.is_absolute() || !path.has_filename()) return false;
  for (const fs::path& part : path)
    if (part == ".." || part == ".") return false;
  return relative.find_first_of("\n\\") == std::string::npos;  // sha256sum would escape these
}

std::optional<Diagnostic> write_all(const ResultContent& content, PartialDirectory& directory) {
  FileWriter files(directory);
  files.add("scenario.json", content.scenario);
  files.add("summary.json", summary_to_json(content.record));
  files.add("verdict.json", verdict_to_json(content.record));
  files.add("timeseries.csv", time_series_to_csv(content.record));
  add_distributions(content.record, files);
  add_grids(content.record, files);
  add_tables(content.record, files);
  for (const auto& [path, bytes] : content.files) {
    const bool free = path != "manifest.json" && path != "SHA256SUMS";
    SPRINGTIDE_CHECK(free, "an added file must not replace one of the record");
    SPRINGTIDE_CHECK(stays_inside(path), "an added file must lie in the result directory");
    files.add(path, bytes);
  }
  files.add("SHA256SUMS", sums_text(files.sums()));
  Manifest manifest = content.manifest;
  manifest.scenario_sha256 = sha256_hex(content.scenario);
  manifest.fingerprint = content.record.fingerprint;
  manifest.complete = content.record.complete;
  files.add("manifest.json", manifest_to_json(manifest));
  return files.problem();
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
  if (auto problem = write_all(content, directory)) return *problem;
  if (auto problem = directory.publish(options.force)) return *problem;
  return path;
}

}  // namespace springtide::measure
