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

namespace springtide::live::net {

// Zeroed pages, shared; nullptr where there is no memory (errno says why).
void* map_shared(std::size_t bytes);
void unmap_shared(void* memory, std::size_t bytes);
Diagnostic no_shared_memory(std::size_t bytes);

// One T, or an array of them.
template <typename T>
class Shared {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  static Result<Shared> make(std::size_t count = 1) {
    void* memory = map_shared(sizeof(T) * count);
    if (!memory) return no_shared_memory(sizeof(T) * count);
    return Shared(static_cast<T*>(memory), count);
  }

  Shared() = default;
  Shared(Shared&& other) noexcept { swap(other); }
  Shared& operator=(Shared&& other) noexcept {
    Shared(std::move(other)).swap(*this);
    return *this;
  }
  ~Shared() {
    if (first_) unmap_shared(first_, sizeof(T) * count_);
  }

  T* operator->() const { return first_; }
  T& operator*() const { return *first_; }
  T& operator[](std::size_t i) const { return first_[i]; }
  std::size_t size() const { return count_; }
  T* begin() const { return first_; }
  T* end() const { return first_ + count_; }

 private:
  Shared(T* first, std::size_t count) : first_(first), count_(count) {}
  void swap(Shared& other) noexcept {
    std::swap(first_, other.first_);
    std::swap(count_, other.count_);
  }

  T* first_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace springtide::live::net
