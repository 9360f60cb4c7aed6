#include "reports/service_chain/timeline.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/page/html.h"
#include "reports/phases.h"

namespace springtide::reports {
namespace {

using measure::Mark;

struct Row {
  std::string kind, label;
  std::vector<Mark> marks;
};

std::vector<Row> rows_of(const measure::Record& record) {
  std::vector<Row> rows;
  for (const Mark& mark : in_order_of_time(record.marks)) {
    if (mark.kind != "playbook" && mark.kind != "incident") continue;
    auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) {
      return one.kind == mark.kind && one.label == mark.label;
    });
    if (row == rows.end()) row = rows.insert(row, {mark.kind, mark.label, {}});
    row->marks.push_back(mark);
  }
  return rows;
}

}  // namespace

std::string timeline_html(const measure::Record& record) {
  const std::vector<Row> rows = rows_of(record);
  const double end = record.duration.seconds();
  if (rows.empty() || !(end > 0)) return "";
  const auto at = [&](Instant instant) {
    return std::clamp(100 * instant.since_start().seconds() / end, 0.0, 100.0);
  };
  const auto words = [&](Instant instant) {
    return time_text(instant.since_start().seconds(), record.clock_at_start);
  };
  std::string html = "<div class=\"spans\">\n";
  for (const Row& row : rows) {
    std::string bars, when;
    for (const Mark& mark : row.marks) {
      bars += fmt::format("<i style=\"left:{:.2f}%;width:{:.2f}%\"></i>", at(mark.from),
                          at(mark.to) - at(mark.from));
      when += (when.empty() ? "" : ", ") + words(mark.from);
      if (mark.to > mark.from) when += " to " + words(mark.to);
    }
    html += fmt::format(
        "<span>{} <span class=\"faint\">{}</span></span><div class=\"{}\">{}</div>"
        "<span class=\"faint\">{}</span>\n",
        html_escaped(row.label), html_escaped(row.kind), html_escaped(row.kind), bars,
        html_escaped(when));
  }
  return html + "</div>\n";
}

}  // namespace springtide::reports
