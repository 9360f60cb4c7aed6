#include "reports/compare.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/reports/fleet_record.h"
#include "tests/reports/sample_record.h"

using namespace springtide;
using namespace springtide::reports;

namespace {

const ComparedStatistic& statistic(const ComparedSeries& series, const std::string& name) {
  const auto found = std::find_if(series.statistics.begin(), series.statistics.end(),
                                  [&](const auto& s) { return s.name == name; });
  REQUIRE(found != series.statistics.end());
  return *found;
}

ComparisonSide night() { return side_of("night", testing::night_record()); }

ComparisonSide recorded(const std::string& name = "client_30k.csv") {
  const std::string path = "tests/data/hongbao-2017/" + name;
  const auto file = measure::read_csv_series(path);
  REQUIRE(file.ok());
  return side_of(path, file.value());
}

}  // namespace

TEST_CASE("a record equals itself in every statistic") {
  CompareOptions options;
  options.series = {"client.requests"};
  const auto result = compare(night(), night(), options);
  REQUIRE(result.ok());
  REQUIRE(result.value().series.size() == 3);  // its phases
  for (const ComparedSeries& series : result.value().series)
    for (const ComparedStatistic& s : series.statistics)
      if (!std::isnan(s.here)) CHECK(s.error == 0);
}

TEST_CASE("seconds are matched by the time of day") {
  ComparisonSide here{"a", "23:59:58", {{"x", "1/s", "", {1, 2, 3, 4}}}, {}, {}, false, {}, {}};
  ComparisonSide there{"b", "00:00:00", {{"x", "1/s", "", {30, 40, 50}}}, {}, {}, false, {}, {}};
  const auto result = compare(here, there);
  REQUIRE(result.ok());
  const ComparedSeries& series = result.value().series.front();
  CHECK(series.from == 2);
  CHECK(series.here == std::vector<double>{3, 4});
  CHECK(series.there == std::vector<double>{30, 40});
}

TEST_CASE("results without a common clock are laid over each other at phases of one name") {
  const auto at = [](int s) { return Instant{} + second * s; };
  ComparisonSide here{"a", "22:45:00", {}, {{"phase", "60k", at(10), at(40)}}, {}, false, {}, {}};
  ComparisonSide there{"b", "", {}, {{"phase", "60k", at(3), at(13)}}, {}, false, {}, {}};
  here.series = {{"x", "1/s", "", {}}};
  there.series = {{"x", "1/s", "", {}}};
  for (int s = 0; s < 50; ++s) here.series[0].values.push_back(100 + s);
  for (int s = 0; s < 20; ++s) there.series[0].values.push_back(200 + s);
  const auto result = compare(here, there);
  REQUIRE(result.ok());
  REQUIRE(result.value().series.size() == 1);
  const ComparedSeries& series = result.value().series.front();
  CHECK(series.span == "60k");
  CHECK(series.from == 10);
  REQUIRE(series.here.size() == 10);
  CHECK(series.here.front() == 110);
  CHECK(series.there.front() == 203);
}

