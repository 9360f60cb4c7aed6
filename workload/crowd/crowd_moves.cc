// Users who lose their server and come to another one.
#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "workload/crowd/crowd.h"

namespace springtide::workload {
namespace {

// What the word of a user who connects says: attempts made, and above them how many more of them
// other servers refuse.
constexpr int attempts_bits = 8;

constexpr std::uint64_t user_bits = std::uint64_t{max_local_users - 1} << 20;

std::uint64_t with_user(std::uint64_t word, std::uint32_t user) {
  return (word & ~user_bits) | std::uint64_t{user} << 20;
}

}  // namespace

std::vector<Group> deal(const Group& group, std::uint32_t parts) {
  SPRINGTIDE_CHECK(parts > 0, "a group is dealt to somebody");
  std::vector<Group> dealt(parts);
  for (std::uint32_t i = 0; i < parts; ++i) {
    dealt[i].home = group.home;
    dealt[i].first = group.home_user(i);
    dealt[i].stride = group.stride * parts;
    dealt[i].local_first = group.local_user(i);
    dealt[i].local_stride = group.local_stride * parts;
    dealt[i].count = group.count / parts + (i < group.count % parts ? 1 : 0);
  }
  for (const std::uint32_t member : group.absent)
    dealt[member % parts].absent.push_back(member / parts);
  for (const Group::Due& due : group.due) {
    const std::uint32_t member = Shake{due.word}.user();
    dealt[member % parts].due.push_back({due.second, with_user(due.word, member / parts)});
  }
  for (const Group::Prolonged& prolonged : group.prolonged)
    dealt[prolonged.member % parts].prolonged.push_back(
        {prolonged.member / parts, prolonged.last_second});
  return dealt;
}

std::pair<Group, Group> split(const Group& group, std::uint32_t at) {
  SPRINGTIDE_CHECK(at <= group.count, "a group has no more than its members");
  std::pair<Group, Group> parts{group, group};
  auto& [front, back] = parts;
  front.count = at;
  back.count -= at;
  back.first = group.home_user(at);
  back.local_first = group.local_user(at);
  for (Group* part : {&front, &back}) {
    part->absent.clear();
    part->due.clear();
    part->prolonged.clear();
  }
  for (const std::uint32_t member : group.absent)
    (member < at ? front : back).absent.push_back(member < at ? member : member - at);
  for (const Group::Due& due : group.due) {
    const std::uint32_t member = Shake{due.word}.user();
    if (member < at)
      front.due.push_back(due);
    else
      back.due.push_back({due.second, with_user(due.word, member - at)});
  }
  for (const Group::Prolonged& prolonged : group.prolonged) {
    const std::uint32_t member = prolonged.member;
    (member < at ? front : back)
        .prolonged.push_back({member < at ? member : member - at, prolonged.last_second});
  }
  return parts;
}

std::vector<Group> Crowd::take_all(std::int64_t second) {
  SPRINGTIDE_CHECK(second > second_ && second <= quiet_until(), "the past is over");
  std::vector<Calendar::Entry> due;
  for (const Calendar::Entry& entry : calendar_.all()) {
    const Shake shake{entry.word};
    if (shake.kind() <= request_kind && !gone_.has(shake.user())) due.push_back(entry);
    if (shake.kind() > request_kind && shake.kind() < connect_kind) ++lost_on_the_way_;
  }
  std::sort(due.begin(), due.end(), [](const Calendar::Entry& a, const Calendar::Entry& b) {
    return std::tuple(Shake{a.word}.user(), a.second, a.word) <
           std::tuple(Shake{b.word}.user(), b.second, b.word);
  });
  const std::vector<UserSeconds::Entry> prolonged = sessions_.prolonged();
  std::vector<Group> groups;
  if (own_online_ > 0) {
    groups.push_back(group_of(0, own_online_, due, prolonged));
    groups.back().home = spec_.server;
  }
  for (const Block& block : blocks_) {
    groups.push_back(group_of(block.begin, block.count, due, prolonged));
    groups.back().home = block.home;
    groups.back().first = block.home_first;
    groups.back().stride = block.stride;
  }
  empty();
  return groups;
}

// Of the local users from `begin` on.
Group Crowd::group_of(std::uint32_t begin, std::uint32_t count,
                      const std::vector<Calendar::Entry>& due,
                      const std::vector<UserSeconds::Entry>& prolonged) const {
  Group group;
  group.count = count;
  group.local_first = begin;
  const auto before = [](const Calendar::Entry& entry, std::uint32_t user) {
    return Shake{entry.word}.user() < user;
  };
  const auto from = std::lower_bound(due.begin(), due.end(), begin, before);
  const auto to = std::lower_bound(from, due.end(), begin + count, before);
  for (auto entry = from; entry != to; ++entry)
    group.due.push_back({entry->second, with_user(entry->word, Shake{entry->word}.user() - begin)});
  for (const UserSeconds::Entry& entry : prolonged)
    if (entry.user >= begin && entry.user - begin < count)
      group.prolonged.push_back({entry.user - begin, entry.second});
  for (std::uint32_t member = 0; begin >= spec_.users && member < count; ++member)
    if (gone_.has(begin + member)) group.absent.push_back(member);
  return group;
}

void Crowd::empty() {
  calendar_.clear();
  sessions_.clear();
  gone_.clear();
  unconnected_.clear();
  blocks_.clear();
  counts_.active = 0;
  counts_.online = 0;
  own_online_ = 0;
  local_end_ = spec_.users;
}

bool Crowd::admit(const Group& group, std::int64_t second, std::int64_t refused_elsewhere) {
  SPRINGTIDE_CHECK(second > second_ && second <= quiet_until(), "the past is over");
  if (group.count > max_local_users - local_end_) return false;
  const std::uint32_t begin = std::exchange(local_end_, local_end_ + group.count);
  blocks_.push_back({group.home, group.first, group.stride, begin, group.count});
  sessions_.admit_until(local_end_);
  for (const std::uint32_t member : group.absent) gone_.put(begin + member);
  for (std::uint32_t user = begin; user < local_end_; ++user) {
    unconnected_.put(user);
    if (gone_.has(user)) continue;
    const std::int64_t at = (second << tick_bits) + back_off(user, 0);
    calendar_.add(at >> tick_bits, pack(at & (ticks_per_second - 1), user, connect_kind,
                                        refused_elsewhere << attempts_bits));
  }
  for (const Group::Due& due : group.due) {
    const Shake shake{due.word};
    const std::int64_t late = std::max<std::int64_t>(second - due.second, 0);
    const std::int64_t left = std::max<std::int64_t>(shake.value() - late, 0);
    calendar_.add(due.second + late,
                  pack(shake.offset(), begin + shake.user(), shake.kind(), left));
    if (shake.kind() != request_kind) continue;
    sessions_.begin(begin + shake.user());
    ++counts_.active;
  }
  for (const Group::Prolonged& prolonged : group.prolonged)
    sessions_.prolong(begin + prolonged.member, prolonged.last_second);
  return true;
}

// From losing a connection, or from the attempt before, to attempt `made`, in ticks.
std::int64_t Crowd::back_off(std::uint32_t user, std::int64_t made) const {
  constexpr std::int64_t longest = std::int64_t{1} << 40;  // twelve days
  Stream stream(spec_.seed, "crowd/back-off", std::uint64_t{spec_.server} << 32 | user);
  Duration sample = plan_->back_off().sample(stream);
  for (std::int64_t i = 0; i < made; ++i) sample = plan_->back_off().sample(stream);
  return std::min(std::min(ticks_of(sample), longest) << std::min<std::int64_t>(made, 20), longest);
}

std::int64_t Crowd::room() const {
  if (spec_.connections == 0) return max_local_users;
  const std::int64_t admitted = local_end_ - spec_.users;
  const std::int64_t on_their_way =
      admitted - (counts_.online - own_online_) - static_cast<std::int64_t>(gone_.count());
  return std::max<std::int64_t>(spec_.connections - counts_.online - on_their_way, 0);
}

// False: no room, here or at the server that it tries before, so again later, or never.
bool Crowd::connect(std::uint64_t word) {
  const Shake shake{word};
  const std::int64_t elsewhere = shake.value() >> attempts_bits;
  ++counts_.attempts;
  if (elsewhere == 0 && (spec_.connections == 0 || counts_.online < spec_.connections)) {
    ++counts_.connected;
    ++counts_.online;
    unconnected_.remove(shake.user());
    return true;
  }
  ++counts_.refused;
  const std::int64_t made = (shake.value() & ((1 << attempts_bits) - 1)) + 1;
  if (made >= plan_->connect_attempts()) {
    ++counts_.given_up;
    gone_.put(shake.user());
    return false;
  }
  const std::int64_t at = (second_ << tick_bits) + shake.offset() + back_off(shake.user(), made);
  const std::int64_t second = std::max(at >> tick_bits, second_ + 1);
  const std::int64_t left = std::max<std::int64_t>(elsewhere - 1, 0);
  calendar_.add(second, pack(at & (ticks_per_second - 1), shake.user(), connect_kind,
                             made | left << attempts_bits));
  return false;
}

void Crowd::wait_for_connection(std::uint64_t word) {
  const Shake shake{word};
  if (gone_.has(shake.user())) { return end_session(shake.user()); }
  ++counts_.waited;
  calendar_.add(second_ + 1, shake.value() > 0 ? word - 1 : word);  // a second less to go
}

}  // namespace springtide::workload
