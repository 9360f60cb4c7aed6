// Reports as a browser sees them.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include <doctest/doctest.h>

#include "reports/compare.h"
#include "reports/gnuplot/process.h"
#include "reports/report.h"
#include "tests/reports/fleet_record.h"
#include "tests/reports/sample_record.h"

using namespace springtide;
using namespace springtide::reports;

namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "springtide-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The document after its scripts ran, and what the browser logged.
ProgramOutput open_in_browser(const std::string& page) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "report.html";
  std::ofstream(file) << page;
  const auto run = run_program(
      {"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
       "--no-first-run", "--disable-background-networking", "--disable-component-update",
       "--disable-sync", "--user-data-dir=" + (folder.path() / "profile").string(),
       "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
       "--virtual-time-budget=5000", "--window-size=1400,1000", "--dump-dom",
       "file://" + file.string()},
      "", "chromium");
  if (!run) FAIL(to_string(run.problems()));
  return run.value();
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
  return n;
}

}  // namespace

TEST_CASE("a browser shows every chart alive, logs nothing, and the page names no address") {
  const auto page = html_report(testing::night_record());
  REQUIRE(page.ok());
  CHECK(count(page.value(), "http://") + count(page.value(), "https://") == 0);
  CHECK(count(page.value(), "@import") == 0);
  const ProgramOutput seen = open_in_browser(page.value());
  REQUIRE(seen.exit_code == 0);
  CHECK_MESSAGE(count(seen.err, "CONSOLE") == 0, seen.err);
  const std::size_t charts = count(page.value(), "<figure id");
  CHECK(charts >= 10);
  CHECK(count(seen.out, "data-live-charts=\"" + std::to_string(charts) + "\"") == 1);
  CHECK(count(seen.out, "<canvas") >= charts);
}

TEST_CASE("a chart of a part of the run keeps its span when the window changes its size") {
  const std::string path = "tests/data/hongbao-2017/client_30k.csv";
  const auto recorded = measure::read_csv_series(path);
  REQUIRE(recorded.ok());
  ReportOptions options;
  const measure::Record night = testing::night_record();
  REQUIRE(add_recording(options, night, side_of(path, recorded.value()), "").empty());
  const ProgramOutput seen = open_in_browser(
      html_report(night, options).value() +
      "<script>document.body.style.width = '400px'; dispatchEvent(new Event('resize'))</script>");
  const std::size_t figure = seen.out.find("<figure id=\"client-requests-30-k\"");
  REQUIRE(figure != std::string::npos);
  const std::string canvas = seen.out.substr(seen.out.find("class=\"canvas\"", figure), 9000);
  CHECK(canvas.find(">23:00<") != std::string::npos);
  CHECK(canvas.find(">22:50<") == std::string::npos);
}

TEST_CASE("without scripts every chart is a picture with its line in it") {
  ReportOptions options;
  options.interactive = false;
  const auto page = html_report(testing::night_record(), options);
  REQUIRE(page.ok());
  const ProgramOutput seen = open_in_browser(page.value());
  CHECK(count(seen.err, "CONSOLE") == 0);
  CHECK(count(seen.out, "<svg") == count(page.value(), "<figure"));
  CHECK(count(seen.out, "var(--line-1)") >= count(page.value(), "<figure"));
}

TEST_CASE("a browser reads the value of a cell from the colour of a heat map") {
  const measure::Record record = testing::fleet_record();
  const auto page = html_report(record);
  REQUIRE(page.ok());
  const ProgramOutput seen = open_in_browser(page.value());
  CHECK_MESSAGE(count(seen.err, "CONSOLE") == 0, seen.err);
  CHECK(count(seen.out, "<figure id") == count(page.value(), "<figure id"));
  CHECK(count(seen.out, "data-reads=") == record.grids.size());
  // The cell in the middle of the first row, as the script tells it: about what the grid holds.
  const measure::Grid& grid = record.grids[0];
  const std::string before = "data-reads=\"" + grid.rows[0] + ", 22:24:00 to 22:26:00: about ";
  const std::size_t at = seen.out.find(before);
  REQUIRE(at != std::string::npos);
  const double told = std::stod(seen.out.substr(at + before.size()));
  CHECK(std::abs(told - static_cast<double>(grid.at(0, 72))) < 1);
}
