// A first-in first-out queue in one ring of memory that doubles when full and never shrinks.
//
// std::deque allocates and frees blocks as it moves; this does not, so a queue that breathes
// costs nothing in the hot loop. Elements must be movable and have a default constructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace springtide::sim {

template <typename T>
class Fifo {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return ring_.size(); }

  // 0 is the oldest. The index must be below size().
  T& operator[](std::size_t i) { return ring_[(head_ + i) & (ring_.size() - 1)]; }
  const T& operator[](std::size_t i) const { return ring_[(head_ + i) & (ring_.size() - 1)]; }
  T& front() { return ring_[head_]; }
  const T& front() const { return ring_[head_]; }
  T& back() { return (*this)[size_ - 1]; }

  void push(T value) {
    if (size_ == ring_.size()) [[unlikely]]
      grow();
    ring_[(head_ + size_++) & (ring_.size() - 1)] = std::move(value);
  }

  T pop() {
    T value = std::move(ring_[head_]);
    head_ = (head_ + 1) & (ring_.size() - 1);
    --size_;
    return value;
  }

  T pop_back() { return std::move((*this)[--size_]); }

  void clear() { head_ = size_ = 0; }

  // For checkpoints (base/bytes.h): the elements, oldest first.
  void save(auto& bytes) const {
    bytes(std::uint64_t{size_});
    for (std::size_t i = 0; i < size_; ++i) bytes((*this)[i]);
  }
  void restore(auto& bytes) {
    clear();
    std::uint64_t size = 0;
    bytes(size);
    for (; size > 0 && bytes.good(); --size) {
      T value{};
      bytes(value);
      push(std::move(value));
    }
  }
  void reserve(std::size_t count) {
    while (ring_.size() < count) grow();
  }

 private:
  void grow() {
    std::vector<T> larger(ring_.empty() ? 8 : ring_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move((*this)[i]);
    ring_.swap(larger);
    head_ = 0;
  }

  std::vector<T> ring_;
  std::size_t head_ = 0, size_ = 0;
};

}  // namespace springtide::sim
