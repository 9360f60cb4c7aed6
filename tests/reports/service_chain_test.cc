#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include "reports/content/content.h"
#include "reports/page/verdict.h"
#include "reports/report.h"
#include "reports/service_chain/dot.h"
#include "reports/service_chain/outcomes.h"
#include "reports/service_chain/timeline.h"
#include "reports/service_chain/waterfall.h"
#include "tests/reports/chain_record.h"

using namespace springtide;
using namespace springtide::reports;
using springtide::reports::testing::chain_record;
using springtide::reports::testing::Table;

namespace {

const GraphNode& node(const ServiceGraph& graph, const std::string& name, GraphNode::Kind kind) {
  for (const GraphNode& one : graph.nodes)
    if (one.name == name && one.kind == kind) return one;
  FAIL("no node " << name);
  return graph.nodes.front();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void call(measure::Record& record, const std::string& from, const std::string& to) {
  record.tables["call-graph"].push_back({from, to, "call", "60", "1", "60", "0", "0", "0"});
}

// Only gnuplot is found while it lives.
class PathWithoutGraphviz {
 public:
  PathWithoutGraphviz() : before_(std::getenv("PATH")), folder_("test-reports-path") {
    std::filesystem::create_directory(folder_);
    const auto link = folder_ / "gnuplot";
    if (!std::filesystem::exists(link)) std::filesystem::create_symlink("/usr/bin/gnuplot", link);
    setenv("PATH", std::filesystem::absolute(folder_).c_str(), 1);
  }
  ~PathWithoutGraphviz() {
    setenv("PATH", before_.c_str(), 1);
    std::filesystem::remove_all(folder_);
  }

 private:
  std::string before_;
  std::filesystem::path folder_;
};

}  // namespace

TEST_CASE("what was answered in time stands before what was answered") {
  measure::Record record = chain_record();
  record.figures.push_back({"view.goodput.share", 0.5, "", "", {}});
  const std::string html = glance_html(record);
  const std::size_t goodput = html.find("<dt>goodput</dt><dd>50 %");
  REQUIRE(goodput != std::string::npos);
  CHECK(goodput < html.find("<dt>answered</dt><dd>75 %"));
  CHECK_FALSE(has(glance_html(chain_record()), "goodput"));
}

TEST_CASE("a chain is told to Graphviz in these words") {
  measure::Record record = chain_record();
  record.tables["call-graph"].resize(4);  // visitors, web, the cache, the store
  CHECK(dot_text(service_graph(record)) ==
        R"(digraph chain {
rankdir=LR; bgcolor=transparent; nodesep=0.22; ranksep=0.55; margin=0.05;
node [fontname="DejaVu Sans", fontsize=12, fontcolor="#1c222b", style=filled, margin="0.13,0.07"];
edge [fontname="DejaVu Sans", fontsize=10, fontcolor="#666f7c", arrowsize=0.6];
n0 [label=<visitors>, shape=ellipse, color="#666f7c", fillcolor="#666f7c26", penwidth=1.2];
n1 [label=<web<br/><font point-size="10" color="#666f7c">90 % busy, at most 100 %</font>)"
        R"(<br/><font point-size="10" color="#b3261e">refused 25 %</font>>, shape=box, )"
        R"(color="#b3261e", fillcolor="#b3261e26", penwidth=2.4];
n2 [label=<lists<br/><font point-size="10" color="#666f7c">cache</font>>, shape=folder, )"
        R"(color="#666f7c", fillcolor="#666f7c26", penwidth=1.2];
n3 [label=<store<br/><font point-size="10" color="#666f7c">30 % busy, at most 96 %</font>>, )"
        R"(shape=box, color="#d96b0b", fillcolor="#d96b0b26", penwidth=1.2];
n0 -> n1 [label="1 k/s", penwidth=5.80, color="#b3261e", style=solid];
n1 -> n2 [label="750/s", penwidth=5.80, color="#666f7c", style=solid];
n2 -> n3 [label="100/s", penwidth=2.63, color="#d96b0b", style=solid];
}
)");
}

TEST_CASE(
    "services that differ in their number only are one node, with what the worst of them had") {
  const ServiceGraph graph = service_graph(chain_record());
  const GraphNode& shards = node(graph, "shard-{1..3}", GraphNode::Kind::service);
  CHECK(shards.members == 3);
  CHECK(shards.worst == "shard-2");
  CHECK(shards.busiest == 0.8);
  CHECK(shards.arrived == 2400);
  int edges = 0;
  for (const GraphEdge& edge : graph.edges)
    if (graph.nodes[edge.to].name == "shard-{1..3}") {
      ++edges;
      CHECK(edge.per_second == 40);
      CHECK(edge.carried_per_second() == 39);
    }
  CHECK(edges == 1);
}

