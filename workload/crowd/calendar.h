// What is due, by second: a ring of 1024 seconds of unsorted words, each a chain of chunks from a
// pool of its own, and a list for what lies farther ahead.
//
//   ring  | now | +1 | +2 | ...  -> chunk -> chunk      freed chunks are used again; when nothing
//   is
//                                                       left, the pool is given back
// So memory follows the number of words: 8 bytes each, and one partly filled chunk of 1 KiB a
// second in use. Adding allocates only when the pool grows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "workload/crowd/shake.h"

namespace springtide {
class ByteReader;
class ByteWriter;
}  // namespace springtide

namespace springtide::workload {

class Calendar {
 public:
  static constexpr std::int64_t never = INT64_MAX;
  struct Entry {
    std::int64_t second = 0;
    std::uint64_t word = 0;
    static void state(auto& self, auto& bytes) { bytes(self.second, self.word); }
  };

  Calendar() = default;
  Calendar(const Calendar&) = delete;
  Calendar& operator=(const Calendar&) = delete;

  // Not before the second that may be taken next.
  void add(std::int64_t second, std::uint64_t word) {
    if (static_cast<std::uint64_t>(second - next_) >= ring_seconds) [[unlikely]]
      return add_far(second, word);
    Day& day = ring_[second & (ring_seconds - 1)];
    if (reinterpret_cast<std::uintptr_t>(day.next) % sizeof(Chunk) == 0) [[unlikely]]
      grow(second);
    *day.next++ = word;
  }

  // How many words are due in a second; nothing may be due before it.
  std::size_t size_of(std::int64_t second);
  // Shows them, some at a time and in no particular order, to visit(words, n), and ends the second:
  // from now on only later ones may be added.
  template <typename Visit>
  void take(std::int64_t second, const Visit& visit) {
    std::uint32_t used = 0;
    for (Chunk* chunk = open(second, used); chunk != nullptr; used = chunk_words) {
      const Chunk* const soon = chunk->soon;
      for (std::size_t line = 0; soon != nullptr && line < sizeof(Chunk); line += 64)
        __builtin_prefetch(reinterpret_cast<const char*>(soon) + line);
      visit(chunk->words, used);
      chunk = give_back(chunk);
    }
    if (chunks_in_use_ == 0) release();
    next_ = second + 1;
  }

  // The first second in which something is due; never.
  std::int64_t first() const;
  std::vector<Entry> all() const;  // in no particular order
  void clear();                    // but the second that may be taken next stays
  // For checkpoints (base/bytes.h): restored, words are given in the same order as without.
  void save(ByteWriter& bytes) const;
  void restore(ByteReader& bytes);
  std::size_t memory_bytes() const;

 private:
  static constexpr std::int64_t ring_seconds = 1024;
  static constexpr std::uint32_t chunk_words = 125, slab_chunks = 64;
  // Aligned to its size, so that an address tells whether it is the end of a chunk. A chain is read
  // from a memory that is slow: what is needed three chunks later is asked for beforehand.
  struct alignas(1024) Chunk {
    Chunk* before;
    Chunk *two_before, *soon;  // the third before
    std::uint64_t words[chunk_words];
  };
  struct Day {
    std::uint64_t* next = nullptr;  // where in the last chunk; the ones before are full
    std::uint64_t full = 0;         // chunks before

    Chunk* last() const {  // a chunk is never left empty
      if (next == nullptr) return nullptr;
      const std::uintptr_t in_it = reinterpret_cast<std::uintptr_t>(next - 1);
      return reinterpret_cast<Chunk*>(in_it / sizeof(Chunk) * sizeof(Chunk));
    }
    std::uint32_t used() const {  // of the last chunk
      return next == nullptr ? 0 : static_cast<std::uint32_t>(next - last()->words);
    }
  };
  static_assert(sizeof(Chunk) == 1024);

  void add_far(std::int64_t second, std::uint64_t word);
  void bring_near();
  void grow(std::int64_t second);
  Chunk* open(std::int64_t second, std::uint32_t& used);
  Chunk* give_back(Chunk* chunk);
  void release();
  std::vector<std::uint64_t> words_of(const Day& day) const;

  std::int64_t next_ = 0;
  std::array<Day, ring_seconds> ring_;
  std::array<std::uint64_t, ring_seconds / 64> busy_{};  // days with anything
  std::vector<Entry> far_;
  std::int64_t far_first_ = never;
  std::vector<std::unique_ptr<Chunk[]>> slabs_;
  Chunk* free_ = nullptr;
  std::size_t chunks_in_use_ = 0;
};

}  // namespace springtide::workload
