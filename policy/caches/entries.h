// What a cache holds: keys with the instant at which they were stored, the least recently used of
// which makes room (LRU), and which are too old after a time to live.
//
//   look(key)    hit: it is there and young enough; it is now the most recently used
//   store(key)   it is there from now on; where the cache is full, the least recently used leaves
//
// Exact: every key is followed, none is drawn by a hit ratio. Keys are 0 .. keys-1. Memory: 24
// bytes for each entry, and 4 for each key; it grows with neither requests nor time. Pure: state
// and instants.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/time.h"

namespace springtide::policy {

class CacheEntries {
 public:
  // size >= 1 entries, at most 2^32 - 2 of either; ttl Duration{max} or so: entries never age.
  CacheEntries(std::uint64_t keys, std::uint64_t size, Duration ttl);

  bool look(Instant now, std::uint64_t key);
  void store(Instant now, std::uint64_t key);
  void forget_all();

  std::size_t size() const { return used_; }
  std::uint64_t evicted() const { return evicted_; }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  struct Entry {
    std::int64_t stored;  // ns
    std::uint32_t key;
    std::uint32_t newer = none, older = none;
  };

  void unlink(std::uint32_t entry);
  void make_newest(std::uint32_t entry);
  std::uint32_t place_for(std::uint64_t key);

  Duration ttl_;
  std::vector<std::uint32_t> entry_of_;  // by key
  std::vector<Entry> entries_;
  std::uint32_t newest_ = none, oldest_ = none;
  std::size_t used_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace springtide::policy
