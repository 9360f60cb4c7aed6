// Who is in a session, and until when those go on who reacted once more meanwhile: 16 bits for each
// user who may react, so that one look at one place tells all of it.
//
//   0          not in a session
//   1          in one; its word in the calendar says how long
//   2 + s      in one that goes on at least until second s
//   65 535     likewise, but s is too large: it stands in a table
//
// Two ranges of users: the own ones who react, from 0 on; those who came from elsewhere, from
// `others_begin` on. Memory is taken when the first of a range begins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "workload/crowd/user_set.h"

namespace springtide::workload {

class Sessions {
 public:
  Sessions(std::uint32_t own, std::uint32_t others_begin)
      : own_size_(own), others_begin_(others_begin) {}

  bool has(std::uint32_t user) const {
    const std::uint16_t* const state = find(user);
    return state != nullptr && *state != none;
  }
  void begin(std::uint32_t user) { state_of(user) = once; }
  void end(std::uint32_t user) {
    std::uint16_t& state = state_of(user);
    if (state == far) [[unlikely]]
      far_.take(user);
    state = none;
  }

  // Of one who is in a session: at least until then.
  void prolong(std::uint32_t user, std::int64_t second) {
    std::uint16_t& state = state_of(user);
    if (state != far && second < far - first) {
      state = std::max(state, static_cast<std::uint16_t>(second + first));
      return;
    }
    far_.raise(user, second);  // later than what stood in its place
    state = far;
  }
  // Until when its session was prolonged, which it is no more from now on; -1: not at all.
  std::int64_t take_prolonged(std::uint32_t user) {
    std::uint16_t& state = state_of(user);
    if (state == none || state == once) return -1;
    const std::int64_t second = state == far ? far_.take(user) : std::int64_t{state} - first;
    state = once;
    return second;
  }

  // Those who came from elsewhere are below this from now on.
  void admit_until(std::uint32_t end) { others_size_ = end - others_begin_; }

  // It will be asked about soon.
  void prefetch(std::uint32_t user) const { __builtin_prefetch(find(user)); }

  std::vector<UserSeconds::Entry> prolonged() const;  // by user
  static void state(auto& self, auto& bytes) {        // base/bytes.h
    bytes(self.others_size_, self.own_, self.others_, self.far_);
    bytes.require(self.own_.size() <= self.own_size_);
  }
  void clear();
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint16_t none = 0, once = 1, first = 2, far = 65'535;

  const std::uint16_t* find(std::uint32_t user) const {
    if (user < own_.size()) return own_.data() + user;
    const std::size_t other = std::size_t{user} - others_begin_;
    return user >= others_begin_ && other < others_.size() ? others_.data() + other : nullptr;
  }
  std::uint16_t& state_of(std::uint32_t user) {
    if (user < own_.size()) [[likely]]
      return own_[user];
    return grown(user);
  }
  std::uint16_t& grown(std::uint32_t user);

  std::uint32_t own_size_, others_begin_, others_size_ = 0;
  std::vector<std::uint16_t> own_, others_;
  UserSeconds far_;
};

}  // namespace springtide::workload
