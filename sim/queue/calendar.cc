#include "sim/queue/calendar.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "sim/queue/sorting.h"

namespace springtide::sim {
namespace {

constexpr std::size_t batch = 16;          // events that one take() is worth
constexpr std::size_t days_ahead = 64;     // of prefetching
constexpr std::size_t large_ring = 8'192;  // days; smaller ones stay in the cache anyway
constexpr std::size_t smallest_ring = 64, largest_ring = std::size_t{1} << 26;
constexpr int largest_shift = 50;
constexpr std::size_t days_per_event = 2;

// Days of about one event each: the power of two at or below the mean gap.
int shift_of_gap(std::uint64_t gap) {
  return std::clamp(static_cast<int>(std::bit_width(gap)) - 1, 0, largest_shift);
}

constexpr auto later = [](const auto& x, const auto& y) { return x.at > y.at; };

}  // namespace

void Calendar::move_boundary(Instant boundary, Duration gap) {
  boundary_ = boundary;
  taken_ = days_passed_ = days_used_ = distinct_ = put_far_ = 0;
  const int shift = gap > Duration{} ? shift_of_gap(static_cast<std::uint64_t>(gap.ns)) : shift_;
  rebuild(std::max(heads_.size(), smallest_ring), shift);
}

void Calendar::update_horizon() {
  const std::uint64_t end = day_ + mask_ + 1;
  const auto last = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  horizon_ = {static_cast<std::int64_t>(end > last >> shift_ ? last : end << shift_)};
  while (!far_.empty() && far_.front().at < horizon_) {
    link(far_.front().slot, far_.front().at);
    std::pop_heap(far_.begin(), far_.end(), later);
    far_.pop_back();
  }
}

void Calendar::push_far(std::uint32_t slot, Instant at) {
  ++put_far_;
  far_.push_back({at, slot});
  std::push_heap(far_.begin(), far_.end(), later);
}

void Calendar::grow_pool() {
  const std::size_t old = std::max<std::size_t>(events_.size(), 1);
  const std::size_t larger = std::max<std::size_t>(128, old * 2);
  events_.resize(larger);
  next_.resize(larger);
  for (std::size_t slot = larger; slot-- > old;) {
    next_[slot] = free_;
    free_ = static_cast<std::uint32_t>(slot);
  }
  if (larger > heads_.size()) rebuild(larger * days_per_event, shift_by_sample());
}

void Calendar::take(std::vector<Event>& sorted) {
  link_waiting();
  if (in_ring_ == 0) {
    day_ = static_cast<std::uint64_t>(far_.front().at.ns) >> shift_;
    update_horizon();
  }
  const std::size_t before = sorted.size();
  const std::uint64_t first_day = day_;
  std::size_t taken = 0;
  do {
    std::uint32_t& head = heads_[day_++ & mask_];
    std::uint32_t slot = head;
    if (slot == 0) continue;
    head = 0;
    const std::size_t begin = sorted.size();
    do {
      sorted.push_back(events_[slot]);
      const std::uint32_t following = next_[slot];
      next_[slot] = free_;
      free_ = slot;
      slot = following;
    } while (slot != 0);
    ++days_used_;
    const std::size_t count = sorted.size() - begin;
    distinct_ += count <= few_events ? count : sort_day(sorted, begin, scratch_, runs_);
    taken = sorted.size() - before;
  } while (taken < batch && taken < in_ring_);
  // The days are in order, large ones are sorted: one pass for all that is left to do, because
  // a loop of unforeseeable length for each day would cost more than the sorting.
  insertion_sort(sorted.data() + before, sorted.data() + sorted.size());
  in_ring_ -= taken;
  size_ -= taken;
  taken_ += taken;
  days_passed_ += day_ - first_day;
  boundary_ = {static_cast<std::int64_t>(day_ << shift_)};
  update_horizon();
  if (large_) prefetch_next_days();
  if (taken_ > std::max<std::size_t>(size_, 512)) retune();
}

void Calendar::link_waiting() {
  for (std::size_t i = 0; i < waiting_count_; ++i) link(waiting_[i], events_[waiting_[i]].at);
  waiting_count_ = 0;
}

// Twice: the first event of each list when its day is far ahead, the second when it is nearer (the
// first is in the cache by then and tells where the second is).
void Calendar::prefetch_next_days() {
  std::uint64_t day = std::max(fetched_, day_);
  fetched_ = day_ + days_ahead;
  for (; day < fetched_; ++day) {
    const std::uint32_t first = heads_[day & mask_];
    __builtin_prefetch(&events_[first]);
    __builtin_prefetch(&next_[first]);
    const std::uint32_t second = next_[heads_[(day - days_ahead / 2) & mask_]];
    __builtin_prefetch(&events_[second]);
    __builtin_prefetch(&next_[second]);
  }
}

void Calendar::retune() {
  const std::size_t wanted =
      std::clamp(std::bit_ceil(size_ * days_per_event), smallest_ring, largest_ring);
  const std::size_t days = mask_ + 1;
  int shift = shift_;
  const bool crowded = distinct_ > 3 * days_used_, much_far = put_far_ * 8 > taken_;
  const bool sparse = days_passed_ > 3 * taken_;
  if (crowded && !much_far)
    shift -= std::max(1, static_cast<int>(std::bit_width(distinct_ / days_used_)) - 2);
  else if (sparse || (much_far && distinct_ < 64 * days_used_))
    shift += std::max(1, static_cast<int>(std::bit_width(days_passed_ / taken_)) - 1);
  shift = std::clamp(shift, 0, largest_shift);
  const bool resize = wanted > days || wanted * 8 <= days;
  if (resize || shift != shift_) rebuild(resize ? wanted : days, shift);
  taken_ = days_passed_ = days_used_ = distinct_ = put_far_ = 0;
}

// Without experience, when every slot of the pool is in use: so that the events of the nearest
// quarter lie one a day.
int Calendar::shift_by_sample() const {
  std::vector<std::int64_t> ahead;
  const std::size_t step = std::max<std::size_t>(1, size_ / 256);
  for (std::size_t slot = 1; slot <= size_; slot += step)
    ahead.push_back((events_[slot].at - boundary_).ns);
  if (ahead.empty()) return shift_;
  const auto quarter = ahead.begin() + static_cast<std::ptrdiff_t>(ahead.size() / 4);
  std::nth_element(ahead.begin(), quarter, ahead.end());
  return shift_of_gap(static_cast<std::uint64_t>(*quarter) * 4 / size_);
}

void Calendar::rebuild(std::size_t days, int shift) {
  link_waiting();
  std::vector<std::uint32_t> slots;
  slots.reserve(size_);
  for (std::uint32_t head : heads_)
    for (; head != 0; head = next_[head]) slots.push_back(head);
  for (const Far& far : far_) slots.push_back(far.slot);
  far_.clear();
  days = std::clamp(std::bit_ceil(days), smallest_ring, largest_ring);
  heads_.assign(days, 0);
  mask_ = days - 1;
  large_ = days > large_ring;
  fetched_ = 0;
  shift_ = shift;
  in_ring_ = 0;
  day_ = static_cast<std::uint64_t>(boundary_.ns) >> shift_;
  update_horizon();
  for (const std::uint32_t slot : slots) {
    const Instant at = events_[slot].at;
    if (at < horizon_)
      link(slot, at);
    else
      far_.push_back({at, slot});
  }
  std::make_heap(far_.begin(), far_.end(), later);
}

}  // namespace springtide::sim
