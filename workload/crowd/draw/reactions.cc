// Who reacts to a cue, and when: many users at a time, step by step, because each step looks things
// up in a table of its own that fills the first cache.
#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/random.h"
#include "workload/crowd/crowd.h"

namespace springtide::workload {
namespace {

// The finaliser of MurmurHash3 (Appleby 2011): every bit of the input moves half of the output's.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
  return x ^ x >> 33;
}

std::uint64_t entity(std::uint32_t server, std::uint64_t part) {
  return std::uint64_t{server} << 32 | part;
}

}  // namespace

// Users who react to a cue, in the order of their numbers, with what is drawn for each.
struct Crowd::Reacting {
  static constexpr std::size_t pairs = 64, room = 2 * pairs;

  std::size_t n = 0;
  std::array<std::uint32_t, room> user;
  std::array<std::uint64_t, room> random;
  std::array<std::uint32_t, room> slot;  // offset within the second
  std::array<std::int64_t, room> first;  // shake, ticks
  std::array<std::int64_t, room> end;    // of shaking
};

// Each user reacts with the cue's share: the numbers of users between those who do are geometric.
// Of three words of the stream one has two such numbers, the others are of the two users.
void Crowd::react(std::size_t index) {
  const CrowdPlan::Cue& cue = plan_->cues()[index];
  if (cue.share <= 0) return;
  Stream stream(spec_.seed, "crowd/reaction", entity(spec_.server, index));
  const std::uint64_t all = own_online_ + std::uint64_t{local_end_ - spec_.users};
  std::array<std::uint64_t, 3 * Reacting::pairs> words;
  Reacting reacting;
  for (std::uint64_t next = 0; next < all;) {
    stream.fill(words);
    reacting.n = 0;
    for (std::size_t i = 0; i < Reacting::room && next < all; ++i) {
      const std::uint64_t* const pair = &words[i / 2 * 3];
      next += cue.skips(static_cast<std::uint32_t>(pair[0] >> i % 2 * 32));
      if (next >= all) break;
      const std::uint64_t user = next < own_online_ ? next : spec_.users + (next - own_online_);
      ++next;
      reacting.user[reacting.n] = static_cast<std::uint32_t>(user);
      reacting.random[reacting.n++] = pair[1 + i % 2];
    }
    react(cue, reacting);
  }
}

void Crowd::react(const CrowdPlan::Cue& cue, Reacting& reacting) {
  const Quantiles& reaction = plan_->table(cue.reaction);
  const Quantiles& shaking = plan_->table(cue.shaking);
  for (std::size_t i = 0; i < reacting.n; ++i)
    reacting.first[i] =
        cue.at + reaction.ticks(static_cast<std::uint32_t>(reacting.random[i] >> 32));
  for (std::size_t i = 0; i < reacting.n; ++i)
    reacting.end[i] =
        reacting.first[i] + shaking.ticks(static_cast<std::uint32_t>(reacting.random[i]));
  if (plan_->slots()) find_slots(reacting);
  for (std::size_t i = 0; i < reacting.n; ++i) {
    const std::uint32_t user = reacting.user[i];
    if (gone_.has(user)) continue;
    const std::int64_t first = reacting.first[i], end = reacting.end[i];
    std::int64_t second = first >> tick_bits, offset = first & (ticks_per_second - 1);
    std::int64_t last = ((end + ticks_per_second / 2) >> tick_bits) - 1;
    if (plan_->slots()) {  // the first slot from then on, the last one before the end
      const std::int64_t slot = reacting.slot[i];
      second += slot < offset;
      offset = slot;
      last = std::max((end - slot) >> tick_bits, second);
    }
    const std::int64_t left = std::clamp<std::int64_t>(last - second + 1, 0, max_value);
    calendar_.add(second, pack(offset, user, begin_kind, left));
  }
}

void Crowd::find_slots(Reacting& reacting) const {
  const bool all_own = reacting.n == 0 || reacting.user[reacting.n - 1] < spec_.users;
  const std::uint64_t begin = mixed(slot_key_ + spec_.server);
  if (all_own)
    for (std::size_t i = 0; i < reacting.n; ++i)
      reacting.slot[i] = slot_of({spec_.server, reacting.user[i]}, begin);
  else
    for (std::size_t i = 0; i < reacting.n; ++i) reacting.slot[i] = slot_of(reacting.user[i]);
}

std::uint32_t Crowd::slot_of(std::uint32_t user) const {
  const Home home = home_of(user);
  return slot_of(home, mixed(slot_key_ + home.server));
}

// A step of the golden ratio from user to user: whatever number of them is looked at, no two
// neighbouring slots are more than 2.62 times as far apart as two others (Weyl's sequence; Knuth,
// The Art of Computer Programming 3, 6.4). `begin`: where the sequence of its server starts.
inline std::uint32_t Crowd::slot_of(Home home, std::uint64_t begin) const {
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15ULL;  // 2^64 / 1.618..., odd
  const std::uint64_t slot = (begin + home.user * golden) >> 44;
  const std::uint64_t random = mixed(clock_key_ + entity(home.server, home.user));
  const auto error = static_cast<std::uint64_t>(
      plan_->clock_error().ticks(static_cast<std::uint32_t>(random >> 32)));
  const std::uint64_t either_sign = plan_->clock_error_either_sign() ? 1 : 0;
  const std::uint64_t ahead = (random & either_sign) - 1;  // all bits, or none: half of them
  const std::uint64_t late = (error ^ ahead) - ahead;      // minus the error, or the error
  return static_cast<std::uint32_t>((slot + late) & (ticks_per_second - 1));
}

const Crowd::Block& Crowd::block_of(std::uint32_t user) const {
  const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), user,
                                      [](std::uint32_t u, const Block& b) { return u < b.begin; });
  SPRINGTIDE_CHECK(after != blocks_.begin() && user < local_end_, "a user of this crowd");
  return after[-1];
}

Crowd::Home Crowd::home_of(std::uint32_t user) const {
  if (user < spec_.users) return {spec_.server, user};
  const Block& block = block_of(user);
  return {block.home, block.home_first + (user - block.begin) * block.stride};
}

}  // namespace springtide::workload
