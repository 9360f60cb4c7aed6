// Token bucket and retry budget against slow twins that remember every event.
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "policy/calls/retry_budget.h"
#include "policy/calls/token_bucket.h"

namespace springtide::policy {
namespace {

TEST_CASE("over any span at most burst + rate x span calls pass a token bucket") {
  constexpr double rate = 50, burst = 7;
  TokenBucket bucket(rate, burst);
  Stream stream(1, "token-bucket");
  std::vector<Instant> passed;
  Instant now{};
  for (int i = 0; i < 3000; ++i) {
    now += Duration{static_cast<std::int64_t>(stream.below(20'000'000))};
    if (bucket.take(now)) passed.push_back(now);
  }
  for (std::size_t i = 0; i < passed.size(); ++i)
    for (std::size_t j = i; j < passed.size(); ++j) {
      const auto count = static_cast<double>(j - i + 1);
      if (count > burst + rate * (passed[j] - passed[i]).seconds() + 1e-6) FAIL("too many");
    }
  // and no fewer: twice the rate was asked for, so the rate passes
  CHECK(static_cast<double>(passed.size()) ==
        doctest::Approx(rate * now.since_start().seconds()).epsilon(0.03));
}

TEST_CASE("a bucket begins full, holds no more than its burst, and a rate of 0 refills nothing") {
  TokenBucket bucket(10, 3);
  const Instant late = Instant{} + second * 100;
  for (int i = 0; i < 3; ++i) CHECK(bucket.take(late));
  CHECK_FALSE(bucket.take(late));
  CHECK(bucket.take(late + millisecond * 100));
  bucket.set_rate(late + millisecond * 100, 0);
  CHECK_FALSE(bucket.take(late + second * 50));
}

// Remembers everything: deposits and withdrawals of the ten slices that end with the present one.
class PlainBudget {
 public:
  PlainBudget(std::int64_t deposit, std::int64_t reserve) : deposit_(deposit), reserve_(reserve) {}
  void first_attempt(Instant now) { events_.push_back({now, deposit_}); }
  bool allow_retry(Instant now) {
    std::int64_t sum = reserve_;
    for (const auto& [at, amount] : events_)
      if (at.ns / second.ns > now.ns / second.ns - 10) sum += amount;
    if (sum < 1000) return false;
    events_.push_back({now, -1000});
    return true;
  }

 private:
  std::int64_t deposit_, reserve_;
  std::vector<std::pair<Instant, std::int64_t>> events_;
};

TEST_CASE("a retry budget is that of a twin that remembers every attempt") {
  for (const double per_second : {0.0, 0.3}) {
    RetryBudget budget(0.2, per_second);
    PlainBudget twin(200, static_cast<std::int64_t>(per_second * 10'000));
    Stream stream(2, "retry-budget");
    Instant now{};
    int allowed = 0;
    for (int i = 0; i < 4000; ++i) {
      const std::uint64_t longest = i % 500 == 0 ? 15'000'000'000 : 60'000'000;
      now += Duration{static_cast<std::int64_t>(stream.below(longest))};
      if (stream.chance(0.6)) {
        budget.first_attempt(now);
        twin.first_attempt(now);
      } else {
        const bool may = budget.allow_retry(now);
        REQUIRE(may == twin.allow_retry(now));
        allowed += may ? 1 : 0;
      }
    }
    CHECK(allowed > 300);
    CHECK(allowed < 1500);
  }
}

TEST_CASE("without first attempts only the floor is granted") {
  RetryBudget none(0.2, 0), floor(0.2, 2);
  CHECK_FALSE(none.allow_retry(Instant{}));
  int granted = 0;
  for (int i = 0; i < 100; ++i) granted += floor.allow_retry(Instant{}) ? 1 : 0;
  CHECK(granted == 20);  // ten seconds of two a second
  CHECK(floor.allow_retry(Instant{} + second * 10));
}

}  // namespace
}  // namespace springtide::policy
