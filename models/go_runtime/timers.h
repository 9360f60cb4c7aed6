// The timers of a Go 1.8 process: one heap, one lock, one goroutine that fires them
// (src/runtime/time.go: timerproc).
//
// Timers that are due within the same microsecond of the machine's clock are kept together, because
// what matters here is a herd: 60 000 sleepers due at one instant. Within such a group the real
// order is that of heap surgery on nearly equal keys. Here it is the order of their numbers, begun
// at a random member: the members of a group are interchangeable, and what lies together in memory
// runs together (several times faster than any other order).
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
  // `clock_offset`: the machine's clock minus true time.
  explicit Timers(Duration clock_offset = {}) : clock_offset_(clock_offset) {}

  bool empty() const { return groups_.empty(); }
  Instant earliest() const { return empty() ? Instant::never() : groups_.begin()->second.earliest; }

  // True where the new timer is now the earliest of all.
  bool add(Instant when, Goroutine g) { return add_run(when, {g, 1}); }
  // The same for several in one microsecond, of which the earliest is due at `when`.
  bool add_run(Instant when, GoroutineRun run) {
    const bool first = when < earliest();
    Group& group = group_of(microsecond_of(when));
    group.add_run(run);
    if (when < group.earliest) group.earliest = when;
    return first;
  }

  // Takes timers that are due at `now`, at most `most` (at least 1) and as many as have consecutive
  // numbers; an empty run where none is due.
  GoroutineRun take_due(Instant now, std::uint32_t most, Stream& stream) {
    if (empty() || groups_.begin()->second.earliest > now) return {};
    Group& group = groups_.begin()->second;
    const GoroutineRun run = group.take(most, stream);
    if (group.left == 0) remove_first();
    return run;
  }

 private:
  // A few members are a list, a herd is a set of bits: it is met in order and fits the cache.
  struct Group {
    static constexpr std::size_t few_limit = 256;
    std::vector<Goroutine> few;
    std::vector<std::uint64_t> bits;
    std::size_t left = 0, position = 0;  // in `few`, or the word in `bits`
    Instant earliest = Instant::never();
    bool herd = false, firing = false;

    void add(Goroutine g) {
      ++left;
      if (!herd && few.size() < few_limit) {
        few.push_back(g);
        return;
      }
      if (!herd)
        for (const Goroutine member : few) set_bit(member);
      herd = true;
      set_bit(g);
    }
    void add_run(GoroutineRun run) {
      while (run.count > 0 && !herd) {
        add(run.first++);
        --run.count;
      }
      left += run.count;
      while (run.count > 0) {
        const std::uint32_t shift = run.first % 64, part = std::min(run.count, 64 - shift);
        if (run.first / 64 >= bits.size()) bits.resize(run.first / 64 + 1, 0);
        bits[run.first / 64] |= ~std::uint64_t{0} >> (64 - part) << shift;
        run.first += part;
        run.count -= part;
      }
    }
    void set_bit(Goroutine g) {
      if (g / 64 >= bits.size()) bits.resize(g / 64 + 1, 0);
      bits[g / 64] |= std::uint64_t{1} << g % 64;
    }
    GoroutineRun take(std::uint32_t most, Stream& stream) {
      const std::size_t places = herd ? bits.size() : few.size();
      if (!firing) {
        firing = true;
        if (!herd) std::sort(few.begin(), few.end());
        if (places > 1) position = stream.below(places);
      }
      if (!herd) {
        --left;
        const Goroutine g = few[position];
        if (++position == places) position = 0;
        return {g, 1};
      }
      while (bits[position] == 0)
        if (++position == places) position = 0;
      std::uint64_t& word = bits[position];
      const auto shift = static_cast<std::uint32_t>(std::countr_zero(word));
      const std::uint32_t count =
          std::min(most, static_cast<std::uint32_t>(std::countr_one(word >> shift)));
      word &= ~(~std::uint64_t{0} >> (64 - count) << shift);
      left -= count;
      return {static_cast<Goroutine>(position * 64 + shift), count};
    }
  };

  std::int64_t microsecond_of(Instant when) const {
    return (when + clock_offset_).ns / microsecond.ns;
  }

  Group& group_of(std::int64_t key) {
    if (cached_ != nullptr && cached_key_ == key && !cached_->firing) return *cached_;
    auto [place, inserted] = groups_.try_emplace(key);
    // A group that is being fired has a fixed order; late comers get a group of their own.
    while (!inserted && place->second.firing) {
      ++key;
      std::tie(place, inserted) = groups_.try_emplace(key);
    }
    if (inserted && !spare_.empty()) {
      place->second = std::move(spare_.back());
      spare_.pop_back();
    }
    cached_key_ = key;
    cached_ = &place->second;
    return *cached_;
  }

  void remove_first() {
    Group& group = groups_.begin()->second;
    if (cached_ == &group) cached_ = nullptr;
    if (spare_.size() < 4) {  // keeps what it has allocated; its bits are all zero again
      Group spare = std::move(group);
      spare.few.clear();
      spare.position = 0;
      spare.earliest = Instant::never();
      spare.herd = spare.firing = false;
      spare_.push_back(std::move(spare));
    }
    groups_.erase(groups_.begin());
  }

  Duration clock_offset_;
  std::map<std::int64_t, Group> groups_;  // by microsecond
  std::vector<Group> spare_;
  Group* cached_ = nullptr;
  std::int64_t cached_key_ = 0;
};

}  // namespace springtide::models::go
