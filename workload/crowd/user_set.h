// Sets of local users, and a number for some of them. Compact, and empty ones cost nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace springtide::workload {

// One bit for each user from `begin` on up to the highest one ever put. Those before it may be
// asked about, but are never in it: as numbers from `begin` on they are beyond all.
class UserSet {
 public:
  UserSet() : UserSet(0) {}
  explicit UserSet(std::uint32_t begin) : begin_(begin) {}

  bool has(std::uint32_t user) const {
    user -= begin_;
    const std::size_t word = user >> 6;
    return word < words_.size() && (words_[word] >> (user & 63) & 1) != 0;
  }
  void put(std::uint32_t user) {
    SPRINGTIDE_CHECK(user >= begin_, "a set holds users from its first one on");
    user -= begin_;
    const std::size_t word = user >> 6;
    if (word >= words_.size()) [[unlikely]]
      words_.resize(word + 1);
    words_[word] |= std::uint64_t{1} << (user & 63);
  }
  void remove(std::uint32_t user) {
    user -= begin_;
    const std::size_t word = user >> 6;
    if (word < words_.size()) words_[word] &= ~(std::uint64_t{1} << (user & 63));
  }
  std::size_t count() const {
    std::size_t users = 0;
    for (const std::uint64_t word : words_) users += static_cast<std::size_t>(std::popcount(word));
    return users;
  }
  void clear() { std::vector<std::uint64_t>().swap(words_); }

  static void state(auto& self, auto& bytes) { bytes(self.words_); }  // base/bytes.h
  std::size_t memory_bytes() const { return words_.capacity() * sizeof(std::uint64_t); }

 private:
  std::uint32_t begin_;
  std::vector<std::uint64_t> words_;
};

// A second for some users: open addressing with linear probing, at most 3/4 full; removal shifts
// back, so there are no tombstones. What it answers does not depend on the order of insertion.
class UserSeconds {
 public:
  struct Entry {
    std::uint32_t user = 0;
    std::int64_t second = 0;
  };

  // The larger of `second` and what there is. 0 <= second < 2^39.
  void raise(std::uint32_t user, std::int64_t second);
  // Takes the user out; -1 if there is none.
  std::int64_t take(std::uint32_t user);

  std::size_t size() const { return size_; }
  std::vector<Entry> sorted() const;  // by user
  void save(auto& bytes) const {      // base/bytes.h
    bytes(std::uint64_t{size_});
    for (const Entry& entry : sorted()) bytes(entry.user, entry.second);
  }
  void restore(auto& bytes) {
    clear();
    std::uint64_t size = 0;
    for (bytes(size); size > 0 && bytes.good(); --size) {
      Entry entry;
      bytes(entry.user, entry.second);
      bytes.require(entry.user >> 24 == 0 && entry.second >= 0 && entry.second >> 39 == 0);
      if (bytes.good()) raise(entry.user, entry.second);
    }
  }
  void clear();
  std::size_t memory_bytes() const { return cells_.capacity() * sizeof(std::uint64_t); }

 private:
  // 24 bits user | 40 bits second + 1; 0: empty
  std::size_t home_of(std::uint64_t cell) const {
    return static_cast<std::size_t>((cell >> 40) * 0x9e3779b97f4a7c15ULL >> shift_);
  }
  std::size_t find(std::uint32_t user) const;
  void resize(std::size_t cells);

  std::vector<std::uint64_t> cells_;  // a power of two, or none
  int shift_ = 64;
  std::size_t size_ = 0;
};

}  // namespace springtide::workload
