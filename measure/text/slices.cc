#include "measure/text/slices.h"

#include <iterator>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "measure/record.h"
#include "measure/result_directory.h"
#include "measure/text/csv.h"
#include "measure/text/hgrm.h"

namespace springtide::measure {
namespace {

constexpr std::size_t most_readable = 1'000'000;  // of slices: more is a damaged file

std::string quantile_cell(const Histogram& histogram, double p) {
  const auto value = histogram.quantile(p);
  return value ? shortest_number(static_cast<double>(*value) / 1e6) : "";
}

std::vector<std::string> slice_row(std::int64_t from_seconds, const Histogram& slice) {
  const auto whole = [](std::optional<std::int64_t> v) { return v ? fmt::format("{}", *v) : ""; };
  return {fmt::format("{}", from_seconds),
          fmt::format("{}", slice.count()),
          whole(slice.min()),
          whole(slice.max()),
          to_string(slice.sum()),
          shortest_number(slice.mean() / 1e6),
          quantile_cell(slice, 0.5),
          quantile_cell(slice, 0.9),
          quantile_cell(slice, 0.99),
          quantile_cell(slice, 0.999)};
}

class SliceReader {
 public:
  explicit SliceReader(Duration slice) : slice_seconds_(slice / second) {}

  // One row of buckets.csv into its slice.
  std::optional<Diagnostic> take_bucket(const CsvRow& row) {
    if (row.size() != 3) return at_cell(row.back(), "a row needs three cells");
    Histogram* slice = slice_from(row[0]);
    if (slice == nullptr) return no_slice(row[0]);
    const auto value = integer_of(row[1].text);
    if (!value || *value < 0) return at_cell(row[1], "not a value", "nanoseconds from 0");
    const auto count = integer_of(row[2].text);
    if (!count || *count <= 0) return at_cell(row[2], "not a count", "a whole number above 0");
    slice->record(*value, *count);
    return {};
  }

  // One row of slices.csv: the exact values of a slice whose buckets are there.
  std::optional<Diagnostic> take_slice(const CsvRow& row) {
    if (row.size() < 5) return at_cell(row.back(), "a row needs five cells or more");
    Histogram* slice = slice_from(row[0]);
    if (slice == nullptr) return no_slice(row[0]);
    if (integer_of(row[1].text) != slice->count())
      return at_cell(row[1], "the count differs from the buckets",
                     fmt::format("{}", slice->count()));
    if (slice->empty()) return {};
    const auto min = integer_of(row[2].text), max = integer_of(row[3].text);
    const auto sum = parse_int128(row[4].text);
    if (!min || !max || !sum || !slice->restore_exact(*min, *max, *sum))
      return at_cell(row[2], "minimum, maximum and sum do not fit the buckets");
    return {};
  }

  std::vector<Histogram>& slices() { return slices_; }

 private:
  // Nothing where no slice begins there.
  Histogram* slice_from(const CsvCell& cell) {
    const auto from = integer_of(cell.text);
    if (!from || *from < 0 || *from % slice_seconds_ != 0) return nullptr;
    const auto number = static_cast<std::size_t>(*from / slice_seconds_);
    if (number >= most_readable) return nullptr;
    if (number >= slices_.size()) slices_.resize(number + 1);
    return &slices_[number];
  }
  Diagnostic no_slice(const CsvCell& cell) const {
    return at_cell(cell, "not the begin of a slice",
                   fmt::format("a multiple of {} seconds", slice_seconds_));
  }

  std::int64_t slice_seconds_;
  std::vector<Histogram> slices_;
};

// Reads all rows but the heading.
template <typename Take>
std::optional<Diagnostic> read_rows(std::string_view text, const std::string& file, Take&& take) {
  bool heading = true;
  return read_csv(text, file, [&](const CsvRow& row) -> std::optional<Diagnostic> {
    if (heading) {
      heading = false;
      return {};
    }
    return take(row);
  });
}

}  // namespace

std::string slices_to_csv(const std::vector<Histogram>& slices, Duration slice) {
  std::string text = "from_s,count,min_ns,max_ns,sum_ns,mean_ms,p50_ms,p90_ms,p99_ms,p999_ms\n";
  std::int64_t from = 0;
  for (const Histogram& one : slices) {
    append_csv_row(text, slice_row(from, one));
    from += slice / second;
  }
  return text;
}

void buckets_to_csv(const std::vector<Histogram>& slices, Duration slice, const PieceTaker& take) {
  take("from_s,value_ns,count\n");
  std::string text;
  std::int64_t from = 0;
  for (const Histogram& one : slices) {
    text.clear();
    one.for_each_bucket([&](std::int64_t lowest, std::int64_t highest, std::int64_t n) {
      fmt::format_to(std::back_inserter(text), FMT_COMPILE("{},{},{}\n"), from,
                     one.representative(lowest, highest), n);
    });
    if (!text.empty()) take(text);
    from += slice / second;
  }
}

Result<std::vector<Histogram>> parse_slices(const SliceTexts& texts, Duration slice) {
  SliceReader reader(slice);
  if (auto problem = read_rows(texts.buckets, texts.buckets_file,
                               [&](const CsvRow& row) { return reader.take_bucket(row); }))
    return *problem;
  if (auto problem = read_rows(texts.slices, texts.slices_file,
                               [&](const CsvRow& row) { return reader.take_slice(row); }))
    return *problem;
  return std::move(reader.slices());
}

}  // namespace springtide::measure
