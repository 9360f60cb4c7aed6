// A slab: frames of one kind in blocks of memory that never move and are used again.
//
//   make() --> slot 7, generation 3 --> free(7) --> make() --> slot 7, generation 4
//
// Nothing is allocated once a run has seen its largest number of frames at a time, so memory is
// flat in the number of requests. T has the members `generation` and `next` (which links what is
// free; while a frame is alive it belongs to the frame).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/chain/frames/handle.h"

namespace springtide::models::chain {

template <typename T>
class Slab {
 public:
  // A frame as T{} makes it, but for its generation.
  Handle make() {
    if (free_ == none) [[unlikely]]
      grow();
    const std::uint32_t slot = free_;
    T& frame = (*this)[slot];
    free_ = frame.next;
    const std::uint32_t generation = frame.generation;
    frame = T{};
    frame.generation = generation;
    ++alive_;
    return {slot, generation};
  }

  T& operator[](std::uint32_t slot) { return blocks_[slot >> block_bits][slot & (block - 1)]; }
  const T& operator[](std::uint32_t slot) const {
    return blocks_[slot >> block_bits][slot & (block - 1)];
  }

  // Null where the handle is stale.
  T* find(Handle handle) {
    if (handle.empty()) return nullptr;
    T& frame = (*this)[handle.slot];
    return frame.generation == handle.generation ? &frame : nullptr;
  }

  // All handles of this slot become stale, but the frame lives on.
  void renew(std::uint32_t slot) { ++(*this)[slot].generation; }
  Handle handle(std::uint32_t slot) const { return {slot, (*this)[slot].generation}; }

  void free(std::uint32_t slot) {
    T& frame = (*this)[slot];
    ++frame.generation;
    frame.next = free_;
    free_ = slot;
    --alive_;
  }

  // Visits slot and frame of all that are alive. Slow: it looks at every slot.
  template <typename Visitor>
  void for_each(Visitor&& visit) {
    std::vector<bool> is_free(slots());
    for (std::uint32_t slot = free_; slot != none; slot = (*this)[slot].next) is_free[slot] = true;
    for (std::uint32_t slot = 0; slot < slots(); ++slot)
      if (!is_free[slot]) visit(slot, (*this)[slot]);
  }

  std::int64_t alive() const { return alive_; }
  std::size_t slots() const { return blocks_.size() << block_bits; }  // free ones included

 private:
  static constexpr int block_bits = 10;
  static constexpr std::uint32_t block = std::uint32_t{1} << block_bits;

  void grow() {
    const auto first = static_cast<std::uint32_t>(slots());
    blocks_.push_back(std::make_unique<T[]>(block));
    for (std::uint32_t i = block; i-- > 0;) {
      (*this)[first + i].next = free_;
      free_ = first + i;
    }
  }

  std::vector<std::unique_ptr<T[]>> blocks_;
  std::uint32_t free_ = none;
  std::int64_t alive_ = 0;
};

}  // namespace springtide::models::chain
