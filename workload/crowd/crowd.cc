// One second after the other: react to the cues in it, take what is due, sort it, work it off.
#include "workload/crowd/crowd.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/check.h"
#include "base/random.h"

namespace springtide::workload {
namespace {

constexpr std::uint64_t kind_bits = std::uint64_t{15} << 16;
constexpr std::size_t gaps_in_a_word = 64 / Quantiles::cell_bits;
constexpr std::uint64_t request_bits = std::uint64_t{request_kind} << 16;

std::uint64_t entity(std::uint32_t server, std::uint64_t part) {
  return std::uint64_t{server} << 32 | part;
}

std::uint64_t with_value(std::uint64_t word, std::int64_t value) {
  return (word & ~static_cast<std::uint64_t>(max_value)) | static_cast<std::uint64_t>(value);
}

}  // namespace

struct Crowd::Turn {
  std::int64_t second = 0;
  Workspace& workspace;
  Stream gaps;
  std::uint64_t random = 0;
  std::int64_t sent = 0;           // requests that took a gap
  std::int64_t shaking_ticks = 0;  // until the next request or the end of shaking
  std::span<const Shake> requests;
};

Crowd::Crowd(std::shared_ptr<const CrowdPlan> plan, const CrowdSpec& spec)
    : plan_(std::move(plan)),
      spec_(spec),
      slot_key_(stream_key(spec.seed, "crowd/slot")),
      clock_key_(stream_key(spec.seed, "crowd/clock-error")),
      sessions_(spec.online, spec.users),
      gone_(spec.users),
      unconnected_(spec.users),
      own_online_(spec.online),
      local_end_(spec.users) {
  SPRINGTIDE_CHECK(spec.online <= spec.users && spec.users <= max_local_users,
                   "a server has at most 2^24 users");
  counts_.online = own_online_;
}

std::int64_t Crowd::quiet_until() const {
  std::int64_t first = calendar_.first();
  if (next_cue_ < plan_->cues().size())
    first = std::min(first, plan_->cues()[next_cue_].at >> tick_bits);
  return std::max(first, second_ + 1);
}

void Crowd::check_turn(std::int64_t second) const {
  SPRINGTIDE_CHECK(second > second_, "seconds are asked in order");
  SPRINGTIDE_CHECK(second == second_ + 1 || second <= quiet_until(),
                   "a second in which something is due is not left out");
}

std::span<const Shake> Crowd::requests_of(std::int64_t second, Workspace& workspace) {
  check_turn(second);
  second_ = second;
  counts_ = {.active = counts_.active, .online = counts_.online};
  workspace.reactions().clear();
  workspace.connected().clear();
  while (next_cue_ < plan_->cues().size() && plan_->cues()[next_cue_].at >> tick_bits <= second)
    react(next_cue_++);
  const std::size_t size = calendar_.size_of(second);
  if (size == 0) return {};
  workspace.make_room(size);
  Turn turn{.second = second,
            .workspace = workspace,
            .gaps = Stream(spec_.seed, "crowd/gap",
                           entity(spec_.server, static_cast<std::uint64_t>(second))),
            .requests = {}};
  if (plan_->slots())
    work_with_slots(turn);
  else
    work_without_slots(turn);
  if (counts_.active == 0 && calendar_.first() == Calendar::never) sessions_.clear();
  counts_.requests = turn.sent;
  count_local_answers(turn.shaking_ticks, turn.sent);
  return turn.requests;
}

// --- One second ----------------------------------------------------------------------------------

// A user who goes on for certain needs nothing but a gap. All else goes first, in its order; what
// it leaves to be sent joins the others, and then all are sorted.
void Crowd::work_with_slots(Turn& turn) {
  const std::uint64_t checked_from = std::uint64_t{blocks_.empty() ? max_local_users : spec_.users}
                                     << 20;
  constexpr std::uint64_t user_bits = std::uint64_t{max_local_users - 1} << 20;
  Workspace& workspace = turn.workspace;
  Shake* plain = workspace.words();
  Shake* other = workspace.others();
  calendar_.take(turn.second, [&](const std::uint64_t* words, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t word = words[i];
      const bool goes_on = ((word & kind_bits) == request_bits) & ((word & max_value) != 0) &
                           ((word & user_bits) < checked_from);
      *plain = *other = {word};
      plain += goes_on;
      other += !goes_on;
    }
  });
  const std::span<const Shake> others = workspace.sort_others(other);
  constexpr std::size_t soon = 16;
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (i + soon < others.size()) sessions_.prefetch(others[i + soon].user());
    *plain = {rare(others[i].word, workspace)};
    plain += plain->word != 0;
  }
  turn.requests = workspace.sort_words(plain);
  turn.sent = static_cast<std::int64_t>(turn.requests.size()) - counts_.again;
  send_again_after_gaps(turn);
}

