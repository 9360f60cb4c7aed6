#include "live/load/users.h"

#include <limits>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "live/load/dialer.h"
#include "live/load/verdict.h"
#include "live/shared/histogram.h"
#include "live/shared/memory.h"

using namespace springtide;
using namespace springtide::live::load;
using springtide::live::wire::Command;

namespace {

void send_at(Users& users, std::uint32_t user, Command command, std::int64_t at,
             std::uint32_t packet = 0) {
  users.append(user, command, at, packet).sent_ns = at;
  users.written(user);
}

}  // namespace

TEST_CASE("an answer belongs to the oldest request of its kind") {
  Users users(3);
  send_at(users, 1, Command::shake, 10);
  send_at(users, 1, Command::open, 20, 77);
  send_at(users, 1, Command::shake, 30);
  send_at(users, 2, Command::shake, 40);
  CHECK(users.answered(1, Command::shake)->sent_ns == 10);
  CHECK(users.answered(1, Command::shake)->sent_ns == 30);
  CHECK_FALSE(users.answered(1, Command::shake));
  CHECK_FALSE(users.answered(1, Command::open, 78));
  CHECK(users.answered(1, Command::open, 77)->sent_ns == 20);
  CHECK(users.answered(2, Command::shake)->sent_ns == 40);
  CHECK(users[1].first == Users::none);
  CHECK(users[1].last == Users::none);
}

TEST_CASE("what is not written cannot be answered, and is told apart when it is forgotten") {
  Users users(1);
  send_at(users, 0, Command::shake, 1);
  users.append(0, Command::shake, 2);
  users.append(0, Command::shake, 3);
  users.append(0, Command::open, 4, 9);
  CHECK(users.answered(0, Command::shake)->sent_ns == 1);
  CHECK_FALSE(users.answered(0, Command::shake));
  users[0].half_written = 3;  // begun: the server may have it
  CHECK(users.waiting(0).sent == 1);
  CHECK(users.waiting(0).unsent == 1);  // an open request is no shake of the plan
  users.forget(0);
  CHECK(users[0].first == Users::none);
  CHECK(users[0].unsent == Users::none);
  CHECK(users.waiting(0).sent + users.waiting(0).unsent == 0);
}

TEST_CASE("many users wait at a time without being confused") {
  Users users(1000);
  for (int round = 0; round < 20; ++round)
    for (std::uint32_t user = 0; user < 1000; ++user)
      send_at(users, user, Command::shake, round * 1000 + user);
  for (int round = 0; round < 20; ++round)
    for (std::uint32_t user = 1000; user-- > 0;)
      CHECK(users.answered(user, Command::shake)->sent_ns == round * 1000 + user);
}

TEST_CASE("the begin of a message is kept for each user") {
  Users users(2);
  users.keep_half_read(0, "abc");
  users.keep_half_read(1, "defg");
  CHECK(users.half_read(0) == "abc");
  CHECK(users.half_read(1) == "defg");
  users.keep_half_read(0, "x");
  CHECK(users.half_read(0) == "x");
  users.forget(0);
  CHECK(users.half_read(0).empty());
  CHECK(users.half_read(1) == "defg");
}

