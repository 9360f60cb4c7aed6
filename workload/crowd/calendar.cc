#include "workload/crowd/calendar.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"

namespace springtide::workload {

void Calendar::grow(std::int64_t second) {
  if (free_ == nullptr) {
    // Not value-initialised: pages that are not used are not touched.
    slabs_.emplace_back(new Chunk[slab_chunks]);
    for (std::uint32_t i = slab_chunks; i-- > 0;) {
      slabs_.back()[i].before = free_;
      free_ = &slabs_.back()[i];
    }
  }
  const auto index = static_cast<std::size_t>(second & (ring_seconds - 1));
  Day& day = ring_[index];
  Chunk* const chunk = std::exchange(free_, free_->before);
  ++chunks_in_use_;
  Chunk* const before = day.last();
  if (before != nullptr) ++day.full;
  chunk->before = before;
  chunk->two_before = before != nullptr ? before->before : nullptr;
  chunk->soon = before != nullptr ? before->two_before : nullptr;
  day.next = chunk->words;
  busy_[index / 64] |= std::uint64_t{1} << (index % 64);
}

void Calendar::add_far(std::int64_t second, std::uint64_t word) {
  SPRINGTIDE_CHECK(second >= next_, "the past is over");
  far_.push_back({second, word});
  far_first_ = std::min(far_first_, second);
}

// Early enough, and seldom: what is brought near at once lies within a ring from now.
void Calendar::bring_near() {
  if (far_first_ - next_ >= ring_seconds / 2) return;
  std::vector<Entry> still_far;
  far_first_ = never;
  for (const Entry& entry : std::exchange(far_, {})) {
    if (entry.second - next_ < ring_seconds)
      add(entry.second, entry.word);
    else
      add_far(entry.second, entry.word);
  }
}

std::size_t Calendar::size_of(std::int64_t second) {
  SPRINGTIDE_CHECK(second >= next_, "seconds are taken in order");
  if (far_first_ != never && far_first_ - second < ring_seconds / 2) {
    SPRINGTIDE_CHECK(first() >= second, "what is due must be taken");
    next_ = second;
    bring_near();
  }
  if (second - next_ >= ring_seconds) return 0;
  const Day& day = ring_[second & (ring_seconds - 1)];
  return static_cast<std::size_t>(day.full) * chunk_words + day.used();
}

Calendar::Chunk* Calendar::open(std::int64_t second, std::uint32_t& used) {
  if (size_of(second) == 0) return nullptr;
  const auto index = static_cast<std::size_t>(second & (ring_seconds - 1));
  const Day day = std::exchange(ring_[index], {});
  busy_[index / 64] &= ~(std::uint64_t{1} << (index % 64));
  used = day.used();
  return day.last();
}

// What is in it stays until it is used again; returns the one before it.
Calendar::Chunk* Calendar::give_back(Chunk* chunk) {
  --chunks_in_use_;
  return std::exchange(chunk->before, std::exchange(free_, chunk));
}

void Calendar::release() {
  slabs_.clear();
  free_ = nullptr;
}

std::int64_t Calendar::first() const {
  const auto start = static_cast<std::size_t>(next_ & (ring_seconds - 1));
  for (std::size_t k = 0; k <= busy_.size(); ++k) {
    const std::size_t at = (start / 64 + k) % busy_.size();
    std::uint64_t days = busy_[at];
    if (k == 0) days &= ~std::uint64_t{0} << (start % 64);
    if (k == busy_.size()) days &= ~(~std::uint64_t{0} << (start % 64));
    if (days == 0) continue;
    const auto index = static_cast<std::int64_t>(at * 64) + std::countr_zero(days);
    return std::min(next_ + ((index - next_) & (ring_seconds - 1)), far_first_);
  }
  return far_first_;
}

std::vector<Calendar::Entry> Calendar::all() const {
  std::vector<Entry> entries = far_;
  for (std::int64_t second = next_; second < next_ + ring_seconds; ++second) {
    const Day& day = ring_[second & (ring_seconds - 1)];
    std::uint32_t used = day.used();
    for (const Chunk* chunk = day.last(); chunk != nullptr; chunk = chunk->before) {
      for (std::uint32_t i = 0; i < used; ++i) entries.push_back({second, chunk->words[i]});
      used = chunk_words;
    }
  }
  return entries;
}

// In the order in which they were added.
std::vector<std::uint64_t> Calendar::words_of(const Day& day) const {
  std::vector<const Chunk*> chunks;
  for (const Chunk* chunk = day.last(); chunk != nullptr; chunk = chunk->before)
    chunks.push_back(chunk);
  std::vector<std::uint64_t> words;
  for (std::size_t i = chunks.size(); i-- > 0;)
    words.insert(words.end(), chunks[i]->words,
                 chunks[i]->words + (i == 0 ? day.used() : chunk_words));
  return words;
}

void Calendar::save(ByteWriter& bytes) const {
  bytes(next_, far_);
  for (std::int64_t day = next_; day < next_ + ring_seconds; ++day)
    bytes(words_of(ring_[day & (ring_seconds - 1)]));
}

void Calendar::restore(ByteReader& bytes) {
  clear();
  std::vector<Entry> far;
  bytes(next_, far);
  bytes.require(next_ >= 0 && next_ < never - ring_seconds);
  for (const Entry& entry : far) {
    bytes.require(entry.second >= next_);
    if (bytes.good()) add_far(entry.second, entry.word);
  }
  for (std::int64_t day = next_; bytes.good() && day < next_ + ring_seconds; ++day) {
    std::vector<std::uint64_t> words;
    bytes(words);
    for (const std::uint64_t word : words) add(day, word);
  }
}

void Calendar::clear() {
  ring_.fill({});
  busy_.fill(0);
  std::vector<Entry>().swap(far_);
  far_first_ = never;
  chunks_in_use_ = 0;
  release();
}

std::size_t Calendar::memory_bytes() const {
  return sizeof(*this) + slabs_.size() * slab_chunks * sizeof(Chunk) +
         far_.capacity() * sizeof(Entry);
}

}  // namespace springtide::workload
