#include "reports/content/drawings.h"

#include "reports/service_chain/dot.h"
#include "reports/service_chain/outcomes.h"
#include "reports/service_chain/services.h"
#include "reports/service_chain/timeline.h"
#include "reports/service_chain/waterfall.h"

namespace springtide::reports {
namespace {

Drawing graph_of(const measure::Record& record) {
  Drawing drawing;
  const ServiceGraph graph = service_graph(record);
  if (graph.edges.empty()) return drawing;
  drawing.dot = dot_text(graph);
  drawing.html = graph_legend_html();
  drawing.tables = {"call-graph"};
  return drawing;
}

Drawing html_of(std::string html, std::vector<std::string> tables) {
  return {"", "", std::move(html), "", std::move(tables)};
}

}  // namespace

std::optional<Drawing> drawing_of(const measure::Record& record, std::string_view what) {
  Drawing drawing;
  if (what == "operations") drawing = html_of(operations_html(record), {"operations"});
  if (what == "funnel") drawing = html_of(funnel_html(record), {"clients"});
  if (what == "graph") drawing = graph_of(record);
  if (what == "services") drawing = html_of(services_html(record), {"services"});
  if (what == "slow-requests") drawing = html_of(waterfalls_html(record), {"slow-requests"});
  if (what == "timeline") drawing = html_of(timeline_html(record), {});
  if (drawing.html.empty()) return std::nullopt;
  return drawing;
}

}  // namespace springtide::reports
