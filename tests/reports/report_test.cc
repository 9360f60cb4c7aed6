#include "reports/report.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "reports/compare.h"
#include "reports/content/layout.h"
#include "tests/reports/sample_record.h"

using namespace springtide;
using namespace springtide::reports;

namespace {

ReportOptions night_options() {
  ReportOptions options;
  options.command = "springtide run test-night.json -o results/night --seed 1";
  options.world = "model";
  options.scenario = R"({"description": "One million users shake.",
    "services": {"access": {"sets": 256}},
    "sources": {"/services/access/sets": "source code of 2017"}})";
  Overlay overlay{"client.requests", "recorded in 2017", 606, {}};
  for (int i = 0; i < 479; ++i) overlay.values.push_back(i % 121 == 40 ? 25'400 : 30'046);
  options.overlays = {overlay};
  return options;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string page_of(const measure::Record& record, const ReportOptions& options = {}) {
  const auto page = html_report(record, options);
  if (!page) MESSAGE(to_string(page.problems()));
  REQUIRE(page.ok());
  return page.value();
}

}  // namespace

TEST_CASE("the report of a small record is the one in the golden file") {
  // SPRINGTIDE_UPDATE=1 writes it anew; look at the difference before it is kept.
  const std::string path = "tests/golden/report-textbook.html";
  ReportOptions options;
  options.interactive = false;
  const std::string page = page_of(testing::textbook_record(), options);
  if (std::getenv("SPRINGTIDE_UPDATE")) std::ofstream(path) << page;
  std::ifstream file(path);
  std::stringstream golden;
  golden << file.rdbuf();
  const bool equal = golden.str() == page;
  CHECK_MESSAGE(equal, path);
}

TEST_CASE("a broken check wins over everything, an interruption over a failed threshold") {
  measure::Record record = testing::textbook_record();
  CHECK(outcome_of(record) == Outcome::passed);
  record.verdicts[0].passed = false;
  CHECK(outcome_of(record) == Outcome::failed);
  record.complete = false;
  CHECK(outcome_of(record) == Outcome::partial);
  record.checks[0].holds = false;
  CHECK(outcome_of(record) == Outcome::invalid);
  CHECK(outcome_of(measure::Record{}) == Outcome::measured);
}

TEST_CASE("the verdict stands before the first chart") {
  const std::string page = page_of(testing::night_record(), night_options());
  CHECK(page.find("class=\"verdict") < page.find("<figure"));
  CHECK(has(page, "<strong>Failed</strong>"));
}

TEST_CASE("the latencies at the top are of the operations that were asked most") {
  measure::Record record = testing::textbook_record();
  const measure::Histogram latency = record.distributions.at("serve.latency");
  for (const char* name : {"a", "b", "c", "d"}) {
    record.distributions[name + std::string(".latency")] = latency;
    record.ledgers[name] = {.offered = 1};
  }
  record.distributions["backend.latency"] = latency;  // of no operation
  const std::string page = page_of(record);
  const std::string top = page.substr(0, page.find("<figure"));
  CHECK(top.find("serve.latency, p99") < top.find("a.latency, p99"));
  CHECK(has(top, "b.latency, p99"));
  for (const char* name : {"c", "d", "backend"})
    CHECK_FALSE(has(top, name + std::string(".latency, p99")));
}

TEST_CASE("every series of a record is drawn once, or named as zero throughout") {
  const measure::Record record = testing::night_record();
  std::string labels;
  for (const Chart& chart : report_charts(record))
    for (const Line& line : chart.lines) labels += "[" + line.label + "]";
  const std::string page = page_of(record);
  for (const measure::Series& series : record.series) {
    const bool drawn = has(labels, "[" + series.name + "]");
    CHECK_MESSAGE((drawn != has(page, "not drawn: <code>" + series.name)), series.name);
  }
  CHECK(has(page, "not drawn: <code>server.refused"));
}