TEST_CASE("two services that differ in their number are two nodes") {
  measure::Record record;
  record.tables["call-graph"] = Table{{"from", "to", "kind", "calls", "calls_per_s", "answered"}};
  call(record, "web", "store-1");
  call(record, "web", "store-2");
  CHECK(service_graph(record).nodes.size() == 3);
  call(record, "web", "store-10");
  CHECK(service_graph(record).nodes.size() == 2);
  CHECK(service_graph(record).nodes[1].name == "store-{1..10}");
}

TEST_CASE("the sites of a service are one node, as busy as the busiest of them") {
  const GraphNode store = node(service_graph(chain_record()), "store", GraphNode::Kind::service);
  CHECK(store.arrived == 6000);
  CHECK(store.worst == "store.west");
  CHECK(store.busiest == 0.96);
}

TEST_CASE("a cache of the name of its service is another node") {
  measure::Record record = chain_record();
  for (auto& row : record.tables["call-graph"])
    for (std::string& cell : row)
      if (cell == "lists") cell = "store";
  const ServiceGraph graph = service_graph(record);
  CHECK(node(graph, "store", GraphNode::Kind::cache).arrived == 0);
  CHECK(node(graph, "store", GraphNode::Kind::service).arrived == 6000);
}

TEST_CASE("a queue is a drum that says how much waited in it") {
  measure::Record record = chain_record();
  for (const char* end : {"put", "deliver"})
    record.tables["call-graph"].push_back({end == std::string("put") ? "web" : "orders",
                                           end == std::string("put") ? "orders" : "store", end,
                                           "60", "1", "60", "0", "0", "0"});
  record.tables["queues"] = Table{{"queue", "longest backlog"}, {"orders", "12000000"}};
  const ServiceGraph graph = service_graph(record);
  CHECK(node(graph, "orders", GraphNode::Kind::queue).backlog == 12'000'000);
  const std::string dot = dot_text(graph);
  CHECK(has(dot, "shape=cylinder"));
  CHECK(has(dot, "waited"));
}

TEST_CASE("names reach the picture as they are written") {
  measure::Record record = chain_record();
  const std::string name = R"(a<b>&"c"\N)";
  record.tables["call-graph"][1][1] = name;
  const auto svg = dot_svg(dot_text(service_graph(record)));
  REQUIRE(svg.ok());
  CHECK(has(svg.value(), R"(>a&lt;b&gt;&amp;&quot;c&quot;\N<)"));
}

TEST_CASE("the picture of a chain has no ids, no fixed colours and no names of fonts") {
  const auto svg = dot_svg(dot_text(service_graph(chain_record())));
  REQUIRE(svg.ok());
  CHECK(svg.value().starts_with("<svg viewBox="));
  for (const char* part : {" id=", "\"#", "font-family", "<title>", "<!--", "xlink"})
    CHECK_MESSAGE(!has(svg.value(), part), part);
  CHECK(has(svg.value(), "var(--bad)"));
}

TEST_CASE("without Graphviz the page says what is missing and who calls whom") {
  const auto drawn = html_report(chain_record());
  REQUIRE(drawn.ok());
  CHECK(has(drawn.value(), "aria-label=\"The service chain as a graph\""));
  CHECK(!has(drawn.value(), "Not drawn"));
  const PathWithoutGraphviz path;
  const auto page = html_report(chain_record());
  REQUIRE(page.ok());
  CHECK(!has(page.value(), "aria-label=\"The service chain as a graph\""));
  CHECK(has(page.value(), "Not drawn"));
  CHECK(has(page.value(), "graphviz"));
  CHECK(has(page.value(), "<td>visitors</td>"));
}

TEST_CASE("a bar of an operation has the shares of how its requests ended") {
  const std::string html = operations_html(chain_record());
  CHECK(has(html, "width:50.00%;--swatch:var(--good)"));
  CHECK(has(html, "title=\"late: 25 %\""));
  CHECK(has(html, "title=\"refused: 25 %\""));
  CHECK(!has(html, "timed out"));
}

