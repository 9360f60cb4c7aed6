#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/fleet/incidents/moves.h"
#include "models/fleet/incidents/outages.h"
#include "models/fleet/server/stock.h"
#include "tests/workload/crowd_samples.h"

namespace springtide::models::fleet {
namespace {

// Two sites, two carriers, two servers each; one kind of machine for each carrier.
std::vector<Place> eight_servers() {
  std::vector<Place> places;
  std::map<std::string, std::int64_t> index;
  for (const char* site : {"east", "west"})
    for (const char* carrier : {"north", "south"})
      for (int i = 0; i < 2; ++i)
        places.push_back(
            {site, carrier, std::string(site) + "-" + carrier, carrier, index[carrier]++});
  return places;
}

spec::Scenario with(const spec::Incident& incident) {
  spec::Scenario scenario;
  scenario.incidents["loss"] = incident;
  auto& made = scenario.incidents["loss"];
  made.kind = spec::Incident::Kind::loss;
  made.at = second * 20;
  made.length = second * 40;
  made.enabled = true;
  return scenario;
}

std::vector<std::uint32_t> lost(const spec::Incident& incident) {
  const auto outages = plan_outages(with(incident), eight_servers());
  return outages ? outages.value().all()[0].servers : std::vector<std::uint32_t>{};
}

spec::Phones phones() {
  spec::Phones made;
  made.back_off = Distribution(Uniform{second, second * 5});
  made.attempts = 4;
  return made;
}

TEST_CASE("an incident takes a machine, a cluster, a carrier, a site, or a carrier in a site") {
  using Servers = std::vector<std::uint32_t>;
  spec::Incident incident;
  CHECK(lost(incident) == Servers{});  // it must say which
  incident.node = "south";
  incident.index = 2;
  CHECK(lost(incident) == Servers{6});
  incident = {};
  incident.cluster = "west-north";
  CHECK(lost(incident) == Servers{4, 5});
  incident = {};
  incident.carrier = "south";
  CHECK(lost(incident) == Servers{2, 3, 6, 7});
  incident.site = "east";
  CHECK(lost(incident) == Servers{2, 3});
  incident.carrier.clear();
  CHECK(lost(incident) == Servers{0, 1, 2, 3});
  incident.site = "moon";
  CHECK_FALSE(plan_outages(with(incident), eight_servers()));
}

TEST_CASE("servers are gone from the second of the loss until its length is over") {
  Outages outages({{"a", 20, 60, {0, 1}}, {"b", 50, 80, {1}}}, eight_servers());
  CHECK(outages.changes() == std::vector<std::int64_t>{20, 50, 60, 80});
  CHECK_FALSE(outages.down(0, 19));
  CHECK(outages.down(0, 20));
  CHECK_FALSE(outages.down(0, 60));
  CHECK(outages.down(1, 60));
  CHECK(outages.lost_at(20) == std::vector<std::uint32_t>{0, 1});
  CHECK(outages.lost_at(50).empty());
  CHECK(outages.back_at(60) == std::vector<std::uint32_t>{0});
  CHECK(outages.back_at(80) == std::vector<std::uint32_t>{1});
}

TEST_CASE("users go to servers of their carrier, in their site if one is up there") {
  using Servers = std::vector<std::uint32_t>;
  Outages one({{"a", 20, 60, {0}}}, eight_servers());
  CHECK(one.refuges(0, 20) == Servers{1});
  Outages cluster({{"a", 20, 60, {0, 1}}}, eight_servers());
  CHECK(cluster.refuges(0, 20) == Servers{4, 5});
  Outages carrier({{"a", 20, 60, {0, 1, 4, 5}}}, eight_servers());
  CHECK(carrier.refuges(0, 20).empty());
}

const auto alone = sim::alone();

// What the users of a server take along: their numbers there.
struct Step {
  std::uint32_t from_server = 0, from_user = 0, to_server = 0, to_user = 0;
};

Moves::Belongings told_to(std::vector<Step>& steps) {
  Moves::Belongings numbers;
  numbers.pack = [](std::uint32_t server, const workload::Group& group, ByteWriter& bytes) {
    for (std::uint32_t member = 0; member < group.count; ++member)
      bytes(server, group.local_user(member));
  };
  numbers.unpack = [&steps](std::uint32_t server, std::uint32_t first, std::uint32_t count,
                            ByteReader& bytes) {
    for (std::uint32_t member = 0; member < count; ++member) {
      Step step{0, 0, server, first + member};
      bytes(step.from_server, step.from_user);
      steps.push_back(step);
    }
  };
  return numbers;
}

struct Fleet {
  // Connections of each, but of one server.
  explicit Fleet(std::int64_t connections = 0, std::uint32_t other = 8,
                 std::int64_t connections_of_other = 0) {
    const auto plan = workload::plan_of(workload::sample_plan(true), phones());
    for (std::uint32_t i = 0; i < 8; ++i) {
      const std::int64_t limit = i == other ? connections_of_other : connections;
      own.push_back(std::make_unique<workload::Crowd>(
          plan, workload::CrowdSpec{
                    .seed = 1, .server = i, .users = 1200, .online = 1000, .connections = limit}));
    }
    for (auto& crowd : own) crowds.push_back(crowd.get());
  }
  // Who asked in these seconds, by home; and what happened in all.
  void run(std::int64_t from, std::int64_t to) {
    for (std::int64_t s = from; s < to; ++s)
      for (std::size_t i = 0; i < crowds.size(); ++i) {
        for (const workload::Shake shake : crowds[i]->requests_of(s, workspace)) {
          const auto home = crowds[i]->home_of(shake.user());
          asked[{home.server, home.user}].insert(static_cast<std::uint32_t>(i));
        }
        const workload::CrowdCounts& counts = crowds[i]->counts();
        connected += counts.connected;
        REQUIRE(std::ssize(workspace.connected()) == counts.connected);
        REQUIRE(std::ssize(workspace.reactions()) <= counts.reacting);
        reactions += std::ssize(workspace.reactions());
        reacting += counts.reacting;
        refused += counts.refused;
        given_up += counts.given_up;
      }
  }
  std::int64_t online() const {
    std::int64_t sum = 0;
    for (const auto* crowd : crowds) sum += crowd->counts().online;
    return sum;
  }

