// What a queue owes: every message put under its name in a site, by number, until it is settled.
//
//   number   0 .. 4095 | 4096 .. 8191 | ...        a chunk: when each was put, when it was last put
//            given back, once all of a             again, whether it is settled
//            chunk are settled
//
// Memory: 8 bytes and a bit for each message of a chunk that is not given back, 8 more once a
// message of the chunk is put again; 8 bytes for 4096 messages for ever.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"

namespace springtide::models::chain {

class Ledger {
 public:
  std::uint64_t add(Instant put) {
    const std::uint64_t number = next_++;
    if (number / chunk_size == chunks_.size()) chunks_.push_back(std::make_unique<Chunk>());
    Chunk& chunk = *chunks_.back();
    chunk.put[number % chunk_size] = put;
    ++chunk.open;
    ++open_;
    return number;
  }

  bool is_open(std::uint64_t number) const {
    const auto& chunk = chunks_[number / chunk_size];
    return chunk && !chunk->settled[number % chunk_size];
  }
  // Of an open message.
  Instant put(std::uint64_t number) const {
    return chunks_[number / chunk_size]->put[number % chunk_size];
  }

  // False where it was settled before.
  bool settle(std::uint64_t number) {
    if (!is_open(number)) return false;
    auto& chunk = chunks_[number / chunk_size];
    chunk->settled.set(number % chunk_size);
    --open_;
    const bool full = next_ >= (number / chunk_size + 1) * chunk_size;
    if (--chunk->open == 0 && full) chunk.reset();
    return true;
  }

  void put_again(std::uint64_t number, Instant now) {
    Chunk& chunk = *chunks_[number / chunk_size];
    if (!chunk.again) chunk.again = std::make_unique<std::array<Instant, chunk_size>>();
    (*chunk.again)[number % chunk_size] = now;
  }

  // The first open message in [from, to) that was put, and put again, no later than `latest`; `to`
  // where there is none.
  std::uint64_t next_owed(std::uint64_t from, std::uint64_t to, Instant latest) const {
    while (from < to) {
      const auto& chunk = chunks_[from / chunk_size];
      const std::uint64_t end = std::min(to, (from / chunk_size + 1) * chunk_size);
      if (!chunk || chunk->open == 0) {
        from = end;
        continue;
      }
      for (; from < end; ++from)
        if (chunk->is_owed_since(from % chunk_size, latest)) return from;
    }
    return to;
  }

  std::uint64_t next() const { return next_; }  // the number of the next message
  std::int64_t open() const { return open_; }

 private:
  static constexpr std::uint64_t chunk_size = 4096;

  struct Chunk {
    std::array<Instant, chunk_size> put;
    std::unique_ptr<std::array<Instant, chunk_size>> again;
    std::bitset<chunk_size> settled;
    std::int64_t open = 0;

    bool is_owed_since(std::uint64_t i, Instant latest) const {
      return !settled[i] && put[i] <= latest && (!again || (*again)[i] <= latest);
    }
  };

  std::vector<std::unique_ptr<Chunk>> chunks_;  // null: given back
  std::uint64_t next_ = 0;
  std::int64_t open_ = 0;
};

}  // namespace springtide::models::chain
