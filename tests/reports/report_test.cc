#include "reports/report.h"

#include <doctest/doctest.h>

#include "tests/reports/sample_record.h"

#include <fstream>
TEST_CASE("dump") {
  using namespace springtide;
  reports::ReportOptions options;
  options.command = "springtide run scenarios/hongbao-2017/test-night.json -o results/night --seed 1";
  options.version = "0.1.0"; options.world = "model";
  options.scenario = R"({"springtide":1,"description":"One million users shake.","services":{"access":{"sets":256}},"sources":{"/services/access/sets":"source code of 2017, server/config.go"}})";
  reports::Overlay overlay{"client.requests", "recorded in 2017", 606, {}};
  for (int i = 0; i < 479; ++i) overlay.values.push_back(i % 121 == 40 ? 25'400 : 30046);
  options.overlays = {overlay};
  auto page = reports::html_report(reports::testing::night_record(), options);
  if (!page) MESSAGE(to_string(page.problems()));
  REQUIRE(page.ok());
  std::ofstream("/tmp/reports-night.html") << page.value();
  auto small = reports::html_report(reports::testing::textbook_record());
  REQUIRE(small.ok());
  std::ofstream("/tmp/reports-textbook.html") << small.value();
}