  std::vector<std::unique_ptr<workload::Crowd>> own;
  std::vector<workload::Crowd*> crowds;
  workload::Workspace workspace;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::set<std::uint32_t>> asked;
  std::int64_t connected = 0, refused = 0, given_up = 0, reacting = 0, reactions = 0;
};

TEST_CASE("what is lost comes back: every user of a lost site connects in the other one") {
  Fleet fleet;
  const Outages outages({{"east", 20, 60, {0, 1, 2, 3}}}, eight_servers());
  Moves moves(outages);
  fleet.run(0, 20);
  const Moved moved = moves.change(20, fleet.crowds, {}, *alone);
  CHECK(moved.users == 4000);
  CHECK(moved.nowhere == 0);
  fleet.asked.clear();
  fleet.run(20, 21);
  CHECK(fleet.online() == 4000);  // nobody is back before a second has passed
  fleet.run(21, 60);
  CHECK(fleet.online() == 8000);
  CHECK(fleet.connected == 4000);
  CHECK(moves.change(60, fleet.crowds, {}, *alone).users == 0);  // back, and empty
  fleet.run(60, 200);
  std::set<std::uint32_t> homes;
  for (const auto& [user, servers] : fleet.asked) {
    homes.insert(user.first);
    REQUIRE(servers.size() == 1);
    REQUIRE(*servers.begin() >= 4);
    // same carrier: servers 0 1 4 5 are north
    REQUIRE((*servers.begin() % 4 < 2) == (user.first % 4 < 2));
  }
  CHECK(homes.size() == 8);
  CHECK(fleet.reactions == fleet.reacting);  // nobody is gone
}

TEST_CASE("who moves twice is told by the numbers it has had, each user once") {
  Fleet fleet;
  const Outages outages({{"one", 20, 90, {0}}, {"two", 40, 90, {1}}}, eight_servers());
  Moves moves(outages);
  std::vector<Step> steps;
  fleet.run(0, 20);
  moves.change(20, fleet.crowds, told_to(steps), *alone);
  REQUIRE(steps.size() == 1000);  // all of server 0 to server 1
  std::map<std::uint32_t, std::uint32_t> home_of;
  for (const Step& step : steps) {
    CHECK(step.from_server == 0);
    CHECK(step.to_server == 1);
    CHECK(fleet.crowds[1]->home_of(step.to_user).user == step.from_user);
    home_of[step.to_user] = step.from_user;
  }
  steps.clear();
  fleet.run(20, 40);
  moves.change(40, fleet.crowds, told_to(steps), *alone);
  REQUIRE(steps.size() == 2000);  // its own, and those it took in
  std::set<std::uint32_t> seen;
  for (const Step& step : steps) {
    CHECK(step.from_server == 1);
    CHECK(seen.insert(step.from_user).second);
    const auto home = fleet.crowds[step.to_server]->home_of(step.to_user);
    const bool own = step.from_user < 1200;
    CHECK(home.server == (own ? 1u : 0u));
    CHECK(home.user == (own ? step.from_user : home_of.at(step.from_user)));
  }
}

TEST_CASE("servers with no room refuse, users try again and give up in the end") {
  Fleet fleet(1500);
  const Outages outages({{"cluster", 20, 600, {0, 1}}}, eight_servers());
  Moves moves(outages);
  fleet.run(0, 20);
  moves.change(20, fleet.crowds, {}, *alone);
  fleet.run(20, 200);
  CHECK(fleet.connected == 1000);  // 2000 look for the 500 free places on each of two servers
  CHECK(fleet.given_up == 1000);
  // Four attempts each of those who give up; others were refused before they got in.
  CHECK(fleet.refused >= 4000);
  CHECK(fleet.refused < 5000);
  CHECK(fleet.online() == 7000);
}

TEST_CASE("a user whom a full server refuses tries the next server of its carrier") {
  Fleet fleet(4000, 4, 1100);
  const Outages outages({{"cluster", 20, 600, {0, 1}}}, eight_servers());
  Moves moves(outages);
  fleet.run(0, 20);
  std::vector<Step> steps;
  moves.change(20, fleet.crowds, told_to(steps), *alone);
  std::set<std::pair<std::uint32_t, std::uint32_t>> moved;
  for (const Step& step : steps) {
    REQUIRE(moved.insert({step.from_server, step.from_user}).second);
    REQUIRE(fleet.crowds[step.to_server]->home_of(step.to_user).user == step.from_user);
  }
  CHECK(moved.size() == 2000);
  fleet.run(20, 25);
  CHECK(fleet.refused > 0);
  fleet.run(25, 200);
  CHECK(fleet.crowds[4]->counts().online == 1100);
  CHECK(fleet.crowds[5]->counts().online == 2900);
  CHECK(fleet.refused == 900);  // half of the 2000 tried server 4 first, which had room for 100
  CHECK(fleet.given_up == 0);
}

TEST_CASE("what a lost server did not issue it issues later, at its rate") {
  spec::PacketPool pool;
  pool.rate.per_second = 10;
  pool.count = 100;
  Stock stock({{"wave", pool}}, 1, 0, 1, {});
  std::vector<std::int64_t> issued(20);
  std::uint32_t user = 0;
  for (std::int64_t s = 0; s < 20; ++s) {
    if (s == 4) stock.go_down(s * second.ns);
    if (s == 14) stock.come_back(s * second.ns);
    for (int i = 0; i < 20 && (s < 4 || s >= 14); ++i)
      stock.answer(user++, s * second.ns + 100'000 * (i + 1));
    for (const PacketSecond& of : stock.take_seconds())
      issued[static_cast<std::size_t>(of.second)] += of.issued;
  }
  const std::vector<std::int64_t> ten = {10, 10, 10, 10}, none(10), later(6, 10);
  CHECK(std::equal(ten.begin(), ten.end(), issued.begin()));
  CHECK(std::equal(none.begin(), none.end(), issued.begin() + 4));
  CHECK(std::equal(later.begin(), later.end(), issued.begin() + 14));
}

TEST_CASE("users of a carrier without any server wait until one is back") {
  Fleet fleet;
  const Outages outages({{"north", 20, 60, {0, 1, 4, 5}}}, eight_servers());
  Moves moves(outages);
  std::set<std::uint32_t> forgot;
  Moves::Belongings belongings;
  belongings.forget = [&](std::uint32_t server) { forgot.insert(server); };
  fleet.run(0, 20);
  CHECK(moves.change(20, fleet.crowds, belongings, *alone).nowhere == 4000);
  CHECK(forgot.empty());  // nobody has taken it along yet
  fleet.run(20, 60);
  CHECK(fleet.online() == 4000);
  CHECK(moves.change(60, fleet.crowds, belongings, *alone).nowhere == 0);
  CHECK(forgot == std::set<std::uint32_t>{0, 4});  // by then the others have users of these two
  fleet.run(60, 70);
  CHECK(fleet.online() == 8000);
}

}  // namespace
}  // namespace springtide::models::fleet
