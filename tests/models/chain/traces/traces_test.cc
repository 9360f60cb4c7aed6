#include <set>

#include "tests/models/chain/small_plans.h"

using namespace springtide;
using namespace springtide::models::chain;

namespace {

using Table = std::vector<std::vector<std::string>>;

std::string text(const Table& table, std::size_t row, const std::string& column) {
  for (std::size_t i = 0; i < table.front().size(); ++i)
    if (table.front()[i] == column) return table[row][i];
  FAIL("no column " << column);
  return "";
}

double number(const Table& table, std::size_t row, const std::string& column) {
  return std::stod(text(table, row, column));
}

// A request each second to a service that takes 300 ms, asked again after 200 ms, twice in all.
PlanBuilder impatient() {
  PlanBuilder chain(second * 6);
  const auto station = chain.service("station", constant(millisecond * 300), 5);
  const auto root = chain.root("serve");
  const auto step = chain.call(root, station);
  chain.client("crowd", root, spec::ConstantPlan{steady(1)});
  chain.rules(step).attempts = 2;
  chain.plan.steps[step].timeout = chain.lane(millisecond * 200);
  return chain;
}

}  // namespace

TEST_CASE("a followed request tells every attempt, and that a callee worked on for nobody") {
  const measure::Record record = run(impatient().plan);
  const Table& table = record.tables.at("slow-requests");
  REQUIRE(table.size() >= 4);
  CHECK(text(table, 1, "call") == "serve");
  CHECK(text(table, 1, "within").empty());
  CHECK(text(table, 1, "ended") == "timed out");
  CHECK(text(table, 1, "missed") == "yes");
  CHECK(number(table, 1, "took_ms") == doctest::Approx(400));
  for (const std::size_t row : {2, 3}) {
    const double sent = row == 2 ? 0 : 200;
    CHECK(text(table, row, "call") == "station");
    CHECK(text(table, row, "within") == "0");
    CHECK(number(table, row, "attempt") == row - 1);
    CHECK(number(table, row, "sent_ms") == doctest::Approx(sent));
    CHECK(number(table, row, "began_ms") == doctest::Approx(sent));
    CHECK(number(table, row, "heard_ms") == doctest::Approx(sent + 200));
    CHECK(text(table, row, "heard as") == "timed out");
    CHECK(number(table, row, "left_ms") == doctest::Approx(sent + 300));
    CHECK(text(table, row, "left as") == "answered");
  }
}

TEST_CASE("of each operation and each sixth of the run one request is kept") {
  const measure::Record record = run(impatient().plan);
  const Table& table = record.tables.at("slow-requests");
  std::set<std::string> requests;
  for (std::size_t row = 1; row < table.size(); ++row) requests.insert(text(table, row, "request"));
  CHECK(requests.size() == 6);
}

TEST_CASE("where all requests are followed the slowest is kept") {
  PlanBuilder chain(second * 60);
  const auto root = chain.root("serve");
  chain.call(root, chain.service("station", exponential(millisecond * 15), 1));
  chain.client("crowd", root, spec::PoissonPlan{steady(40)});
  const measure::Record record = run(chain.plan);
  const Table& table = record.tables.at("slow-requests");
  double slowest = 0;
  for (std::size_t row = 1; row < table.size(); ++row)
    slowest = std::max(slowest, number(table, row, "took_ms"));
  const auto longest = static_cast<double>(*record.distributions.at("serve.latency").max());
  CHECK(slowest == doctest::Approx(longest * 1e-6).epsilon(0.01));
}

TEST_CASE("one that missed its deadline is kept rather than one that was slower") {
  PlanBuilder chain(second * 6);
  const auto root = chain.root("serve");
  const auto step = chain.call(root, chain.service("station", exponential(millisecond * 50), 1));
  chain.client("crowd", root, spec::PoissonPlan{steady(15)});
  chain.plan.services.back().queue_limit = 0;
  chain.plan.steps[step].timeout = none;
  const measure::Record record = run(chain.plan);
  REQUIRE(record.ledgers.at("serve").refused > 10);
  const Table& table = record.tables.at("slow-requests");
  for (std::size_t row = 1; row < table.size(); ++row)
    CHECK(text(table, row, "ended") == "refused");
}

TEST_CASE("what is followed of many requests is bounded, and still spread over the run") {
  PlanBuilder chain(second * 12);
  const auto root = chain.root("serve");
  chain.call(root, chain.service("station", exponential(microsecond * 100), 1));
  chain.client("crowd", root, spec::PoissonPlan{steady(9'000)});
  const measure::Record record = run(chain.plan);
  const Table& table = record.tables.at("slow-requests");
  CHECK(table.size() == 1 + 6 * 2);  // a request and its call, for each part
  for (std::size_t part = 0; part < 6; ++part) {
    const double at = number(table, 1 + 2 * part, "at_s");
    CHECK(at >= 2.0 * static_cast<double>(part));
    CHECK(at < 2.0 * static_cast<double>(part + 1));
    // The slowest of some two hundred of them, not any of them.
    CHECK(number(table, 1 + 2 * part, "took_ms") > 2);
  }
}
