// An estimate beside a run, as text, HTML and JSON.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/compare/pieces.h"
#include "reports/compare/plan.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

constexpr std::size_t most_links = 20;

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }
std::string times(double ratio) { return fmt::format("x{:.3g}", ratio); }

std::string value_text(const ComparedFactor& factor, double value) {
  return factor.unit == "of exposures" ? fmt::format("{:.3g} %", 100 * value)
                                       : number_text(value, 4);
}

Rows funnel_rows(const ComparedFunnel& funnel) {
  Rows rows{{"factor", "unit", "estimate", "run", "ratio", "explains, %"}};
  for (const ComparedFactor& factor : funnel.factors)
    rows.push_back({factor.name, factor.unit, value_text(factor, factor.planned),
                    value_text(factor, factor.came), times(factor.ratio()),
                    fmt::to_string(std::llround(100 * factor.share))});
  return rows;
}

std::string ratio_of(const ComparedLink& link, const char* part) {
  for (const ComparedFactor& factor : link.parts)
    if (factor.name == part) return times(factor.ratio());
  return "";
}

Rows link_rows(const PlanComparison& plan, std::size_t most) {
  Rows rows{{"utilisation of", "mostly", "estimate, %", "run, %", "estimate - run", "requests",
             "calls of a request", "let in", "time of a call"}};
  for (std::size_t i = 0; i < std::min(most, plan.links.size()); ++i) {
    const ComparedLink& link = plan.links[i];
    rows.push_back({link.name, link.mostly, percent(link.planned), percent(link.came),
                    fmt::format("{:+.1f}", 100 * (link.planned - link.came)),
                    ratio_of(link, "requests"), ratio_of(link, "calls of a request"),
                    ratio_of(link, "of its calls let in"), ratio_of(link, "time of a call")});
  }
  return rows;
}

std::string html_of(const Rows& rows) {
  HtmlTable table;
  table.text_columns = 2;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::string& cell : rows[i]) cells.push_back(html_escaped(cell));
    if (i == 0)
      table.header = std::move(cells);
    else
      table.rows.push_back(std::move(cells));
  }
  return table.html();
}

nlohmann::ordered_json json_of(const std::vector<ComparedFactor>& factors) {
  auto json = nlohmann::ordered_json::array();
  for (const ComparedFactor& factor : factors)
    json.push_back({{"name", factor.name},
                    {"unit", factor.unit},
                    {"estimate", factor.planned},
                    {"run", factor.came},
                    {"ratio", factor.ratio()},
                    {"explains", factor.share}});
  return json;
}

}  // namespace

std::string sentence(const ComparedFunnel& funnel) {
  const double ratio = funnel.came / funnel.planned;
  std::string text = fmt::format("{}: {} {} requests/s were estimated, {} came: {}.",
                                 funnel.clients, number_text(funnel.planned, 4), funnel.requests,
                                 number_text(funnel.came, 4), times(ratio));
  if (std::abs(ratio - 1) < 0.02) return text + " The funnel is as assumed.";
  const auto most = std::max_element(
      funnel.factors.begin(), funnel.factors.end(),
      [](const ComparedFactor& a, const ComparedFactor& b) { return a.share < b.share; });
  text += fmt::format(" Most of it is {}, {} instead of {}: {} of {}", most->name,
                      value_text(*most, most->came), value_text(*most, most->planned),
                      times(most->ratio()), times(ratio));
  for (const ComparedFactor& factor : funnel.factors)
    if (factor.name != most->name)
      text += std::abs(factor.ratio() - 1) < 0.02
                  ? fmt::format("; {} as assumed", factor.name)
                  : fmt::format("; {} {}", factor.name, times(factor.ratio()));
  return text + ".";
}

std::string plan_text(const PlanComparison& plan) {
  std::string text = fmt::format("{} is the estimate.\n", plan.this_is_the_plan ? "this" : "other");
  for (const ComparedFunnel& funnel : plan.funnels)
    text += "\n" + sentence(funnel) + "\n" + aligned_text(funnel_rows(funnel));
  if (plan.links.empty()) return text;
  text += "\n" + aligned_text(link_rows(plan, most_links));
  if (plan.links.size() > most_links)
    text += fmt::format("... and {} more that differ less\n", plan.links.size() - most_links);
  return text;
}

std::string plan_html(const PlanComparison& plan) {
  std::string html = "<h3>Estimate against run</h3>\n";
  for (const ComparedFunnel& funnel : plan.funnels)
    html += "<p>" + html_escaped(sentence(funnel)) + "</p>\n" + html_of(funnel_rows(funnel));
  if (plan.links.empty()) return html;
  html += html_of(link_rows(plan, most_links));
  if (plan.links.size() <= most_links) return html;
  return html + html_details(fmt::format("All {} links", plan.links.size()),
                             html_of(link_rows(plan, plan.links.size())));
}

nlohmann::ordered_json plan_json(const PlanComparison& plan) {
  using Json = nlohmann::ordered_json;
  Json json{{"this_is_the_estimate", plan.this_is_the_plan},
            {"funnels", Json::array()},
            {"links", Json::array()}};
  for (const ComparedFunnel& funnel : plan.funnels)
    json["funnels"].push_back({{"clients", funnel.clients},
                               {"requests", funnel.requests},
                               {"estimate", funnel.planned},
                               {"run", funnel.came},
                               {"says", sentence(funnel)},
                               {"factors", json_of(funnel.factors)}});
  for (const ComparedLink& link : plan.links)
    json["links"].push_back({{"name", link.name},
                             {"estimate", link.planned},
                             {"run", link.came},
                             {"error", link.planned - link.came},
                             {"mostly", link.mostly},
                             {"parts", json_of(link.parts)}});
  return json;
}

}  // namespace springtide::reports
