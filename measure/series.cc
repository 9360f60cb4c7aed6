#include "measure/series.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace springtide::measure {

// --- SecondCounter ---------------------------------------------------------------------------

void SecondCounter::move_to(Instant at) {
  if (at.ns < 0) {
    begin_ = (at.ns + 1) / second.ns * second.ns - second.ns;
    current_ = &before_start_;
    return;
  }
  const auto number = static_cast<std::size_t>(at.ns / second.ns);
  if (number >= counts_.size()) counts_.resize(number + 1);
  current_ = &counts_[number];
  begin_ = static_cast<std::int64_t>(number) * second.ns;
}

// add() has counted the whole span in its first second: what is beyond goes to the next ones.
void SecondCounter::move_beyond(Instant to) {
  Instant next{begin_ + second.ns};
  *current_ -= (to - next).ns;
  while (next < to) {
    const Instant end = std::min(to, next + second);
    add(next, (end - next).ns);
    next = end;
  }
}

std::int64_t SecondCounter::total() const {
  std::int64_t sum = before_start_;
  for (const std::int64_t count : counts_) sum += count;
  return sum;
}

void SecondCounter::merge(const SecondCounter& other) {
  const std::size_t length = other.counts_.size();
  if (counts_.size() < length) counts_.resize(length);
  for (std::size_t i = 0; i < length; ++i) counts_[i] += other.counts_[i];
  before_start_ += other.before_start_;
  begin_ = no_second;  // the vector may have moved
}

SecondCounter& SecondCounter::operator=(const SecondCounter& other) {
  if (this == &other) return *this;
  counts_ = other.counts_;
  before_start_ = other.before_start_;
  begin_ = no_second;
  return *this;
}

Series SecondCounter::to_series(std::string name, std::string unit, std::string about,
                                std::size_t seconds) const {
  Series series{std::move(name), std::move(unit), std::move(about), {}};
  series.values.reserve(seconds);
  for (std::size_t i = 0; i < seconds; ++i) series.values.push_back(static_cast<double>(in(i)));
  return series;
}

// --- SecondGauge -----------------------------------------------------------------------------

SecondGauge::Slice& SecondGauge::slice(std::int64_t number) {
  const auto index = static_cast<std::size_t>(number);
  if (index >= slices_.size()) slices_.resize(index + 1);
  return slices_[index];
}

void SecondGauge::hold_until(Instant end) {
  SPRINGTIDE_CHECK(end >= since_, "a gauge's time must not go back");
  if (!started_) since_ = end;
  while (since_ < end) {
    const std::int64_t number = since_.ns / second.ns;
    const Instant next = std::min(end, Instant{(number + 1) * second.ns});
    Slice& current = slice(number);
    const std::int64_t length = (next - since_).ns;
    current.integral += value_ * static_cast<double>(length);
    current.max = current.covered == 0 ? value_ : std::max(current.max, value_);
    current.covered += length;
    since_ = next;
  }
}

void SecondGauge::set(Instant at, double value) {
  hold_until(at);
  started_ = true;
  value_ = value;
}

void SecondGauge::finish(Instant end) { hold_until(end); }

Series SecondGauge::series(std::string name, std::string unit, std::string about,
                           std::size_t seconds, double (*value_of)(const Slice&)) const {
  Series result{std::move(name), std::move(unit), std::move(about), {}};
  for (std::size_t i = 0; i < seconds; ++i) {
    const bool known = i < slices_.size() && slices_[i].covered > 0;
    result.values.push_back(known ? value_of(slices_[i]) : missing);
  }
  return result;
}

Series SecondGauge::mean_series(std::string name, std::string unit, std::string about,
                                std::size_t seconds) const {
  return series(std::move(name), std::move(unit), std::move(about), seconds,
                [](const Slice& s) { return s.integral / static_cast<double>(s.covered); });
}

Series SecondGauge::max_series(std::string name, std::string unit, std::string about,
                               std::size_t seconds) const {
  return series(std::move(name), std::move(unit), std::move(about), seconds,
                [](const Slice& s) { return s.max; });
}

// --- SlicedHistogram -------------------------------------------------------------------------

Duration slice_for(Duration duration) {
  constexpr Duration hour = minute * 60;
  constexpr Duration below_an_hour[] = {shortest_slice, second * 20, second * 30,
                                        minute,         minute * 2,  minute * 5,
                                        minute * 10,    minute * 20, minute * 30};
  const bool more = duration.ns % most_slices > 0;
  const Duration least{duration.ns / most_slices + (more ? 1 : 0)};
  for (const Duration slice : below_an_hour)
    if (slice >= least) return slice;
  Duration slice = hour;
  while (slice < least) slice = slice * 2;
  return slice;
}

Grid empty_grid(std::string name, std::string unit, std::string about,
                std::vector<std::string> rows, Duration duration) {
  Grid grid;
  grid.name = std::move(name);
  grid.unit = std::move(unit);
  grid.about = std::move(about);
  grid.rows = std::move(rows);
  grid.slice = slice_for(duration);
  const bool part = duration % grid.slice > Duration{};  // the last slice may be cut short
  grid.columns = static_cast<std::size_t>(duration / grid.slice) + (part ? 1 : 0);
  grid.values.assign(grid.rows.size() * grid.columns, static_cast<float>(missing));
  return grid;
}

SlicedHistogram::SlicedHistogram(Duration slice) : slice_(slice) {
  SPRINGTIDE_CHECK(slice.ns > 0, "a slice has a length");
}

void SlicedHistogram::move_to(Instant at) {
  const std::int64_t number = std::max<std::int64_t>(at.ns, 0) / slice_.ns;
  current_ = static_cast<std::size_t>(number);
  begin_ = number * slice_.ns;
  if (current_ >= slices_.size()) slices_.resize(current_ + 1);
}

void SlicedHistogram::merge(const SlicedHistogram& other) {
  SPRINGTIDE_CHECK(slice_ == other.slice_, "only slices of one length can be merged");
  if (slices_.size() < other.slices_.size()) slices_.resize(other.slices_.size());
  for (std::size_t i = 0; i < other.slices_.size(); ++i) slices_[i].merge(other.slices_[i]);
}

void SlicedHistogram::merge(SlicedHistogram&& other) {
  if (!slices_.empty()) return merge(static_cast<const SlicedHistogram&>(other));
  SPRINGTIDE_CHECK(slice_ == other.slice_, "only slices of one length can be merged");
  slices_ = other.take_slices();
}

std::vector<Histogram> SlicedHistogram::take_slices() {
  begin_ = no_slice;
  return std::exchange(slices_, {});
}

Histogram SlicedHistogram::total() const {
  Histogram sum;
  for (const Histogram& slice : slices_) sum.merge(slice);
  return sum;
}

}  // namespace springtide::measure