// Whole seconds: every request but those that were lost leads to the next one of its user.
void Crowd::send_again_after_gaps(Turn& turn) {
  std::array<std::uint64_t, 64> random;
  std::array<std::uint16_t, random.size() * gaps_in_a_word> gaps;
  std::size_t next = 0, drawn = 0;
  auto left_to_draw = static_cast<std::size_t>(turn.sent);
  std::int64_t halves = 0;
  for (const Shake shake : turn.requests) {
    if ((shake.word & kind_bits) != request_bits) [[unlikely]]
      continue;
    if (next == drawn) [[unlikely]] {
      next = 0;
      drawn = std::min(left_to_draw, gaps.size());
      left_to_draw -= drawn;
      draw_gaps(turn.gaps, {random.data(), (drawn + gaps_in_a_word - 1) / gaps_in_a_word},
                gaps.data());
    }
    const std::int64_t gap = gaps[next++], left = shake.value(), shaking = std::min(gap, left);
    // one who does not ask again shakes for half a second more than whole ones, on average
    halves += 2 * shaking - (left <= gap);
    calendar_.add(turn.second + gap, shake.word - static_cast<std::uint64_t>(shaking));
  }
  turn.shaking_ticks = halves * (ticks_per_second / 2);
}

// As many as the words have room for.
void Crowd::draw_gaps(Stream& stream, std::span<std::uint64_t> words, std::uint16_t* gaps) const {
  const auto& seconds = plan_->gap_seconds();
  stream.fill(words);
  for (const std::uint64_t word : words)
    for (std::size_t k = 0; k < gaps_in_a_word; ++k)
      *gaps++ = seconds[word >> (k * Quantiles::cell_bits) & (Quantiles::cells - 1)];
}

// Gaps may end within the second: those wait in a heap beside the sorted words.
void Crowd::work_without_slots(Turn& turn) {
  std::vector<Shake>& heap = turn.workspace.heap();
  std::vector<Shake>& requests = turn.workspace.requests();
  requests.clear();
  Shake* end = turn.workspace.words();
  calendar_.take(turn.second, [&](const std::uint64_t* words, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) *end++ = {words[i]};
  });
  const std::span<const Shake> due = turn.workspace.sort_words(end);
  for (std::size_t i = 0; i < due.size() || !heap.empty();) {
    std::uint64_t word = 0;
    if (heap.empty() || (i < due.size() && due[i] < heap.front())) {
      word = due[i++].word;
    } else {
      std::pop_heap(heap.begin(), heap.end(), std::greater<>());
      word = heap.back().word;
      heap.pop_back();
    }
    const std::uint32_t kind = Shake{word}.kind();
    if (kind != request_kind || (word & max_value) == 0 || Shake{word}.user() >= spec_.users)
      word = rare(word, turn.workspace);
    if (word == 0) continue;
    requests.push_back({word});
    if ((word & kind_bits) == request_bits) schedule_without_slots(turn, word);
  }
  turn.requests = requests;
}

