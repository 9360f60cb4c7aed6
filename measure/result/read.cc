// Reading a result directory back, and plain recorded CSVs.
#include <algorithm>

#include <fmt/format.h>

#include "measure/json/json.h"
#include "measure/result/place.h"
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

class DirectoryReader {
 public:
  explicit DirectoryReader(fs::path path) : path_(std::move(path)) {}

  Result<StoredResult> read() {
    StoredResult result;
    take("manifest.json", parse_manifest, result.manifest);
    Summary summary;
    take("summary.json", parse_summary, summary);
    if (!problems_.empty()) return problems_;
    result.record = std::move(summary.record);
    take("verdict.json", parse_verdict, result.record.verdicts);
    result.scenario = text_of("scenario.json");
    read_series(summary, result.record);
    for (const std::string& name : summary.distributions)
      take("distributions/" + file_name(name) + ".hgrm", parse_hgrm,
           result.record.distributions[name]);
    for (const std::string& name : summary.sliced_distributions) read_slices(name, result.record);
    for (std::size_t i = 0; i < summary.grids.size(); ++i)
      read_grid(summary.grids[i], result.record.grids[i]);
    for (const std::string& name : summary.tables) read_table(name, result.record);
    if (!problems_.empty()) return problems_;
    return result;
  }

 private:
  std::string text_of(const std::string& relative) {
    auto text = read_file(path_ / relative);
    if (text.ok()) return std::move(text.value());
    note(text.problems());
    return "";
  }

  void note(const Diagnostics& problems) {
    problems_.insert(problems_.end(), problems.begin(), problems.end());
  }

  template <typename Value, typename Parse>
  void take(const std::string& relative, Parse parse, Value& into) {
    auto text = read_file(path_ / relative);
    if (!text.ok()) return note(text.problems());
    auto parsed = parse(text.value(), (path_ / relative).string());
    if (!parsed.ok()) return note(parsed.problems());
    into = std::move(parsed.value());
  }

  void read_series(const Summary& summary, Record& record) {
    const std::string text = text_of("timeseries.csv");
    if (!problems_.empty()) return;
    const std::string file = (path_ / "timeseries.csv").string();
    if (auto problem = parse_time_series(text, file, summary.series_lengths, record))
      problems_.push_back(*problem);
  }

  void read_slices(const std::string& name, Record& record) {
    const std::string base = "distributions/" + file_name(name);
    const std::string slices = text_of(base + ".slices.csv");
    const std::string buckets = text_of(base + ".buckets.csv");
    auto parsed = parse_slices({slices, buckets, (path_ / (base + ".slices.csv")).string(),
                                (path_ / (base + ".buckets.csv")).string()},
                               record.slice);
    if (!parsed.ok()) return note(parsed.problems());
    record.distributions_over_time[name] = std::move(parsed.value());
  }

  void read_grid(const Summary::GridSize& size, Grid& grid) {
    const std::string relative = "grids/" + file_name(grid.name) + ".csv";
    const std::string text = text_of(relative);
    if (text.empty()) return;  // told by text_of; no grid is written as an empty file
    if (auto problem = parse_grid(text, (path_ / relative).string(), size.rows, grid))
      problems_.push_back(*problem);
  }

  void read_table(const std::string& name, Record& record) {
    const std::string relative = "tables/" + file_name(name) + ".csv";
    const std::string text = text_of(relative);
    auto& rows = record.tables[name];
    auto problem = read_csv(text, (path_ / relative).string(), [&](const CsvRow& row) {
      rows.emplace_back();
      for (const CsvCell& cell : row) rows.back().push_back(cell.text);
      return std::optional<Diagnostic>();
    });
    if (problem) problems_.push_back(*problem);
  }

  fs::path path_;
  Diagnostics problems_;
};