TEST_CASE("quantiles over time stand where their slices begin, and say how long these are") {
  measure::Record record = testing::textbook_record();
  record.slice = minute * 5;
  record.duration = minute * 30;
  bool found = false;
  for (const Chart& chart : report_charts(record)) {
    if (chart.title != "serve.latency over time") continue;
    found = true;
    CHECK(chart.lines[0].x == std::vector<double>{0, 300, 600, 900, 1200, 1500});
    CHECK(*chart.x.high == 1800);
    CHECK(chart.about == "Quantiles of the requests of each 5 min.");
  }
  CHECK(found);
  CHECK(has(page_of(record), "Quantiles of every 5 min"));
  record.slice = minute * 120;
  CHECK(has(page_of(record), "Quantiles of every 2 h"));
}

TEST_CASE("what was recorded is drawn on the axis of what was simulated") {
  for (const Chart& chart : report_charts(testing::night_record(), night_options()))
    for (const Line& line : chart.lines)
      if (line.role == Line::Role::recorded) {
        CHECK(chart.lines[0].label == "client.requests");
        CHECK(line.x.front() == 606);
        return;
      }
  FAIL("no recorded line");
}

TEST_CASE("what was recorded has a section of its own, and lines of distinct names and colours") {
  ReportOptions options;
  const measure::Record night = testing::night_record();
  for (const char* file : {"client_30k.csv", "server_30k.csv"}) {
    const std::string path = std::string("tests/data/hongbao-2017/") + file;
    const auto recorded = measure::read_csv_series(path);
    REQUIRE(recorded.ok());
    REQUIRE(add_recording(options, night, side_of(path, recorded.value()), "").empty());
  }
  const std::string page = page_of(night, options);
  CHECK(has(page, ">Against the record</h2>"));
  CHECK(has(page, "client.requests, 30 k"));
  const Chart first = report_charts(night, options).front();
  std::set<std::string> labels;
  for (const Line& line : first.lines) labels.insert(line.label);
  CHECK(labels.size() == first.lines.size());
  CHECK(labels.contains("server.requests, recorded"));
  CHECK(has(page, "var(--recorded-2)"));
}

TEST_CASE("recorded durations are drawn into the distribution that they are a sample of") {
  ReportOptions options;
  measure::Record record = testing::textbook_record();
  record.distributions["server.gc-pause"].record(8'000'000);
  const std::string path = "tests/data/hongbao-2017/server_gc_pauses.csv";
  const auto side = side_of(path, measure::read_csv_series(path).value());
  REQUIRE(add_recording(options, record, side, "").empty());
  CHECK(has(page_of(record, options),
            "<code>server.gc-pause, recorded</code></td><td class=\"n\">21"));
  CHECK(!add_recording(options, testing::textbook_record(), side, "").empty());
}

