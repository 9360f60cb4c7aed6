// Servers that are lost, users who come to others, checkpoints, and requests that come again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "tests/workload/crowd_samples.h"
#include "workload/crowd/crowd.h"
#include "workload/crowd/second_walk.h"

namespace springtide::workload {
namespace {

spec::Phones phones() {
  spec::Phones phones;
  phones.back_off = Distribution(Uniform{second, second * 10});
  phones.attempts = 4;
  return phones;
}

using Fleet = std::vector<std::unique_ptr<Crowd>>;

Fleet fleet_of(std::uint32_t servers, std::uint32_t users, std::int64_t connections = 0) {
  const auto plan = plan_of(sample_plan(true), phones());
  Fleet fleet;
  for (std::uint32_t server = 0; server < servers; ++server)
    fleet.push_back(
        std::make_unique<Crowd>(plan, CrowdSpec{2, server, users + 100, users, connections}));
  return fleet;
}

void add(CrowdCounts& sum, const CrowdCounts& counts) {
  sum.begun += counts.begun;
  sum.ended += counts.ended;
  sum.requests += counts.requests;
  sum.attempts += counts.attempts;
  sum.connected += counts.connected;
  sum.refused += counts.refused;
  sum.given_up += counts.given_up;
  sum.waited += counts.waited;
}

// The users of one server go to all others but `except`, in turn.
void lose(Fleet& fleet, std::size_t lost, std::size_t except, std::int64_t second) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < fleet.size(); ++i)
    if (i != lost && i != except) others.push_back(i);
  for (const Group& group : fleet[lost]->take_all(second)) {
    const auto parts = deal(group, static_cast<std::uint32_t>(others.size()));
    for (std::size_t i = 0; i < others.size(); ++i)
      REQUIRE(fleet[others[i]]->admit(parts[i], second));
  }
}

using Person = std::pair<std::uint32_t, std::uint32_t>;  // home server, user

struct Night {
  CrowdCounts counts;
  std::map<Person, std::vector<Instant>> requests;
};

void run(Fleet& fleet, std::int64_t from, std::int64_t to, Night& night) {
  Workspace workspace;
  for (std::int64_t s = from; s < to; ++s) {
    for (const auto& crowd : fleet) {
      for (const Shake shake : crowd->requests_of(s, workspace)) {
        const Crowd::Home home = crowd->home_of(shake.user());
        night.requests[{home.server, home.user}].push_back(shake.instant(s));
      }
      add(night.counts, crowd->counts());
    }
  }
}

std::int64_t active(const Fleet& fleet) {
  std::int64_t sum = 0;
  for (const auto& crowd : fleet) sum += crowd->counts().active;
  return sum;
}

