// Queues of messages: stored, acknowledged, delivered later, in order, each once in the end.
#include <doctest/doctest.h>

#include "models/chain/queues/backlog.h"
#include "models/chain/queues/ledger.h"
#include "tests/models/chain/small_scenarios.h"

namespace springtide::models::chain {
namespace {

constexpr std::int64_t in_all = 200;  // ten messages a second, for twenty seconds

// Every request puts a message, which a consumer delivers to the store.
spec::Scenario orders() {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("orders")};
  scenario.nodes["store-node"].workers = 100;
  spec::MessageQueue& queue = scenario.queues["orders"];
  queue.on = "log";
  queue.bytes = Bytes{1'000};
  queue.consumers = 10;
  queue.deliver = {call("store")};
  scenario.nodes["log"].storage_bandwidth = BitRate{8e6};  // a message takes a millisecond
  return scenario;
}

std::int64_t count(const measure::Record& record, const std::string& what) {
  return cell(record, "queues", "orders", what);
}

TEST_CASE("a put is acknowledged when it is stored, whatever its delivery takes") {
  spec::Scenario scenario = orders();
  time_of(scenario, "store") = constant(millisecond * 500);
  const measure::Record record = run(scenario);
  CHECK(record.distributions.at("view.latency").min() == 1'000'000);
  CHECK(record.distributions.at("view.latency").max() == 1'000'000);
  CHECK(record.distributions.at("queue.orders.latency").max() == 500'000'000);
  CHECK(count(record, "put") == in_all);
  CHECK(count(record, "delivered") == in_all);
  CHECK(sum_of(record, "disk.log.written", 0, 20) == 1'000 * in_all);
  scenario.queues["orders"].persist = false;
  CHECK(run(scenario).distributions.at("view.latency").max() == 0);
}

TEST_CASE("consumers take messages in order, one each at a time") {
  spec::Scenario scenario = orders();
  time_of(scenario, "store") = constant(millisecond * 150);
  scenario.queues["orders"].consumers = 1;
  const measure::Record record = run(scenario);
  const auto& latency = record.distributions.at("queue.orders.latency");
  CHECK(latency.min() == 150'000'000);
  CHECK(latency.max() == (150 + 50 * (in_all - 1)) * 1'000'000);  // the last, and only it
  CHECK(latency.count() == in_all);
  CHECK(series(record, "queue.orders.backlog")[19] > 60);
  CHECK(series(record, "queue.orders.age")[19] > 6);
  CHECK(figure(record, "queue.orders.last-delivery").value == doctest::Approx(30).epsilon(0.01));
}

TEST_CASE("above its capacity a queue refuses, or drops the oldest") {
  spec::Scenario scenario = orders();
  scenario.queues["orders"].consumers = 0;
  scenario.queues["orders"].capacity = 5;
  const measure::Record full = run(scenario);
  CHECK(count(full, "put") == 5);
  CHECK(count(full, "refused") == in_all - 5);
  CHECK(full.ledgers.at("view").refused == in_all - 5);
  scenario.queues["orders"].over = spec::MessageQueue::Over::drop_oldest;
  const measure::Record dropping = run(scenario);
  CHECK(dropping.ledgers.at("view").answered == in_all);
  CHECK(count(dropping, "lost for good") == in_all - 5);
  CHECK(count(dropping, "still owed") == 5);
  CHECK(series(dropping, "queue.orders.age")[19] < 1);  // the five youngest are left
}

TEST_CASE("what is older than the retention is lost") {
  spec::Scenario scenario = orders();
  scenario.queues["orders"].consumers = 0;
  scenario.queues["orders"].retention = second * 2;
  const measure::Record record = run(scenario);
  CHECK(series(record, "queue.orders.backlog")[15] == doctest::Approx(25).epsilon(0.2));
  CHECK(count(record, "lost for good") == in_all);
}

void fail_first(spec::Scenario& scenario, std::int64_t calls) {
  spec::Incident& incident = scenario.incidents["failing"];
  incident.kind = spec::Incident::Kind::failures;
  incident.service = "store";
  incident.calls = calls;
  incident.at = second * 5;
  incident.length = second * 60;
  incident.enabled = true;
}

TEST_CASE("a delivery that ends badly is lost after its retries, until it is put again") {
  spec::Scenario scenario = orders();
  fail_first(scenario, 30);
  const measure::Record lost = run(scenario);
  CHECK(count(lost, "lost for good") == 30);
  CHECK(count(lost, "delivered") == in_all - 30);
  scenario.queues["orders"].deliver[0].retries.attempts = 4;
  CHECK(count(run(scenario), "lost for good") == 7);  // 7 x 4 failures, and two that are retried
  scenario.queues["orders"].deliver[0].retries.attempts = 1;
  scenario.reconciliation["orders"] = {second * 3, Rate{100}, second};
  const measure::Record mended = run(scenario);
  CHECK(count(mended, "lost") >= 30);
  CHECK(count(mended, "put again") >= 30);
  CHECK(count(mended, "delivered") == in_all);
  CHECK(count(mended, "still owed") == 0);
}

TEST_CASE("what is put again while it still waits is delivered once, its duplicate dropped") {
  spec::Scenario scenario = orders();
  time_of(scenario, "store") = constant(millisecond * 150);
  scenario.queues["orders"].consumers = 1;
  scenario.reconciliation["orders"] = {second * 2, Rate{1000}, second};
  const measure::Record record = run(scenario);
  CHECK(count(record, "duplicates") > 50);
  CHECK(count(record, "duplicates") == count(record, "put again"));
  CHECK(count(record, "delivered") == in_all);
  CHECK(cell(record, "services", "store", "arrived") == in_all);
}

TEST_CASE("what cannot be worked off within the run's length again is still owed") {
  spec::Scenario scenario = orders();
  time_of(scenario, "store") = constant(second);
  scenario.queues["orders"].consumers = 4;
  const measure::Record record = run(scenario);
  CHECK(count(record, "delivered") == doctest::Approx(4 * 50).epsilon(0.03));  // 20 s, and 30 s
  scenario.queues["orders"].consumers = 2;
  CHECK(count(run(scenario), "still owed") == doctest::Approx(100).epsilon(0.05));
}

spec::Scenario orders_in_two_sites(int copies) {
  spec::Scenario scenario = orders();
  scenario.nodes["log"].sites = {{"north", 1}, {"south", 1}};
  scenario.nodes["store-node"].sites = {{"north", 1}, {"south", 1}};
  scenario.nodes["web-node"].sites = {{"north", 1}};
  scenario.queues["orders"].copies = copies;
  scenario.links["between"].from = "north";
  scenario.links["between"].to = "south";
  scenario.links["between"].delay = constant(millisecond * 5);
  return scenario;
}

TEST_CASE("a put with two copies waits for the link and the disk of the other site") {
  CHECK(run(orders_in_two_sites(1)).distributions.at("view.latency").max() < 3'000'000);
  const measure::Record record = run(orders_in_two_sites(2));
  CHECK(record.distributions.at("view.latency").min() >= 11'000'000);
  CHECK(record.distributions.at("view.latency").max() < 14'000'000);
  CHECK(sum_of(record, "disk.log.written", 0, 21) == doctest::Approx(2'000 * in_all).epsilon(0.01));
}

TEST_CASE("what waits survives the loss of its site only with a copy elsewhere") {
  for (const int copies : {1, 2}) {
    spec::Scenario scenario = orders_in_two_sites(copies);
    time_of(scenario, "store") = constant(second);
    scenario.queues["orders"].consumers = 2;  // in each site: half of what is put waits
    spec::Incident& loss = scenario.incidents["gone"];
    loss.kind = spec::Incident::Kind::loss;
    loss.site = "south";
    loss.at = second * 15;
    loss.length = second * 2;
    loss.enabled = true;
    scenario.operations["view"].calls[0].timeout = second;
    const measure::Record record = run(scenario);
    CAPTURE(copies);
    CHECK((count(record, "lost for good") > 30) == (copies == 1));
    CHECK(count(record, "lost for good") >= 2);  // deliveries that the lost machines were making
  }
}

TEST_CASE("queues of several sites give the same record on one thread and on two") {
  spec::Scenario scenario = orders_in_two_sites(2);
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(100)};
  scenario.reconciliation["orders"] = {second * 2, Rate{50}, second};
  fail_first(scenario, 100);
  const measure::Record one = run(scenario), two = run(scenario, 2);
  CHECK(count(one, "delivered") == count(one, "put"));
  CHECK(one.fingerprint == two.fingerprint);
  CHECK(one.distributions == two.distributions);
  CHECK(one.tables == two.tables);
}

TEST_CASE("a backlog keeps its order over chunks, and gives them back") {
  Backlog backlog;
  std::uint64_t put = 0, taken = 0;
  for (const std::uint64_t next : {10'000u, 3'000u, 20'000u, 1u}) {
    for (std::uint64_t i = 0; i < next; ++i) backlog.push(Message::of(3, put++));
    for (std::uint64_t i = 0; i < next / 2 + 1; ++i) {
      const Message message = backlog.pop();
      REQUIRE(message.number() == taken++);
      REQUIRE(message.queue() == 3);
    }
  }
  std::uint64_t seen = taken;
  backlog.for_each([&](Message message) { REQUIRE(message.number() == seen++); });
  CHECK(seen == put);
  while (!backlog.empty()) REQUIRE(backlog.pop().number() == taken++);
  CHECK(taken == put);
}

TEST_CASE("a ledger settles each message once, and finds what has been owed for long enough") {
  Ledger ledger;
  for (std::int64_t i = 0; i < 10'000; ++i) ledger.add(Instant{i});
  for (std::uint64_t i = 0; i < 9'000; ++i)
    if (i != 4'500) REQUIRE(ledger.settle(i));
  CHECK_FALSE(ledger.settle(17));
  CHECK(ledger.open() == 1'001);
  CHECK(ledger.next_owed(0, 10'000, Instant{100'000}) == 4'500);
  CHECK(ledger.next_owed(4'501, 10'000, Instant{100'000}) == 9'000);
  CHECK(ledger.next_owed(0, 10'000, Instant{4'499}) == 10'000);
  ledger.put_again(4'500, Instant{50'000});
  CHECK(ledger.next_owed(0, 10'000, Instant{49'999}) == 9'000);
  CHECK(ledger.next_owed(0, 10'000, Instant{50'000}) == 4'500);
  CHECK(ledger.put(4'500) == Instant{4'500});
}

}  // namespace
}  // namespace springtide::models::chain