TEST_CASE("phases stand in the order of time in bands and tables, and no figure repeats a table") {
  measure::Record record = testing::night_record();
  std::reverse(record.marks.begin(), record.marks.end());
  record.figures.push_back({"30 k.client.requests.mean", 29'854, "requests/s", "repeated", {}});
  CHECK(report_charts(record).front().bands.front().label == "connecting");
  const std::string page = page_of(record);
  CHECK(page.find("<td>30 k</td>") < page.find("<td>60 k</td>"));
  CHECK(!has(page, "repeated"));
}

TEST_CASE("what theory says is a dashed line in the chart and a column of the table") {
  measure::Record record = testing::textbook_record();
  testing::add_series(record, "station.queue", "requests", 60).values[0] = 6;
  record.figures.push_back({"station.queue.mean", 6.1, "requests", "number that wait", 0.5});
  record.figures.push_back({"station.queue.mean.theory", 6.31, "requests", "exact", {}});
  const auto charts = report_charts(record);
  const auto queue = std::find_if(charts.begin(), charts.end(),
                                  [](const Chart& c) { return c.title == "Queue lengths"; });
  REQUIRE(queue != charts.end());
  REQUIRE(queue->lines.size() == 2);
  CHECK(queue->lines[1].role == Line::Role::predicted);
  CHECK(queue->lines[1].y.front() == 6.31);
  const std::string page = page_of(record);
  CHECK(has(page, "by theory</th>"));
  CHECK(has(page, "<td class=\"n\">6.31 requests</td><td class=\"n\">−3.33 %</td>"));
  CHECK(!has(page, "<code>station.queue.mean.theory"));
}

TEST_CASE("under every chart of the report stands a table") {
  ReportOptions options = night_options();
  const std::string page = page_of(testing::night_record(), options);
  std::size_t figures = 0;
  for (std::size_t at = 0; (at = page.find("<figure id=", at)) != std::string::npos; ++figures) {
    const std::size_t end = page.find("</figure>", at);
    const std::string figure = page.substr(at, end - at);
    CHECK_MESSAGE(has(figure, "<table>"), figure.substr(0, 120));
    at = end;
  }
  CHECK(figures > 10);
}

TEST_CASE("one accidental least value does not stretch the axis of a distribution") {
  measure::Record record = testing::textbook_record();
  record.distributions["serve.latency"].record(1);
  for (const Chart& chart : report_charts(record))
    if (chart.x.scale == Scale::nines)
      for (const double y : chart.lines[0].y) CHECK(y > 0.001);
}

TEST_CASE("assumptions have value and source, and the command is there") {
  const std::string page = page_of(testing::night_record(), night_options());
  CHECK(has(page,
            "<code>/services/access/sets</code></td><td><div class=\"value\">256</div></td>"
            "<td>source code of 2017"));
  CHECK(has(page, "forcegcperiod"));
  CHECK(has(page, "springtide run test-night.json"));
}

TEST_CASE("the constants of a preset that the scenario uses stand there with their sources") {
  ReportOptions options;
  options.scenario = R"({"runtimes": {"go": {"preset": "go1.8", "mark-rate": "162MB"}}})";
  const std::string page = page_of(testing::textbook_record(), options);
  CHECK(has(page, "Constants of the preset go1.8"));
  CHECK(has(page, "<code>forced-period</code></td><td><div class=\"value\">120s</div>"));
  CHECK(has(page, "forcegcperiod, since the last cycle ended"));
  CHECK(!has(page, "preset go1.19"));
  options.scenario = R"({"nodes": {"node": {"workers": 8}}})";
  CHECK(!has(page_of(testing::textbook_record(), options), "Constants of the preset"));
}

TEST_CASE("a textbook record has no section of what it does not hold") {
  const std::string page = page_of(testing::textbook_record());
  CHECK(!has(page, "Garbage collection"));
  CHECK(!has(page, "Red packets"));
  CHECK(has(page, "Latency"));
}

TEST_CASE("series of different units never share an axis") {
  for (const Chart& chart : report_charts(testing::night_record()))
    if (chart.title.starts_with("Requests per second")) CHECK(chart.y.unit == "requests/s");
}

TEST_CASE("the report of a night is below 2 MB, and an empty record has one too") {
  CHECK(page_of(testing::night_record(), night_options()).size() < 2'000'000);
  CHECK(has(page_of(measure::Record{}), "Measured"));
}

TEST_CASE("text of a scenario cannot become markup") {
  measure::Record record = testing::textbook_record();
  record.title = "<script>alert(1)</script>";
  record.series[0].about = "</script><img src=x>";
  record.marks.push_back({"phase", "</script><b>", {}, testing::at_second(60)});
  const std::string page = page_of(record);
  CHECK(!has(page, "<script>alert"));
  CHECK(!has(page, "<img"));
  CHECK(!has(page, "</script><b>"));
}

TEST_CASE("the files of a report are the page and a picture of every chart") {
  const measure::Record record = testing::textbook_record();
  const auto files = report_files(record);
  REQUIRE(files.ok());
  CHECK(files.value().size() == report_charts(record).size() + 1);
  CHECK(files.value().contains("report.html"));
  CHECK(files.value().contains("charts/requests-per-second.svg"));
}

TEST_CASE("patterns have alternatives, any text, and exclusions") {
  CHECK(matches("a.*|*.b", "x.b"));
  CHECK(matches("*queue*", "server.run-queue.max"));
  CHECK(!matches("*queue*|!*run*", "server.run-queue.max"));
  CHECK(!matches("", "x"));
  CHECK(!matches("!x", "y"));
}