void Crowd::schedule_without_slots(Turn& turn, std::uint64_t word) {
  turn.random = turn.sent % 2 == 0 ? turn.gaps.bits() : turn.random >> 32;
  ++turn.sent;
  const Shake shake{word};
  const std::int64_t gap =
      std::max<std::int64_t>(plan_->gap().ticks(static_cast<std::uint32_t>(turn.random)), 1);
  const std::int64_t next = shake.offset() + gap, seconds = next >> tick_bits;
  const std::int64_t to_end = (shake.value() << tick_bits) - shake.offset();
  turn.shaking_ticks += std::clamp<std::int64_t>(to_end, 0, gap);
  const std::int64_t left = std::max<std::int64_t>(shake.value() - seconds, 0);
  const std::uint64_t due = pack(next & (ticks_per_second - 1), shake.user(), request_kind, left);
  if (seconds > 0) return calendar_.add(turn.second + seconds, due);
  std::vector<Shake>& heap = turn.workspace.heap();
  heap.push_back({due});
  std::push_heap(heap.begin(), heap.end(), std::greater<>());
}

// Anything but a request of a user who goes on for certain: what is to be sent, 0 for nothing.
std::uint64_t Crowd::rare(std::uint64_t word, Workspace& workspace) {
  const Shake shake{word};
  if (shake.kind() == connect_kind) {
    if (connect(word)) workspace.connected().push_back(shake);
    return 0;
  }
  if (shake.kind() > request_kind) {
    ++counts_.again;
    return word;
  }
  if (shake.kind() == begin_kind) {
    if (!gone_.has(shake.user())) workspace.reactions().push_back(shake);
    word = begin(word);
  } else if (shake.value() == 0) {
    word = lapse(word);
  }
  if (word == 0 || !unconnected_.has(shake.user())) return word;
  wait_for_connection(word);
  return 0;
}

std::uint64_t Crowd::begin(std::uint64_t word) {
  const Shake shake{word};
  ++counts_.reacting;
  if (gone_.has(shake.user())) return 0;
  if (sessions_.has(shake.user())) {
    ++counts_.prolonged;
    sessions_.prolong(shake.user(), second_ + shake.value() - 1);
    return 0;
  }
  ++counts_.begun;
  ++counts_.active;
  sessions_.begin(shake.user());
  return (word & ~kind_bits) | request_bits;
}

// The next request of a user would be due, but its time is over, unless a later reaction prolongs.
std::uint64_t Crowd::lapse(std::uint64_t word) {
  const std::uint32_t user = Shake{word}.user();
  const std::int64_t last = sessions_.take_prolonged(user);
  if (last >= second_) return with_value(word, std::min(last - second_ + 1, max_value));
  end_session(user);
  return 0;
}

void Crowd::end_session(std::uint32_t user) {
  sessions_.end(user);
  ++counts_.ended;
  --counts_.active;
}

// A movement of the hand every so often, as long as users shake; requests are movements too.
void Crowd::count_local_answers(std::int64_t shaking_ticks, std::int64_t requests) {
  const std::int64_t ticks = hand_rest_ + shaking_ticks;
  hand_rest_ = ticks % plan_->hand_ticks();
  counts_.local_answers = std::max<std::int64_t>(ticks / plan_->hand_ticks() - requests, 0);
}

bool Crowd::again(Shake shake, Instant arrives) {
  SPRINGTIDE_CHECK(shake.kind() != begin_kind && shake.attempt() < Shake::max_attempt,
                   "attempts are numbered up to 13");
  const std::int64_t at = ticks_of(arrives.since_start());
  if (at >> tick_bits <= second_) return false;
  calendar_.add(at >> tick_bits,
                pack(at & (ticks_per_second - 1), shake.user(), shake.kind() + 1, 0));
  return true;
}

std::size_t Crowd::memory_bytes() const {
  return sizeof(*this) + calendar_.memory_bytes() + sessions_.memory_bytes() +
         gone_.memory_bytes() + unconnected_.memory_bytes() + blocks_.capacity() * sizeof(Block);
}

}  // namespace springtide::workload