TEST_CASE("a funnel goes from exposures to what was answered in time") {
  measure::Record record = chain_record();
  CHECK(funnel_html(record).empty());
  springtide::reports::testing::add_series(record, "visitors.exposures", "exposures/s", 60)
      .values.assign(60, 2500);
  springtide::reports::testing::add_series(record, "visitors.clicks", "clicks/s", 60)
      .values.assign(60, 500);
  const std::string html = funnel_html(record);
  CHECK(has(html, "20 % of those who see it"));
  CHECK(has(html, ">2 for each click<"));
  CHECK(has(html, "75 % of the requests"));
  CHECK(has(html, "66.7 % of what was answered"));
}

TEST_CASE("playbooks and incidents are bars on the time of the run") {
  measure::Record record = chain_record();
  CHECK(timeline_html(record).empty());
  record.marks.push_back(
      {"playbook", "shed <all>", testing::at_second(15), testing::at_second(45)});
  record.marks.push_back({"incident", "disk", testing::at_second(30), testing::at_second(30)});
  const std::string html = timeline_html(record);
  CHECK(has(html, "shed &lt;all&gt;"));
  CHECK(has(html, "left:25.00%;width:50.00%"));
  CHECK(has(html, "left:50.00%;width:0.00%"));
}

TEST_CASE("a slow request is drawn call by call, and what nobody waited for is told") {
  measure::Record record = chain_record();
  CHECK(waterfalls_html(record).empty());
  record.tables["slow-requests"] = Table{
      {"request",  "operation", "at_s",    "took_ms",  "ended",    "missed",  "cut",
       "row",      "within",    "call",    "machine",  "attempt",  "sent_ms", "arrived_ms",
       "began_ms", "served_ms", "left_ms", "heard_ms", "heard as", "left as", "fallback"},
      {"1", "view",  "7.5", "100.000", "timed out", "yes", "no",      "0",         "", "view", "",
       "1", "0.000", "",    "",        "",          "",    "100.000", "timed out", "", "no"},
      {"1",      "view",   "7.5",     "100.000", "timed out", "yes",      "no",
       "1",      "0",      "a<b>",    "3",       "2",         "0.000",    "10.000",
       "50.000", "90.000", "200.000", "100.000", "timed out", "answered", "no"}};
  const std::string html = waterfalls_html(record);
  CHECK(has(html, "view, 7 s: timed out after 100 ms"));
  CHECK(has(html, "a&lt;b&gt; <span class=\"faint\">attempt 2, machine 3</span>"));
  CHECK(has(html, "class=\"waits\" style=\"left:5.00%;width:20.00%\""));
  CHECK(has(html, "class=\"works\" style=\"left:25.00%;width:20.00%\""));
  CHECK(has(html, "class=\"calls\" style=\"left:45.00%;width:5.00%\""));
  CHECK(has(html, "class=\"unheard\" style=\"left:50.00%;width:50.00%\""));
  CHECK(has(html, "100 ms timed out, worked on"));
}

TEST_CASE("what is measured of services stands under Services and nowhere else") {
  int found = 0;
  for (const SectionContent& section : report_content(chain_record(), {}))
    for (const ChartContent& content : section.charts)
      for (const Line& line : content.chart.lines)
        if (line.label.ends_with(".arrivals")) {
          ++found;
          CHECK(section.title == "Services");
        }
  CHECK(found == 7);
}

TEST_CASE("of more services than a chart has lines the highest are drawn, the others are counted") {
  measure::Record record = chain_record();
  for (int i = 10; i < 40; ++i) {
    const std::string name = "part-" + std::to_string(i);
    record.tables["services"].push_back({name, "60", "0.1", "held", "1", "0.1", "0", "0"});
    testing::add_series(record, name + ".arrivals", "requests/s", 60).values.assign(60, 1 + i);
  }
  std::vector<std::string> drawn;
  std::size_t less = 0;
  for (const SectionContent& section : report_content(record, {})) {
    less += section.less.size();
    for (const ChartContent& content : section.charts)
      for (const Line& line : content.chart.lines)
        if (line.label.ends_with(".arrivals")) drawn.push_back(line.label);
  }
  const std::vector<std::string> highest{
      "log.arrivals",     "store.east.arrivals", "web.arrivals",     "part-35.arrivals",
      "part-36.arrivals", "part-37.arrivals",    "part-38.arrivals", "part-39.arrivals"};
  CHECK(drawn == highest);
  CHECK(less == 29);
}
