// A run on disk, the same for both worlds:
//
//   manifest.json         version, seed, hash of the scenario, fingerprint, machine, times: the
//                         only file with anything of the wall clock or the machine in it
//   scenario.json         the effective scenario, as given
//   summary.json          figures, ledgers, checks, marks, and what the series mean
//   verdict.json          passed or not, every threshold and every broken check
//   timeseries.csv        one row a second
//   latency.hgrm          all distributions "*.latency" together (HdrHistogram percentile text)
//   distributions/<name>.hgrm          each distribution
//   distributions/<name>.slices.csv    the same in slices: exact values and quantiles
//   distributions/<name>.buckets.csv   the same, every bucket of every slice
//   grids/<name>.csv      values over things and time: one row a thing, one column a slice
//   tables/<name>.csv
//   report.html, charts/*.svg ...      what the caller adds
//   SHA256SUMS            of all files but the manifest and itself; `sha256sum -c` checks it
//
// A slice is 10 s long, or what summary.json says as "slice_ns": longer in runs of more than half
// an hour, so that there are at most 180 (measure/series.h).
//
// CSV is RFC 4180 but with a plain line feed; the unit ends the column name ("latency_p99_ms",
// "server_requests_per_s"); a missing value is an empty cell; numbers are the shortest that read
// back as the same double.
//
// All is written into a sibling "<name>.partial-<process>", flushed to the disk, and renamed when
// whole: whatever happens, the final name holds a whole result or what it held before. An
// interrupted run is whole too, but says "complete": false.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"

namespace springtide::measure {

// Where and when: nothing of it may influence any other file.
struct Manifest {
  std::string version;  // of springtide
  std::uint64_t seed = 0;
  std::string world;    // "model" or "live"
  std::string command;  // that reproduces the run
  int threads = 0;
  std::string machine;            // processor, cores, memory, kernel
  std::string started, finished;  // UTC, ISO 8601
  double wall_seconds = 0;
  std::map<std::string, std::string> more;
  // Filled by the writer:
  std::string scenario_sha256;
  std::string fingerprint;
  bool complete = true;
};

// One line: processor, number of cores, memory, kernel.
std::string describe_machine();
// "2026-01-31T22:45:00Z".
std::string now_utc();

struct ResultContent {
  const Record& record;
  Manifest manifest;
  std::string scenario;                      // text of scenario.json
  std::map<std::string, std::string> files;  // more files: relative path -> bytes
};

struct WriteOptions {
  bool force = false;  // replace an earlier result (never anything else)
};

// What would make writing to `path` fail, found before a long run: it exists (and `force` is not
// given or it is not a result), or its parent cannot be written.
std::optional<Diagnostic> check_destination(const std::filesystem::path& path,
                                            WriteOptions options = {});

// Returns the path. On failure nothing is left behind and what `path` held is still there.
Result<std::filesystem::path> write_result_directory(const std::filesystem::path& path,
                                                     const ResultContent& content,
                                                     WriteOptions options = {});

// Removes what another thread of this process has half written for `path`; that one then fails.
// For a program about to end: either the whole result is in place, or nothing of it is.
void discard_partial_result(const std::filesystem::path& path);

struct StoredResult {
  Record record;
  Manifest manifest;
  std::string scenario;
};

// Everything that was written, so that record == what was given (but for caller's files).
Result<StoredResult> read_result_directory(const std::filesystem::path& path);

// Compares the files with SHA256SUMS: one diagnostic for each that differs, is missing, or unknown.
Diagnostics verify_sums(const std::filesystem::path& path);

// A plain recorded CSV with one row a second: a header, a column "clock" ("22:55:06"), "time_s" or
// "second" (none: rows are seconds), and columns of numbers. Seconds without a row are missing
// values. A name such as "requests_per_s" becomes the series "requests" in "requests/s".
struct RecordedSeries {
  std::string clock_at_start;  // of values[0]; empty without a clock
  std::vector<Series> series;
};
Result<RecordedSeries> read_csv_series(const std::filesystem::path& path);

// "server.requests" in "requests/s" -> "server_requests_per_s"; "latency.p99" in "ms" ->
// "latency_p99_ms". And the shortest text that reads back as the same number; "" for NaN.
std::string column_name(std::string_view name, std::string_view unit);
std::string shortest_number(double value);

}  // namespace springtide::measure
