// The timers of a Go 1.8 process: one heap, one lock, one goroutine that fires them
// (src/runtime/time.go: timerproc).
//
// Timers that are due within the same microsecond are kept together, because what matters here is
// a herd: 60 000 sleepers due at one instant. Within such a group the real order is that of heap
// surgery on nearly equal keys. Here it is the order of their numbers, begun at a random member:
// the members of a group are interchangeable, and what lies together in memory runs together
// (several times faster than any other order).
//
// timerproc reads the clock once a round and sleeps, after firing everything that was due, for the
// time from that stale reading to the next timer. After a round of length X it therefore wakes X
// too late, unless a new timer becomes the earliest meanwhile and wakes it (addtimerLocked). That
// is kept, not idealised.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "models/go_runtime/run_queue.h"

namespace springtide::models::go {

class Timers {
 public:
  bool empty() const { return groups_.empty(); }
  Instant earliest() const {
    return empty() ? Instant::never() : groups_.begin()->second.earliest;
  }

  // True where the new timer is now the earliest of all.
  bool add(Instant when, Goroutine g) {
    const bool first = when < earliest();
    Group& group = group_of(when.ns / microsecond.ns);
    group.members.push_back(g);
    if (when < group.earliest) group.earliest = when;
    return first;
  }

  // Takes one timer that is due at `now`; no_goroutine where none is.
  Goroutine take_due(Instant now, Stream& stream) {
    if (empty() || groups_.begin()->second.earliest > now) return no_goroutine;
    Group& group = groups_.begin()->second;
    const std::size_t n = group.members.size();
    if (group.taken == 0 && n > 1) {
      sort(group.members);
      group.position = stream.below(n);
    }
    const Goroutine g = group.members[group.position];
    if (++group.position == n) group.position = 0;
    if (++group.taken == n) remove_first();
    return g;
  }

 private:
  struct Group {
    std::vector<Goroutine> members;
    Instant earliest = Instant::never();
    std::size_t taken = 0, position = 0;
  };

  Group& group_of(std::int64_t key) {
    if (cached_ != nullptr && cached_key_ == key && cached_->taken == 0) return *cached_;
    auto [place, inserted] = groups_.try_emplace(key);
    // A group that is being fired has a fixed order; late comers get a group of their own.
    while (!inserted && place->second.taken > 0) {
      ++key;
      std::tie(place, inserted) = groups_.try_emplace(key);
    }
    if (inserted && !spare_.empty()) {
      place->second.members = std::move(spare_.back());
      spare_.pop_back();
    }
    cached_key_ = key;
    cached_ = &place->second;
    return *cached_;
  }

  // A few by comparison; a herd, whose numbers are distinct and dense, through a set of bits.
  void sort(std::vector<Goroutine>& members) {
    if (members.size() < 256) {
      std::sort(members.begin(), members.end());
      return;
    }
    for (const Goroutine g : members) {
      if (g / 64 >= bits_.size()) bits_.resize(g / 64 + 1, 0);
      bits_[g / 64] |= std::uint64_t{1} << g % 64;
    }
    auto out = members.begin();
    for (std::size_t word = 0; word < bits_.size(); ++word) {
      for (std::uint64_t left = bits_[word]; left != 0; left &= left - 1)
        *out++ = static_cast<Goroutine>(word * 64 + static_cast<unsigned>(std::countr_zero(left)));
      bits_[word] = 0;
    }
  }

  void remove_first() {
    Group& group = groups_.begin()->second;
    if (cached_ == &group) cached_ = nullptr;
    group.members.clear();
    if (spare_.size() < 4) spare_.push_back(std::move(group.members));
    groups_.erase(groups_.begin());
  }

  std::map<std::int64_t, Group> groups_;  // by microsecond
  std::vector<std::vector<Goroutine>> spare_;
  std::vector<std::uint64_t> bits_;
  Group* cached_ = nullptr;
  std::int64_t cached_key_ = 0;
};

}  // namespace springtide::models::go
