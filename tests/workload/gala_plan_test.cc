// The crowd of the gala scenarios brings what is known of that night (scenarios/gala-2015): 1.1e10
// shakes in all, 8.1e8 in the minute of 22:34, 1.4e7 in the peak second.
#include <doctest/doctest.h>

#include "spec/scenario_reader.h"
#include "workload/crowd/expected_rate.h"

using namespace springtide;

namespace {

workload::ExpectedRate expected(const std::string& path) {
  const auto scenario = spec::read_scenario(path);
  REQUIRE(scenario.ok());
  const spec::Clients& clients = scenario.value().clients.at("viewers");
  const workload::CrowdPlan plan(std::get<spec::CuesPlan>(clients.plan), clients.phones);
  return workload::expected_rate(plan, static_cast<double>(clients.phones.online),
                                 scenario.value().duration.ns / second.ns);
}

constexpr std::int64_t wave_begins = 9225;  // of peak-minute.json, in the night
constexpr std::int64_t minute_of_22_34 = 154 * 60;

}  // namespace

TEST_CASE("the gala night has the known total, peak minute and peak second") {
  const workload::ExpectedRate night = expected("scenarios/gala-2015/night.json");
  CHECK(night.total == doctest::Approx(1.1e10).epsilon(0.01));
  CHECK(night.peak_minute.second == minute_of_22_34);
  CHECK(night.peak_minute.requests == doctest::Approx(8.1e8).epsilon(0.01));
  CHECK(night.peak_second.requests == doctest::Approx(1.4e7).epsilon(0.02));
}

TEST_CASE("peak-minute.json and one-server.json bring what the night brings then") {
  const workload::ExpectedRate night = expected("scenarios/gala-2015/night.json");
  const workload::ExpectedRate minute = expected("scenarios/gala-2015/peak-minute.json");
  const std::int64_t begin = minute_of_22_34 - wave_begins;
  CHECK(minute.before(begin + 60) - minute.before(begin) == doctest::Approx(8.1e8).epsilon(0.01));
  CHECK(minute.peak_second.requests == doctest::Approx(1.4e7).epsilon(0.02));
  const workload::ExpectedRate server = expected("scenarios/gala-2015/one-server.json");
  for (std::int64_t second = begin; second < 60; ++second) {
    CAPTURE(second);
    const auto here = static_cast<std::size_t>(second);
    const double of_night = night.requests[static_cast<std::size_t>(wave_begins) + here];
    CHECK(minute.requests[here] == doctest::Approx(of_night).epsilon(0.05));
    CHECK(server.requests[here] * 638 == doctest::Approx(minute.requests[here]).epsilon(1e-3));
  }
}
