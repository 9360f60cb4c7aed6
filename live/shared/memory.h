// Memory that a process shares with those it forks afterwards.
//
// It begins as zeros and is given to the process page by page as it is touched, so a large T costs
// only what is used. It stays as it is when one of the processes is killed: what was counted there
// is not lost. T must be usable from all-zero bytes (integers, atomics of them, arrays of those)
// and need no destruction; all-zero is its initial state, no constructor runs.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "base/diagnostic.h"

namespace springtide::live::shared {

// Zeroed pages, shared; nullptr where there is no memory (errno says why).
void* map(std::size_t bytes);
void unmap(void* memory, std::size_t bytes);
Diagnostic no_memory(std::size_t bytes);

// One T, or an array of them.
template <typename T>
class Memory {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  static Result<Memory> make(std::size_t count = 1) {
    void* memory = map(sizeof(T) * count);
    if (!memory) return no_memory(sizeof(T) * count);
    return Memory(static_cast<T*>(memory), count);
  }

  Memory() = default;
  Memory(Memory&& other) noexcept { swap(other); }
  Memory& operator=(Memory&& other) noexcept {
    Memory(std::move(other)).swap(*this);
    return *this;
  }
  ~Memory() {
    if (first_) unmap(first_, sizeof(T) * count_);
  }

  T* operator->() const { return first_; }
  T& operator*() const { return *first_; }
  T& operator[](std::size_t i) const { return first_[i]; }
  std::size_t size() const { return count_; }
  T* begin() const { return first_; }
  T* end() const { return first_ + count_; }

 private:
  Memory(T* first, std::size_t count) : first_(first), count_(count) {}
  void swap(Memory& other) noexcept {
    std::swap(first_, other.first_);
    std::swap(count_, other.count_);
  }

  T* first_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace springtide::live::shared