TEST_CASE("users of lost servers go on elsewhere: none lost, none twice, none too early") {
  Fleet fleet = fleet_of(4, 1'500), undisturbed = fleet_of(4, 1'500);
  Night night, quiet;
  run(fleet, 0, 110, night);
  lose(fleet, 1, 99, 110);
  CHECK(fleet[1]->counts().online == 0);
  run(fleet, 110, 114, night);
  const std::int64_t before = active(fleet);
  lose(fleet, 2, 1, 114);  // with some who are not connected yet
  CHECK(active(fleet) == before);
  run(fleet, 114, 130, night);
  CHECK(fleet[0]->counts().online + fleet[3]->counts().online == 6'000);
  run(fleet, 130, 1'400, night);
  run(undisturbed, 0, 1'400, quiet);

  CHECK(night.counts.begun == night.counts.ended);
  CHECK(active(fleet) == 0);
  CHECK(night.counts.attempts == night.counts.connected);
  std::set<Person> all;
  for (const std::size_t i : {0, 3})
    for (std::uint32_t user = 0; user < fleet[i]->local_end(); ++user) {
      if (user >= 1'500 && user < 1'600) continue;  // own users who are not online
      const Crowd::Home home = fleet[i]->home_of(user);
      REQUIRE(all.insert({home.server, home.user}).second);
    }
  CHECK(all.size() == 6'000);
  for (const auto& [person, instants] : night.requests) {
    REQUIRE(std::is_sorted(instants.begin(), instants.end()));
    for (std::size_t i = 1; i < instants.size(); ++i)
      REQUIRE(instants[i] - instants[i - 1] >= second * 5);
    // the slot is the user's wherever it is
    REQUIRE(instants.back().ns % 1'000'000'000 == instants.front().ns % 1'000'000'000);
  }
  // those who reacted before the loss are the same people
  for (const auto& [person, instants] : quiet.requests)
    if (instants.front() < Instant{} + second * 110) REQUIRE(night.requests.contains(person));
  CHECK(night.counts.requests < quiet.counts.requests);
  CHECK(static_cast<double>(night.counts.requests) >
        0.97 * static_cast<double>(quiet.counts.requests));
}

TEST_CASE("nobody asks without a connection") {
  Fleet fleet = fleet_of(2, 3'000);
  Night night;
  run(fleet, 0, 110, night);
  lose(fleet, 0, 99, 110);
  Workspace workspace;
  std::int64_t of_admitted = 0, waited = 0;
  for (std::int64_t s = 110; s < 122; ++s) {
    for (const Shake shake : fleet[1]->requests_of(s, workspace))
      of_admitted += shake.user() >= 3'100 ? 1 : 0;
    waited += fleet[1]->counts().waited;
    // back-off is at least a second
    if (s == 110) CHECK(of_admitted == 0);
    if (s == 110) CHECK(waited > 0);
  }
  CHECK(of_admitted > 0);
}

// An attempt to connect is a word of 8 bytes, the state of a session takes 2, and who has no
// connection is told by a bit; how many users the server had of its own does not matter.
TEST_CASE("users of lost servers take at most twelve bytes each") {
  const auto plan = plan_of(sample_plan(true), phones());
  Crowd crowd(plan, {.seed = 3, .server = 0, .users = 4'000'000, .online = 1'000});
  constexpr std::uint32_t groups = 40, members = 5'000;
  const std::size_t before = crowd.memory_bytes();
  for (std::uint32_t server = 1; server <= groups; ++server) {
    Group group;
    group.home = server;
    group.count = members;
    for (std::uint32_t member = 0; member < 10; ++member)
      group.due.push_back({9, pack(7, member, request_kind, 20)});
    REQUIRE(crowd.admit(group, 5));
  }
  CHECK(crowd.memory_bytes() - before < groups * members * std::size_t{12});
}

TEST_CASE("a full server refuses; users try again after doubled back-off, then give up") {
  Fleet fleet = fleet_of(2, 1'000, 1'400);
  Night night;
  run(fleet, 0, 110, night);
  lose(fleet, 0, 99, 110);
  run(fleet, 110, 261, night);  // the last attempts are over: nobody waits who gave up
  night.counts.waited = 0;
  run(fleet, 261, 1'400, night);
  CHECK(night.counts.waited == 0);
  CHECK(fleet[1]->counts().online == 1'400);
  CHECK(night.counts.connected == 400);
  CHECK(night.counts.given_up == 600);
  CHECK(night.counts.attempts == 400 + 600 * 4);
  CHECK(night.counts.refused == 600 * 4);
  CHECK(night.counts.begun == night.counts.ended);
  CHECK(active(fleet) == 0);
}

TEST_CASE("dealing a group keeps every member and what is due of it") {
  Group group{.home = 3,
              .first = 5,
              .stride = 2,
              .count = 11,
              .absent = {4},
              .due = {},
              .prolonged = {{8, 70}}};
  group.due = {{20, pack(9, 2, begin_kind, 30)}, {21, pack(7, 10, request_kind, 3)}};
  std::set<std::uint32_t> users;
  const std::vector<Group> parts = deal(group, 3);
  std::uint32_t count = 0;
  for (const Group& part : parts) {
    count += part.count;
    for (std::uint32_t member = 0; member < part.count; ++member)
      users.insert(part.home_user(member));
  }
  CHECK(count == 11);
  CHECK(users.size() == 11);
  CHECK(*users.begin() == 5);
  CHECK(*users.rbegin() == 25);
  CHECK(parts[1].home_user(parts[1].absent.at(0)) == group.home_user(4));
  CHECK(parts[2].home_user(Shake{parts[2].due.at(0).word}.user()) == group.home_user(2));
  CHECK(parts[1].home_user(Shake{parts[1].due.at(0).word}.user()) == group.home_user(10));
  CHECK(parts[2].home_user(parts[2].prolonged.at(0).member) == group.home_user(8));
  const auto [front, back] = split(group, 3);
  CHECK(front.count == 3);
  CHECK(back.count == 8);
  CHECK(front.home_user(2) + 2 == back.home_user(0));
  CHECK(back.local_user(0) == group.local_user(3));
  CHECK(front.absent.empty());
  CHECK(back.home_user(back.absent.at(0)) == group.home_user(4));
  CHECK(front.home_user(Shake{front.due.at(0).word}.user()) == group.home_user(2));
  CHECK(back.home_user(Shake{back.due.at(0).word}.user()) == group.home_user(10));
  CHECK(back.home_user(back.prolonged.at(0).member) == group.home_user(8));
}

std::vector<Second> rest_of(Crowd& crowd, std::int64_t from, std::int64_t to) {
  std::vector<Second> seconds;
  Workspace workspace;
  for (std::int64_t s = from; s < to; ++s) {
    const auto requests = crowd.requests_of(s, workspace);
    seconds.push_back({s, {requests.begin(), requests.end()}, crowd.counts()});
    // every hundredth is lost and comes again
    for (const Shake shake : seconds.back().requests)
      if (shake.user() % 100 == 0 && shake.attempt() < 3)
        crowd.again(shake, shake.instant(s) + second + Duration{300'000'000});
  }
  return seconds;
}

void check_equal(const std::vector<Second>& one, const std::vector<Second>& other) {
  REQUIRE(one.size() == other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    REQUIRE(one[i].requests == other[i].requests);
    REQUIRE(one[i].counts.requests == other[i].counts.requests);
    REQUIRE(one[i].counts.local_answers == other[i].counts.local_answers);
    REQUIRE(one[i].counts.active == other[i].counts.active);
    REQUIRE(one[i].counts.online == other[i].counts.online);
    REQUIRE(one[i].counts.again == other[i].counts.again);
    REQUIRE(one[i].counts.attempts == other[i].counts.attempts);
  }
}

TEST_CASE("a restored crowd gives the same requests, also with users of lost servers") {
  for (const bool slots : {true, false}) {
    const auto plan = plan_of(sample_plan(slots), phones());
    const CrowdSpec spec{
        .seed = 4, .server = 1, .users = 2'000, .online = 1'900, .connections = 3'000};
    Crowd lost(plan, {.seed = 4, .server = 2, .users = 1'500, .online = 1'500});
    Crowd crowd(plan, spec);
    rest_of(lost, 0, 112);
    rest_of(crowd, 0, 112);
    for (const Group& group : lost.take_all(112)) REQUIRE(crowd.admit(group, 112));
    for (std::int64_t at = 112; at < 500; at += 97) {
      ByteWriter bytes, bytes_again, bytes_on, bytes_of_restored;
      crowd.save(bytes);
      Crowd restored(plan, spec);
      ByteReader rest(bytes.bytes());
      restored.restore(rest);
      REQUIRE(rest.done());
      restored.save(bytes_again);
      CHECK(bytes.bytes() == bytes_again.bytes());
      check_equal(rest_of(restored, at, at + 97), rest_of(crowd, at, at + 97));
      crowd.save(bytes_on);
      restored.save(bytes_of_restored);
      CHECK(bytes_on.bytes() == bytes_of_restored.bytes());
    }
  }
}

TEST_CASE("bytes of another crowd, or cut ones, are not taken") {
  const auto plan = plan_of(sample_plan(true));
  Crowd crowd(plan, {.seed = 4, .server = 1, .users = 2'000, .online = 1'900});
  rest_of(crowd, 0, 100);
  ByteWriter out;
  crowd.save(out);
  Crowd other(plan, {.seed = 4, .server = 2, .users = 2'000, .online = 1'900});
  ByteReader in(out.bytes());
  other.restore(in);
  CHECK_FALSE(in.good());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{30}, out.bytes().size() / 2, out.bytes().size() - 1}) {
    Crowd same(plan, {.seed = 4, .server = 1, .users = 2'000, .online = 1'900});
    ByteReader cut(std::span(out.bytes()).first(size));
    same.restore(cut);
    CHECK_FALSE(cut.good());
  }
}

TEST_CASE("a crowd does not depend on what others are asked in between") {
  const auto plan = plan_of(sample_plan(true));
  const CrowdSpec one{.seed = 4, .server = 1, .users = 2'000, .online = 1'900};
  const CrowdSpec two{.seed = 4, .server = 2, .users = 2'000, .online = 1'900};
  Crowd alone(plan, one);
  const std::vector<Second> wanted = rest_of(alone, 0, 400);
  Crowd first(plan, one), other(plan, two);
  std::vector<Second> got;
  for (std::int64_t s = 0; s < 400; s += 50) {
    rest_of(other, s, s + 50);
    for (Second& second : rest_of(first, s, s + 50)) got.push_back(std::move(second));
  }
  check_equal(got, wanted);
}

TEST_CASE("a lost request comes again once, with the next attempt number, and sets nothing off") {
  const auto plan = plan_of(sample_plan(true));
  const CrowdSpec spec{.seed = 4, .server = 1, .users = 2'000, .online = 2'000};
  Crowd calm(plan, spec), lossy(plan, spec);
  Workspace workspace;
  std::map<std::pair<std::int64_t, std::uint32_t>, int> expected;  // tick, user
  std::int64_t lost = 0, found = 0, firsts = 0, calm_firsts = 0;
  for (std::int64_t s = 0; s < 700; ++s) {
    for (const Shake shake : calm.requests_of(s, workspace)) calm_firsts += shake.attempt() == 0;
    SecondWalk walk(lossy.requests_of(s, workspace));
    Shake before;
    while (const auto shake = walk.next()) {
      REQUIRE(before <= *shake);
      before = *shake;
      if (shake->attempt() > 0)
        found += expected.at({(s << tick_bits) + shake->offset(), shake->user()}) ==
                 static_cast<int>(shake->attempt());
      else
        ++firsts;
      if (shake->user() % 7 != 0 || shake->attempt() == 5) continue;
      ++lost;
      const Instant arrives = shake->instant(s) + Duration{300'000'000} * (1 << shake->attempt());
      expected[{ticks_of(arrives.since_start()), shake->user()}] =
          static_cast<int>(shake->attempt()) + 1;
      if (!lossy.again(*shake, arrives)) walk.again(*shake, arrives);
    }
  }
  CHECK(lost > 5'000);
  CHECK(found == lost);
  CHECK(firsts == calm_firsts);
}

TEST_CASE("seconds without anything may be left out, and a crowd at rest holds no memory") {
  const auto plan = plan_of(sample_plan(true));
  Crowd crowd(plan, {.seed = 4, .server = 1, .users = 500'000, .online = 20'000});
  Workspace workspace;
  CHECK(crowd.quiet_until() == 10);
  CHECK(crowd.requests_of(3, workspace).empty());
  CHECK(crowd.quiet_until() == 10);
  const std::size_t before = crowd.memory_bytes();
  std::int64_t begun = 0, ended = 0, reacting = 0, prolonged = 0;
  std::size_t most = 0;
  for (std::int64_t s = crowd.quiet_until(); s != Calendar::never; s = crowd.quiet_until()) {
    crowd.requests_of(s, workspace);
    begun += crowd.counts().begun;
    ended += crowd.counts().ended;
    reacting += crowd.counts().reacting;
    prolonged += crowd.counts().prolonged;
    CHECK(crowd.counts().active == begun - ended);
    most = std::max(most, crowd.memory_bytes());
  }
  CHECK(begun == ended);
  CHECK(reacting == begun + prolonged);
  CHECK(prolonged > 500);
  CHECK(most < 600'000);
  CHECK(crowd.memory_bytes() < before + 4'000);  // the bitmap of who is active
}

TEST_CASE("phones answer themselves what the hand does between two requests") {
  spec::CuesPlan spec = sample_plan(true);
  spec.hand = Duration{500'000'000};
  Crowd crowd(plan_of(spec), {.seed = 4, .users = 20'000, .online = 20'000});
  double requests = 0, local = 0;
  for (const Second& second : all_of(crowd, 900)) {
    requests += static_cast<double>(second.counts.requests);
    local += static_cast<double>(second.counts.local_answers);
  }
  // two movements a second of shaking; 7.5 s between requests but for the last one of a session
  CHECK((requests + local) / requests > 12);
  CHECK((requests + local) / requests < 15);
}

}  // namespace
}  // namespace springtide::workload
