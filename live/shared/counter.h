// Counts that one process writes and others read, in memory that they share (shared/memory.h): an
// addition without a lock, and no reader ever sees half a number.
#pragma once

#include <atomic>

namespace springtide::live::shared {

template <typename T>
void add_to(T& value, T amount) {
  std::atomic_ref<T> shared(value);
  shared.store(shared.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

template <typename T>
T read_of(const T& value) {
  return std::atomic_ref<T>(const_cast<T&>(value)).load(std::memory_order_relaxed);
}

}  // namespace springtide::live::shared
