#include "models/fleet/server/arrays/instant_queue.h"

#include <algorithm>

#include "models/fleet/server/arrays/every_width.h"

namespace springtide::models::fleet {
namespace {

// The differences from a base; whether any is too large for 32 bits.
SPRINGTIDE_EVERY_WIDTH bool find_differences(const std::int64_t* instants, std::size_t n,
                                             std::int64_t base, std::int32_t* differences) {
  std::int64_t too_far = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t difference = instants[i] - base;
    differences[i] = static_cast<std::int32_t>(difference);
    too_far |= difference ^ differences[i];
  }
  return too_far != 0;
}

SPRINGTIDE_EVERY_WIDTH void add_base(const std::int32_t* differences, std::size_t n,
                                     std::int64_t base, std::int64_t* instants) {
  for (std::size_t i = 0; i < n; ++i) instants[i] = base + differences[i];
}

}  // namespace

void InstantQueue::widen(Chunk& chunk, std::size_t used) {
  chunk.far.reset(new std::array<std::int64_t, chunk_size>);
  add_base(chunk.near->data(), used, chunk.base, chunk.far->data());
  chunk.near.reset();
}

void InstantQueue::put(Chunk& chunk, std::size_t at, const std::int64_t* instants, std::size_t n,
                       std::int64_t later) {
  if (chunk.far == nullptr) {
    if (!find_differences(instants, n, chunk.base - later, chunk.near->data() + at)) return;
    widen(chunk, at);
  }
  for (std::size_t i = 0; i < n; ++i) (*chunk.far)[at + i] = instants[i] + later;
}

void InstantQueue::push(const std::int64_t* instants, std::size_t n, std::int64_t later) {
  while (n > 0) {
    const std::size_t at = (begin_ + size_) % chunk_size;
    if (begin_ + size_ == chunks_.size() * chunk_size) {
      Chunk chunk{instants[0] + later, {}, {}};
      // Not value-initialised: all that is read was written.
      chunk.near.reset(new std::array<std::int32_t, chunk_size>);
      chunks_.push(std::move(chunk));
    }
    const std::size_t some = std::min(n, chunk_size - at);
    put(chunks_.back(), at, instants, some, later);
    size_ += some;
    instants += some;
    n -= some;
  }
}

void InstantQueue::drop(std::size_t n) {
  begin_ += n;
  size_ -= n;
  for (; begin_ >= chunk_size; begin_ -= chunk_size) chunks_.pop();
}

void InstantQueue::copy(std::size_t from, std::size_t n, std::int64_t* instants) const {
  for (from += begin_; n > 0;) {
    const Chunk& chunk = chunks_[from / chunk_size];
    const std::size_t at = from % chunk_size, some = std::min(n, chunk_size - at);
    if (chunk.far != nullptr)
      std::copy_n(chunk.far->data() + at, some, instants);
    else
      add_base(chunk.near->data() + at, some, chunk.base, instants);
    instants += some;
    from += some;
    n -= some;
  }
}

std::size_t InstantQueue::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + chunks_.capacity() * sizeof(Chunk);
  for (std::size_t i = 0; i < chunks_.size(); ++i)
    bytes += chunks_[i].far != nullptr ? sizeof(*chunks_[i].far) : sizeof(*chunks_[i].near);
  return bytes;
}

}  // namespace springtide::models::fleet
