// Instants in the order in which they were put in, first in, first out, at 4 bytes each.
//
//   chunk: base | -3 0 12 40 ...  ->  chunk: base | ...       256 differences from the base, in ns
//
// A server that is seconds behind has hundreds of thousands of them, and one after the other they
// are close: a chunk keeps 32 bits of each. Where one is further than 2.1 s from the first of its
// chunk, the whole chunk is kept in 64 bits. A chunk goes when its last instant does, so memory
// follows what is in the queue. They need not ascend.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "sim/fifo.h"

namespace springtide::models::fleet {

class InstantQueue {
 public:
  std::size_t size() const { return size_; }
  // 0 is the oldest; the index is below size().
  std::int64_t operator[](std::size_t i) const {
    const Chunk& chunk = chunks_[(begin_ + i) / chunk_size];
    const std::size_t at = (begin_ + i) % chunk_size;
    return chunk.far != nullptr ? (*chunk.far)[at] : chunk.base + (*chunk.near)[at];
  }
  void copy(std::size_t from, std::size_t n, std::int64_t* instants) const;

  // Each of n, and so much later.
  void push(const std::int64_t* instants, std::size_t n, std::int64_t later);
  void drop(std::size_t n);  // the oldest n <= size()

  // For checkpoints (base/bytes.h): the instants, oldest first.
  void save(auto& bytes) const {
    bytes(std::uint64_t{size_});
    for (std::size_t i = 0; i < size_; ++i) bytes((*this)[i]);
  }
  void restore(auto& bytes) {
    drop(size_);
    std::uint64_t size = 0;
    for (bytes(size); size > 0 && bytes.good(); --size) {
      std::int64_t instant = 0;
      bytes(instant);
      push(&instant, 1, 0);
    }
  }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t chunk_size = 256;
  struct Chunk {
    std::int64_t base = 0;
    std::unique_ptr<std::array<std::int32_t, chunk_size>> near;
    std::unique_ptr<std::array<std::int64_t, chunk_size>> far;  // instead
  };
  static void put(Chunk& chunk, std::size_t at, const std::int64_t* instants, std::size_t n,
                  std::int64_t later);
  static void widen(Chunk& chunk, std::size_t used);

  sim::Fifo<Chunk> chunks_;
  std::size_t begin_ = 0, size_ = 0;  // in the first chunk; in all
};

}  // namespace springtide::models::fleet