TEST_CASE("users connect at the stated rate, each once") {
  DialerSpec spec;
  spec.users = 1000;
  spec.per_second = 100;
  Dialer dialer(spec, 0);
  std::uint32_t connected = 0;
  for (std::int64_t now = 0; now <= 5 * second.ns; now += millisecond.ns)
    while (const auto user = dialer.next(now)) {
      CHECK(*user == connected++);
      dialer.logged_in();
    }
  CHECK(connected == 501);
  CHECK(dialer.next_ns(5 * second.ns) == 5'010'000'000);
}

TEST_CASE("no more than so many wait for their login at once") {
  DialerSpec spec;
  spec.users = 100;
  spec.per_second = 1e6;
  spec.most_pending = 10;
  Dialer dialer(spec, 0);
  int connected = 0;
  while (dialer.next(second.ns)) ++connected;
  CHECK(connected == 10);
  CHECK(dialer.next_ns(second.ns) == std::numeric_limits<std::int64_t>::max());
  dialer.logged_in();
  CHECK(dialer.next(second.ns));
  CHECK_FALSE(dialer.next(second.ns));
}

TEST_CASE("who lost a connection comes again after the stated time, spread by user number") {
  DialerSpec spec;
  spec.first_user = 40;
  spec.users = 3;
  spec.per_second = 1e6;
  spec.reconnect_after = second * 2;
  spec.reconnect_spread_seconds = 20;
  Dialer dialer(spec, 0);
  while (dialer.next(second.ns)) dialer.logged_in();
  dialer.lost(2, second.ns, false);  // user 42: 2 s + 2 s
  dialer.lost(1, second.ns, false);  // user 41: 2 s + 1 s
  CHECK(dialer.next_ns(second.ns) == 4 * second.ns);
  CHECK_FALSE(dialer.next(4 * second.ns - 1));
  CHECK(dialer.next(4 * second.ns) == 1);
  CHECK_FALSE(dialer.next(4 * second.ns));
  CHECK(dialer.next(5 * second.ns) == 2);
}

TEST_CASE("a request that waits too long is given up, and the next answer is the next one's") {
  Users users(2);
  send_at(users, 1, Command::shake, 10);  // dropped by the server
  CHECK(!users.expire(1, 10));
  const auto given_up = users.expire(1, 11);
  REQUIRE(given_up);
  CHECK(given_up->sent_ns == 10);
  CHECK(!users.expire(1, 1000));
  send_at(users, 1, Command::shake, 500);
  CHECK(users.answered(1, Command::shake)->sent_ns == 500);
  CHECK(users.waiting(1).sent == 0);
}

TEST_CASE("an answer to what was given up is late, once, and not on a new connection") {
  Users users(2);
  for (const std::int64_t at : {10, 20, 30}) send_at(users, 1, Command::shake, at);
  CHECK(!users.is_late(1));
  CHECK(users.expire(1, 15));
  CHECK(!users.expire(1, 15));  // the others are younger
  CHECK(users.answered(1, Command::shake)->sent_ns == 20);
  CHECK(users.answered(1, Command::shake)->sent_ns == 30);
  CHECK(!users.answered(1, Command::shake));
  CHECK(users.is_late(1));
  CHECK(!users.is_late(1));
  send_at(users, 1, Command::open, 40, 7);
  CHECK(users.expire(1, 50)->packet == 7);
  users.forget(1);
  CHECK(!users.is_late(1));
}

TEST_CASE("neither a login nor what is not written yet is given up") {
  Users users(1);
  send_at(users, 0, Command::login, 10);
  CHECK(!users.expire(0, 100));
  CHECK(users.answered(0, Command::login));
  users.append(0, Command::shake, 10);
  CHECK(!users.expire(0, 100));
  CHECK(users.waiting(0).unsent == 1);
}

TEST_CASE("a shared histogram has the quantiles of a histogram within its error") {
  auto shared = live::shared::Memory<live::shared::Histogram>::make();
  REQUIRE(shared.ok());
  measure::Histogram exact, copy;
  std::int64_t value = 1;
  for (int i = 0; i < 20'000; ++i) {
    value = (value * 48271) % 2147483647;
    const std::int64_t latency = value >> (i % 24);
    shared.value()->record(latency);
    exact.record(latency);
  }
  shared.value()->merge_into(copy);
  CHECK(copy.count() == exact.count());
  CHECK(copy.min() == exact.min());
  CHECK(copy.max() == exact.max());
  CHECK(copy.mean() == doctest::Approx(exact.mean()).epsilon(1.0 / 256));
  for (const double p : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999})
    CHECK(static_cast<double>(*copy.quantile(p)) ==
          doctest::Approx(static_cast<double>(*exact.quantile(p))).epsilon(1.0 / 256));
  measure::Histogram nothing;
  live::shared::Memory<live::shared::Histogram>::make().value()->merge_into(nothing);
  CHECK(nothing.empty());
}

TEST_CASE("the shortest and the longest there can be are recorded") {
  auto shared = live::shared::Memory<live::shared::Histogram>::make();
  shared.value()->record(0);
  shared.value()->record(-5);  // counts as 0
  shared.value()->record(std::numeric_limits<std::int64_t>::max() - 1);
  measure::Histogram copy;
  shared.value()->merge_into(copy);
  CHECK(copy.count() == 3);
  CHECK(copy.min() == 0);
  CHECK(copy.max() == std::numeric_limits<std::int64_t>::max() - 1);
}

TEST_CASE("a driver that did all that was planned, in time, was not the limit") {
  DriverFacts facts;
  facts.planned = facts.sent = 1000;
  facts.lateness_bound = millisecond * 10;
  facts.lateness_p99 = millisecond * 10;
  CHECK(judge(facts).valid);
  CHECK(judge(facts).reasons.empty());
}

TEST_CASE("a driver that was late, behind, dead or out of ports was the limit") {
  DriverFacts facts;
  facts.planned = facts.sent = 1000;
  facts.lateness_bound = millisecond * 10;
  const auto invalid_by = [&facts](auto change) {
    DriverFacts worse = facts;
    change(worse);
    const Verdict verdict = judge(worse);
    return !verdict.valid && verdict.reasons.size() == 1;
  };
  CHECK(invalid_by([](DriverFacts& f) { f.lateness_p99 = millisecond * 11; }));
  CHECK(invalid_by([](DriverFacts& f) { f.not_sent_behind = 1; }));
  CHECK(invalid_by([](DriverFacts& f) { f.not_sent_of_dead = 1; }));
  CHECK(invalid_by([](DriverFacts& f) { f.deaths = {"driver process 1 died"}; }));
  CHECK(invalid_by([](DriverFacts& f) { f.local_errors = 1; }));
  CHECK(invalid_by([](DriverFacts& f) { f.plan_began = false; }));
}

TEST_CASE("what the server did not let the driver send is told, and no fault of the driver") {
  DriverFacts facts;
  facts.planned = 1000;
  facts.not_sent_offline = 10;
  facts.not_sent_kept = 5;
  facts.offline_at_begin = 3;
  const Verdict verdict = judge(facts);
  CHECK(verdict.valid);
  CHECK(verdict.notes.size() == 3);
}
