// A run beside the estimate of it: which assumption explains the difference.
#include <doctest/doctest.h>

#include "reports/compare.h"

namespace springtide::reports {
namespace {

constexpr std::size_t seconds = 60;

void add(measure::Record& record, const std::string& name, const char* unit, double value) {
  record.series.push_back({name, unit, "", std::vector<double>(seconds, value)});
}

// 160 000 exposures/s, a share of clicks, three requests a click; a server with 24 workers.
measure::Record funnel(double clicks, double calls_of_a_request, double busy) {
  measure::Record record;
  record.duration = second * static_cast<std::int64_t>(seconds);
  const double rate = 160'000 * clicks;
  add(record, "visitors.exposures", "exposures/s", 160'000);
  add(record, "visitors.clicks", "clicks/s", rate);
  add(record, "visitors.dynamic", "requests/s", 3 * rate);
  add(record, "page.requests", "requests/s", 3 * rate);
  add(record, "web.arrivals", "requests/s", 3 * rate * calls_of_a_request);
  record.figures.push_back({"web.utilisation", busy, "", "", {}});
  return record;
}

measure::Record plan() {
  measure::Record record = funnel(0.2, 1, 0.4);
  std::erase_if(record.series, [](const auto& one) { return one.name == "web.arrivals"; });
  record.figures.push_back({"web.arrivals", 96'000, "requests/s", "", {}});
  record.tables["plan.links"] = {{"link"}, {"web"}};
  return record;
}

Comparison comparison_of(const measure::Record& here, const measure::Record& there) {
  auto result = compare(side_of("a", here), side_of("b", there));
  if (!result.ok()) FAIL(to_string(result.problems()));
  return std::move(result.value());
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the funnel of 2016: clicks 0.2 -> 0.42 explain 2.1 of 2.1") {
  const Comparison compared = comparison_of(plan(), funnel(0.42, 1, 0.84));
  REQUIRE(compared.plan);
  REQUIRE(compared.plan->funnels.size() == 1);
  const ComparedFunnel& visitors = compared.plan->funnels[0];
  CHECK(visitors.planned == doctest::Approx(96'000));
  CHECK(visitors.came == doctest::Approx(201'600));
  CHECK(visitors.factors[0].share == doctest::Approx(0));
  CHECK(visitors.factors[1].name == "clicks");
  CHECK(visitors.factors[1].share == doctest::Approx(1));
  CHECK(visitors.factors[2].share == doctest::Approx(0));
  const std::string text = comparison_text(compared);
  CHECK(has(text,
            "Most of it is clicks, 42 % instead of 20 %: x2.1 of x2.1; exposures as assumed; "
            "dynamic requests as assumed."));
  const auto page = comparison_html(compared);
  REQUIRE(page.ok());
  CHECK(has(page.value(), "Estimate against run"));
  CHECK(has(comparison_json(compared), "\"this_is_the_estimate\": true"));
}

TEST_CASE("two wrong assumptions share the logarithm") {
  measure::Record run = funnel(0.4, 1, 0.8);
  for (measure::Series& series : run.series)
    if (series.name == "visitors.dynamic")
      for (double& value : series.values) value *= 2;  // six requests a click
  const ComparedFunnel visitors = comparison_of(plan(), run).plan->funnels.at(0);
  CHECK(visitors.came / visitors.planned == doctest::Approx(4));
  CHECK(visitors.factors[1].share == doctest::Approx(0.5));
  CHECK(visitors.factors[2].share == doctest::Approx(0.5));
}

TEST_CASE("a link: signed, and whether requests, calls or their time are more") {
  const ComparedLink more = comparison_of(plan(), funnel(0.42, 1, 0.84)).plan->links.at(0);
  CHECK(more.name == "web");
  CHECK(more.planned - more.came == doctest::Approx(-0.44));
  CHECK(more.mostly == "more requests");
  const ComparedLink again = comparison_of(plan(), funnel(0.2, 1.5, 0.6)).plan->links.at(0);
  CHECK(again.mostly == "more calls of a request");
  const ComparedLink slow = comparison_of(plan(), funnel(0.2, 1, 0.995)).plan->links.at(0);
  CHECK(slow.mostly == "more time of a call; saturated in the run");
  const ComparedLink same = comparison_of(plan(), funnel(0.2, 1, 0.401)).plan->links.at(0);
  CHECK(same.mostly == "as planned");
}

TEST_CASE("what a full link turned away is no shorter time of a call; a better card is less use") {
  measure::Record run = funnel(0.42, 1, 0.42);  // half of 201 600/s let in
  add(run, "web.turned-away", "requests/s", 100'800);
  measure::Record planned = plan();
  planned.figures.push_back({"card.web.utilisation", 0.6, "", "", {}});
  run.figures.push_back({"card.web.utilisation", 0.126, "", "", {}});
  const std::vector<ComparedLink> links = comparison_of(planned, run).plan->links;
  REQUIRE(links.size() == 2);
  CHECK(links[0].name == "card.web");
  CHECK(links[0].mostly == "less use of it by a request");
  const ComparedFactor& let_in = links[1].parts.at(2);
  CHECK(let_in.name == "of its calls let in");
  CHECK(let_in.ratio() == doctest::Approx(0.5));
  CHECK(links[1].parts.at(3).ratio() == doctest::Approx(1));  // the time of a call
}

TEST_CASE("either side may be the estimate; two runs or two estimates have no such part") {
  const Comparison turned = comparison_of(funnel(0.42, 1, 0.84), plan());
  REQUIRE(turned.plan);
  CHECK_FALSE(turned.plan->this_is_the_plan);
  CHECK(turned.plan->funnels[0].planned == doctest::Approx(96'000));
  CHECK(has(comparison_text(turned), "other is the estimate."));
  CHECK_FALSE(comparison_of(plan(), plan()).plan);
  CHECK_FALSE(comparison_of(funnel(0.2, 1, 0.4), funnel(0.2, 1, 0.4)).plan);
}

TEST_CASE("seconds before the measured time, and those with fewer exposures, do not count") {
  measure::Record run = funnel(0.2, 1, 0.4);
  for (std::size_t i = 30; i < seconds; ++i) {
    run.series[0].values[i] = 80'000;
    run.series[1].values[i] = 0;
  }
  run.series[1].values[0] = 0;
  auto result = compare(side_of("a", plan()), side_of("b", run, R"({"warmup": "10s"})"));
  REQUIRE(result.ok());
  CHECK(result.value().plan->funnels[0].factors[1].came == doctest::Approx(0.2));
}

}  // namespace
}  // namespace springtide::reports
