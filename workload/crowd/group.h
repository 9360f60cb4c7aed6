// Users who move together from a lost server to another one.
//
// They are every stride-th user of one home, the server they belonged to when the night began. So
// a hundred million users on the move are a handful of groups: who is who can be computed, and only
// those with something due (a session, a reaction on its way) are listed.
//
//   home server 17:   users 0 1 2 3 4 5 6 7 ...
//   dealt to three:         a b c a b c a b ...      a = {first 0, stride 3}, b = {first 1, ...}
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace springtide::workload {

struct Group {
  // What is due of a member: a word of shake.h whose user is the member's index in the group.
  struct Due {
    std::int64_t second = 0;
    std::uint64_t word = 0;
    static void state(auto& self, auto& bytes) { bytes(self.second, self.word); }
  };
  // A member who reacted to a further cue while it was shaking already, and goes on until then.
  struct Prolonged {
    std::uint32_t member = 0;
    std::int64_t last_second = 0;
    static void state(auto& self, auto& bytes) { bytes(self.member, self.last_second); }
  };

  std::uint32_t home = 0;    // server
  std::uint32_t first = 0;   // member k is user first + k * stride of the home
  std::uint32_t stride = 1;  // >= 1
  std::uint32_t count = 0;   // members
  // What member k was on the server that was lost: local user local_first + k * local_stride.
  std::uint32_t local_first = 0, local_stride = 1;
  std::vector<std::uint32_t> absent;  // members who gave up earlier; sorted
  std::vector<Due> due;               // sorted by member
  std::vector<Prolonged> prolonged;   // sorted by member

  std::uint32_t home_user(std::uint32_t member) const { return first + member * stride; }
  std::uint32_t local_user(std::uint32_t member) const {
    return local_first + member * local_stride;
  }
  static void state(auto& self, auto& bytes) {
    bytes(self.home, self.first, self.stride, self.count, self.local_first, self.local_stride,
          self.absent, self.due, self.prolonged);
    bytes.require(self.absent.size() <= self.count);
  }
};

// Deals the members of a group in turn to `parts` groups (>= 1), none lost, none twice.
std::vector<Group> deal(const Group& group, std::uint32_t parts);

// The first `at` members (at most as many as there are), and the others.
std::pair<Group, Group> split(const Group& group, std::uint32_t at);

}  // namespace springtide::workload