// A recorded CSV, row by row: each row's second decides where its values go.
class RecordedReader {
 public:
  std::optional<Diagnostic> take(const CsvRow& row) {
    if (!has_heading_) return take_heading(row);
    if (row.size() != column_count_)
      return at_cell(row.back(), fmt::format("a row of {} cells", row.size()),
                     fmt::format("{}, as in the heading", column_count_));
    if (auto problem = take_time(row)) return problem;
    for (std::size_t i = 0, next = 0; i < row.size(); ++i) {
      if (static_cast<int>(i) == time_column_ || static_cast<int>(i) == clock_column_) continue;
      const auto value = row[i].text.empty() ? std::optional(missing) : number_of(row[i].text);
      if (!value) return at_cell(row[i], "not a number", "a number or an empty cell");
      std::vector<double>& values = result_.series[next++].values;
      values.resize(second_, missing);
      values.push_back(*value);
    }
    return {};
  }

  bool has_rows() const { return rows_ > 0; }
  RecordedSeries& result() { return result_; }

 private:
  std::optional<Diagnostic> take_heading(const CsvRow& row) {
    has_heading_ = true;
    column_count_ = row.size();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string& name = row[i].text;
      if (name == "clock")
        clock_column_ = static_cast<int>(i);
      else if (name == "time_s" || name == "second")
        time_column_ = static_cast<int>(i);
      else if (name.empty())
        return at_cell(row[i], "a column without a name");
      else if (number_of(name))
        return at_cell(row[i], "a number in the heading", "a name");
      else {
        const auto [plain, unit] = split_column_name(name);
        result_.series.push_back({plain, unit, "", {}});
      }
    }
    if (result_.series.empty()) return at_cell(row.front(), "no column of values");
    return {};
  }

  // Sets second_ from the row's clock or time; it must be later than that of the row before.
  std::optional<Diagnostic> take_time(const CsvRow& row) {
    constexpr long long longest_gap =
        43'200;  // seconds; more is a damaged file, or a clock gone back
    const int column = time_column_ >= 0 ? time_column_ : clock_column_;
    if (column < 0) {
      second_ = rows_++;
      return {};
    }
    const CsvCell& cell = row[static_cast<std::size_t>(column)];
    long long now = 0;
    if (time_column_ >= 0) {
      const auto number = integer_of(cell.text);
      if (!number || *number < 0) return at_cell(cell, "not a whole second", "0, 1, 2, ...");
      now = *number;
    } else {
      const auto clock = parse_clock(cell.text);
      if (!clock) return at_cell(cell, "not a clock second", "hours:minutes:seconds, 22:55:06");
      now = *clock;
      if (rows_ > 0 && now < last_ % 86'400) now += 86'400;  // past midnight
      now += last_ / 86'400 * 86'400;
    }
    if (rows_ == 0) begin(row, now);
    if (rows_ > 0 && (now <= last_ || now - last_ > longest_gap))
      return at_cell(cell, "seconds must rise from row to row", "a later second");
    last_ = now;
    second_ = static_cast<std::size_t>(now - first_);
    ++rows_;
    return {};
  }

  void begin(const CsvRow& row, long long now) {
    first_ = now;
    if (clock_column_ >= 0)
      result_.clock_at_start = row[static_cast<std::size_t>(clock_column_)].text;
  }

  RecordedSeries result_;
  bool has_heading_ = false;
  std::size_t column_count_ = 0;
  int time_column_ = -1, clock_column_ = -1;
  std::size_t rows_ = 0, second_ = 0;
  long long first_ = 0, last_ = 0;
};

}  // namespace

Result<StoredResult> read_result_directory(const fs::path& path) {
  return DirectoryReader(path).read();
}

Result<RecordedSeries> read_csv_series(const fs::path& path) {
  const auto text = read_file(path);
  if (!text.ok()) return text.problems();
  RecordedReader reader;
  const auto take = [&](const CsvRow& row) { return reader.take(row); };
  if (auto problem = read_csv(text.value(), path.string(), take)) return *problem;
  if (!reader.has_rows())
    return Diagnostic{
        path.string(), 0, 0, "", "no rows", "a heading and a row for each second", "", ""};
  return std::move(reader.result());
}

}  // namespace springtide::measure