TEST_CASE("a recorded file finds its series by its name and its column") {
  const auto result = compare(night(), recorded());
  if (!result) MESSAGE(to_string(result.problems()));
  REQUIRE(result.ok());
  REQUIRE(result.value().series.size() == 1);
  CHECK(result.value().series[0].series == "client.requests");
  CHECK(result.value().series[0].span == "30 k");
  CHECK(statistic(result.value().series[0], "mean").there == doctest::Approx(29'853).epsilon(1e-3));
  CHECK(statistic(result.value().series[0], "dips").there == 36);
}

TEST_CASE("the words of a file and its column say which series is meant") {
  const auto result = compare(night(), recorded("server_30k.csv"));
  REQUIRE(result.ok());
  CHECK(result.value().series[0].series == "server.requests");
  ComparisonSide packets = night();
  packets.series = {{"packets.issued", "packets/s", "", std::vector<double>(1700, 200)},
                    {"packets.received", "packets/s", "", std::vector<double>(1700, 199)}};
  const auto received = compare(packets, recorded("packets_received_30k.csv"));
  REQUIRE(received.ok());
  CHECK(received.value().series[0].series == "packets.received");
  CHECK(received.value().series[0].here.size() == 196);
  CHECK(received.value().series[0].note.find("packets.issued") != std::string::npos);
}

TEST_CASE("a recorded column of durations without a clock is a sample of a distribution") {
  ComparisonSide here = night();
  for (const int ms : {6, 8, 12, 40}) here.distributions["server.gc-pause"].record(ms * 1'000'000);
  const auto result = compare(here, recorded("server_gc_pauses.csv"));
  REQUIRE(result.ok());
  CHECK(result.value().series.empty());
  REQUIRE(result.value().distributions.size() == 1);
  const ComparedDistribution& pauses = result.value().distributions[0];
  CHECK(pauses.name == "server.gc-pause");
  CHECK(pauses.unit == "ms");
  const auto& mean = pauses.statistics[1];
  CHECK(mean.name == "mean");
  CHECK(mean.here == doctest::Approx(16.5));
  CHECK(mean.there == doctest::Approx(12.62).epsilon(1e-3));
  CHECK(mean.noise.has_value());
  CHECK(pauses.statistics.back().there == doctest::Approx(44.18).epsilon(1e-3));
}

TEST_CASE("the distributions of two runs are compared by their quantiles") {
  const auto result = compare(night(), night());
  REQUIRE(result.ok());
  REQUIRE(result.value().distributions.size() == 2);
  for (const ComparedStatistic& s : result.value().distributions[1].statistics) CHECK(s.error == 0);
}

TEST_CASE("different units are never compared") {
  CompareOptions options;
  options.series = {"server.utilisation"};
  const auto result = compare(night(), recorded(), options);
  REQUIRE(!result.ok());
  CHECK(to_string(result.problems()).find("requests/s") != std::string::npos);
  ComparisonSide other = night();
  for (measure::Series& series : other.series) series.unit = "furlongs";
  CHECK(!compare(night(), other).ok());
}

TEST_CASE("phases come in the order of time, whatever order the record has") {
  measure::Record record = testing::night_record();
  std::reverse(record.marks.begin(), record.marks.end());
  CompareOptions options;
  options.series = {"client.requests"};
  const auto result = compare(side_of("a", record), night(), options);
  REQUIRE(result.value().series.size() == 3);
  CHECK(result.value().series[0].span == "connecting");
  CHECK(result.value().series[2].span == "60 k");
}

TEST_CASE("what neither side has is not told: no dips, no period") {
  const auto flat = [](double value) {
    return ComparisonSide{
        "x", "", {{"x", "1/s", "", std::vector<double>(600, value)}}, {}, {}, false, {}, {}};
  };
  const std::string text = comparison_text(compare(flat(1), flat(2)).value());
  CHECK(text.find("mean") != std::string::npos);
  CHECK(text.find("dips") == std::string::npos);
  CHECK(text.find("period") == std::string::npos);
}

TEST_CASE("a series that is not there is an error that names the nearest") {
  CompareOptions options;
  options.series = {"client.request"};
  const auto result = compare(night(), recorded(), options);
  REQUIRE(!result.ok());
  CHECK(to_string(result.problems()).find("client.requests") != std::string::npos);
}

TEST_CASE("sides that share no second are an error") {
  ComparisonSide late = recorded();
  late.clock_at_start = "12:00:00";
  CHECK(!compare(night(), late).ok());
}

TEST_CASE("tolerances are relative, factors or absolute, and anything else is an error") {
  const auto parsed = parse_tolerances("mean=0.3%,sd=1.5x,dips=10");
  REQUIRE(parsed.ok());
  CHECK(parsed.value().at("mean").bound == doctest::Approx(0.003));
  CHECK(parsed.value().at("sd").kind == Tolerance::Kind::factor);
  CHECK(parsed.value().at("dips").bound == 10);
  for (const char* bad : {"mean", "mean=", "mean=x", "speed=1", "sd=0.5x", "mean=-1", "mean=nan",
                          "mean=inf", "mean=1s"})
    CHECK_MESSAGE(!parse_tolerances(bad).ok(), bad);
}

TEST_CASE("a statistic outside its tolerance makes the comparison differ") {
  CompareOptions options;
  options.tolerances = parse_tolerances("mean=5%").value();
  CHECK(compare(night(), recorded(), options).value().within_tolerances());
  options.tolerances = parse_tolerances("mean=0.001").value();
  CHECK(!compare(night(), recorded(), options).value().within_tolerances());
}

TEST_CASE("two realisations of one process differ inside the noise, a shifted one does not") {
  const auto made = [](std::uint64_t seed, double mean) {
    Stream stream(seed, "test/noise");
    std::vector<double> values(600);
    for (double& value : values) value = mean + 40 * stream.uniform();
    return ComparisonSide{"x", "", {{"x", "1/s", "", values}}, {}, {}, false, {}, {}};
  };
  const auto same = compare(made(1, 1000), made(2, 1000));
  CHECK(statistic(same.value().series[0], "mean").within_noise());
  const auto shifted = compare(made(1, 1000), made(2, 1010));
  CHECK(!statistic(shifted.value().series[0], "mean").within_noise());
}

TEST_CASE("the table is aligned and has no escape sequence unless colour is asked for") {
  CompareOptions options;
  options.tolerances = parse_tolerances("mean=0.001").value();
  const auto result = compare(night(), recorded(), options);
  REQUIRE(result.ok());
  const std::string plain = comparison_text(result.value());
  CHECK(plain.find('\033') == std::string::npos);
  CHECK(plain.find("median-depth") != std::string::npos);
  CHECK(comparison_text(result.value(), true).find("\033[31m") != std::string::npos);
  CHECK(plain.find("22:58") != std::string::npos);  // the chart of both
  CHECK(comparison_json(result.value()).find("\"within_tolerances\": false") != std::string::npos);
}

TEST_CASE("the page of a comparison draws both sides") {
  const auto result = compare(night(), recorded());
  REQUIRE(result.ok());
  const auto page = comparison_html(result.value());
  REQUIRE(page.ok());
  CHECK(page.value().find("var(--recorded)") != std::string::npos);
  CHECK(page.value().find("var(--line-1)") != std::string::npos);
}

TEST_CASE("two runs are compared in one line a series, one series in full") {
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(lines(comparison_text(compare(night(), night()).value())) < 90);
  CompareOptions options;
  options.series = {"client.requests"};
  CHECK(comparison_text(compare(night(), night(), options).value()).find("p95") !=
        std::string::npos);
}

TEST_CASE("two runs say what differs in their scenarios and where their requests ended") {
  const measure::Record record = testing::textbook_record();
  measure::Record other = record;
  other.ledgers["serve"].refused = 7;
  const auto result = compare(
      side_of("a", record, R"({"title": "A", "seed": 1, "nodes": {"node": {"workers": 8}}})"),
      side_of("b", other, R"({"title": "B", "seed": 1, "nodes": {"node": {"cores": 8}}})"));
  REQUIRE(result.ok());
  const Comparison& comparison = result.value();
  REQUIRE(comparison.settings.size() == 2);
  CHECK(comparison.settings[0].pointer == "/nodes/node/cores");
  CHECK(comparison.settings[0].here == "");
  CHECK(comparison.settings[1].here == "8");
  REQUIRE(comparison.fates.size() == 3);
  CHECK(comparison.fates[2].name == "serve refused");
  CHECK(comparison.fates[2].error == -7);
  const std::string text = comparison_text(comparison);
  CHECK(text.find("/nodes/node/workers") != std::string::npos);
  CHECK(text.find("serve refused") != std::string::npos);
  CHECK(comparison_json(comparison).find("/nodes/node/cores") != std::string::npos);
  CHECK(comparison_html(comparison).value().find("/nodes/node/cores") != std::string::npos);
}

TEST_CASE("two nights begin with their thresholds, peaks and margins") {
  testing::FleetNight more;
  more.shakers = 1.4;
  measure::Record here = testing::fleet_record(more), there = testing::fleet_record();
  here.series.resize(1);
  there.series.resize(1);
  here.figures[5].value = 28'000;  // the load of the cores
  here.verdicts[0].passed = false;
  const auto result = compare(side_of("more", here), side_of("night", there));
  REQUIRE(result.ok());
  const Comparison& comparison = result.value();
  REQUIRE(comparison.verdicts.size() == 2);
  CHECK(comparison.verdicts[0].note == "fails in this only");
  CHECK(comparison.verdicts[1].note == "both fail");
  REQUIRE(comparison.margins.size() == 7);
  CHECK(comparison.margins[0].name == "busiest second");
  CHECK(comparison.margins[0].here / comparison.margins[0].there ==
        doctest::Approx(1.4).epsilon(.001));
  CHECK(comparison.margins[1].name == "busiest minute");
  CHECK(comparison.margins[4].name == "margin of server-cores");
  CHECK(comparison.margins[4].note == "breaks in this only");
  CHECK(comparison.margins[4].there == doctest::Approx(12.0).epsilon(.01));
  const std::string text = comparison_text(comparison);
  CHECK(text.find("fails in this only") < text.find("busiest second"));
  CHECK(text.find("busiest second") < text.find("shake offered"));
}
