// A slow and obvious twin of the crowd: one ordered map of everything that is due, and a record for
// every user. It draws from the same streams and tables, and must give the same requests.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "tests/workload/crowd_samples.h"
#include "workload/crowd/crowd.h"

namespace springtide::workload {
namespace {

struct Request {
  std::int64_t second = 0, offset = 0;
  std::uint32_t user = 0;
  bool operator==(const Request&) const = default;
};

class Twin {
 public:
  Twin(std::shared_ptr<const CrowdPlan> plan, const CrowdSpec& spec, const Crowd& slots)
      : plan_(std::move(plan)), spec_(spec), users_(spec.users) {
    for (std::size_t cue = 0; cue < plan_->cues().size(); ++cue) react(cue, slots);
  }

  std::vector<Request> run(std::int64_t end) {
    while (!due_.empty()) {
      const auto [key, reaction] = *due_.begin();
      const auto [second, offset, number, kind] = key;
      if (second >= end) break;
      due_.erase(due_.begin());
      User& user = users_[number];
      if (kind == begins) user.last = std::max(user.last, reaction);
      if (kind == begins && user.bound) continue;  // goes on shaking: the throttle says when
      const bool asks = kind == begins || user.last >= second;
      user.bound = asks;
      if (!asks) continue;
      requests_.push_back({second, offset, number});
      const std::int64_t next = (second << tick_bits) + offset + gap(second);
      due_[{next >> tick_bits, next & (ticks_per_second - 1), number, asks_again}] = 0;
    }
    return requests_;
  }

 private:
  enum Due { begins, asks_again };
  struct User {
    std::int64_t last = -1;  // second in which it may still ask
    bool bound = false;      // by the throttle
  };

  Stream stream(const char* name, std::uint64_t part) const {
    return Stream(spec_.seed, name, std::uint64_t{spec_.server} << 32 | part);
  }

  void react(std::size_t index, const Crowd& slots) {
    const CrowdPlan::Cue& cue = plan_->cues()[index];
    Stream random = stream("crowd/reaction", index);
    std::uint64_t skips = 0;
    std::int64_t user = -1;
    for (int i = 0;; ++i) {
      skips = i % 2 == 0 ? random.bits() : skips >> 32;
      user += 1 + static_cast<std::int64_t>(cue.skips.computed(static_cast<std::uint32_t>(skips)));
      if (user >= spec_.online) return;
      const std::uint64_t bits = random.bits();
      const std::int64_t first =
          cue.at + plan_->table(cue.reaction).ticks(static_cast<std::uint32_t>(bits >> 32));
      const std::int64_t end =
          first + plan_->table(cue.shaking).ticks(static_cast<std::uint32_t>(bits));
      const auto number = static_cast<std::uint32_t>(user);
      if (!plan_->slots()) {
        due_[{first >> tick_bits, first % ticks_per_second, number, begins}] =
            (end + ticks_per_second / 2) / ticks_per_second - 1;
        continue;
      }
      const std::int64_t slot = slots.slot_of(number);
      std::int64_t second = 0;
      while ((second << tick_bits) + slot < first) ++second;
      std::int64_t last = second;
      while (((last + 1) << tick_bits) + slot <= end) ++last;
      std::int64_t& latest = due_[{second, slot, number, begins}];
      latest = std::max(latest, last);
    }
  }

  std::int64_t gap(std::int64_t second) {
    if (second != gaps_of_) {
      gaps_of_ = second;
      drawn_ = 0;
      gaps_.emplace(stream("crowd/gap", static_cast<std::uint64_t>(second)));
    }
    const int in_a_word = plan_->slots() ? 5 : 2;
    if (drawn_++ % in_a_word == 0)
      word_ = gaps_->bits();
    else
      word_ >>= plan_->slots() ? 12 : 32;
    if (plan_->slots()) return std::int64_t{plan_->gap_seconds()[word_ & 4095]} << tick_bits;
    return std::max<std::int64_t>(plan_->gap().ticks(static_cast<std::uint32_t>(word_)), 1);
  }

  std::shared_ptr<const CrowdPlan> plan_;
  CrowdSpec spec_;
  std::vector<User> users_;
  std::map<std::tuple<std::int64_t, std::int64_t, std::uint32_t, Due>, std::int64_t> due_;
  std::vector<Request> requests_;
  std::int64_t gaps_of_ = -1;
  int drawn_ = 0;
  std::optional<Stream> gaps_;
  std::uint64_t word_ = 0;
};

void check_same(const spec::CuesPlan& spec, std::uint32_t users, std::int64_t end) {
  const auto plan = plan_of(spec);
  for (std::uint32_t server = 0; server < 6; ++server) {
    const CrowdSpec crowd_spec{.seed = 9, .server = server, .users = users, .online = users};
    Crowd crowd(plan, crowd_spec);
    const std::vector<Request> wanted = Twin(plan, crowd_spec, crowd).run(end);
    std::vector<Request> got;
    for (const Second& second : all_of(crowd, end))
      for (const Shake shake : second.requests)
        got.push_back({second.number, shake.offset(), shake.user()});
    CHECK(got.size() == wanted.size());
    CHECK(got == wanted);
  }
}

TEST_CASE("the crowd gives the requests of its twin") {
  for (const bool slots : {true, false}) {
    check_same(sample_plan(slots), 1, 900);
    check_same(sample_plan(slots), 40, 900);
    check_same(sample_plan(slots), 3'000, 700);
  }
}

TEST_CASE("the crowd gives the requests of its twin where everybody always reacts anew") {
  for (const bool slots : {true, false}) {
    spec::CuesPlan plan = sample_plan(slots);
    for (int i = 0; i < 40; ++i)
      plan.cues["again " + std::to_string(i)] = {.at = Duration{i * 4'300'000'000},
                                                 .share = {i % 3 == 0 ? 1.0 : 0.5},
                                                 .reaction = Distribution(Uniform{{}, second * 9}),
                                                 .shaking = Distribution(Exponential{second * 7})};
    check_same(plan, 500, 500);
  }
}

TEST_CASE("the crowd gives the requests of its twin with gaps shorter than a second") {
  spec::CuesPlan plan = sample_plan(false);
  plan.throttle = Distribution(Exponential{Duration{300'000'000}});
  plan.shaking = Distribution(Exponential{second * 5});
  check_same(plan, 300, 500);
}

TEST_CASE("the crowd gives the requests of its twin with gaps and reactions beyond its ring") {
  for (const bool slots : {true, false}) {
    spec::CuesPlan plan = sample_plan(slots);
    plan.throttle = Distribution(Uniform{second * 2, second * 3'000});
    plan.reaction = Distribution(Exponential{second * 1'500});
    plan.shaking = Distribution(Exponential{second * 9'000});
    check_same(plan, 400, 30'000);
  }
}

}  // namespace
}  // namespace springtide::workload
