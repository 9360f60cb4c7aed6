#include "measure/checks.h"

#include <doctest/doctest.h>

namespace springtide::measure {
namespace {

TEST_CASE("a ledger in which a request is lost or counted twice does not hold") {
  Ledger ledger{100, 90, 4, 3, 2, 1, 0, 50};
  CHECK(check_ledger("serve", ledger).holds);
  ++ledger.answered;
  CHECK_FALSE(check_ledger("serve", ledger).holds);
  ledger.answered -= 2;
  CHECK_FALSE(check_ledger("serve", ledger).holds);
  CHECK_FALSE(check_ledger("serve", Ledger{0, 1, -1, 0, 0, 0, 0, 0}).holds);
}

TEST_CASE("a latency below its constant parts does not hold") {
  Histogram latency;
  latency.record(1'000'000);
  CHECK(check_least_latency("serve", latency, millisecond).holds);
  CHECK_FALSE(check_least_latency("serve", latency, millisecond + nanosecond).holds);
  CHECK(check_least_latency("serve", Histogram(), millisecond).holds);
  CHECK(check_quantiles("serve", latency).holds);
  CHECK_FALSE(check_count("serve", 1, 2).holds);
}

TEST_CASE("Little's law holds within one percent and not beyond") {
  CHECK(check_little("q", {10.05, 100, 0.1, 1000, 0, 0}).holds);
  CHECK_FALSE(check_little("q", {10.2, 100, 0.1, 1000, 0, 0}).holds);
  CHECK_FALSE(check_little("q", {9.8, 100, 0.1, 1000, 0, 0}).holds);
  CHECK(check_little("q", {0, 0, missing, 1000, 0, 0}).holds);
  CHECK_FALSE(check_little("q", {missing, 100, 0.1, 1000, 0, 0}).holds);
  // In a short window the requests at its edges count: 20 x 0.1 s in 2 s are 1.
  CHECK(check_little("q", {10.2, 100, 0.1, 2, 10, 10}).holds);
}

TEST_CASE("the checks of a record tell which operation is out of balance") {
  Record record;
  record.ledgers["good"] = {1, 1, 0, 0, 0, 0, 0, 0};
  record.ledgers["bad"] = {2, 1, 0, 0, 0, 0, 0, 0};
  const auto checks = check_record(record);
  REQUIRE(checks.size() == 2);
  CHECK_FALSE(all_hold(checks));
  CHECK_FALSE(checks[0].holds);
  CHECK(checks[0].name == "bad: every request ends exactly once");
  CHECK(checks[1].holds);
}

}  // namespace
}  // namespace springtide::measure
