#include "reports/page/verdict.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/chain.h"
#include "reports/chart/axis.h"
#include "reports/content/content.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

using measure::Record;

std::size_t failed_thresholds(const Record& record) {
  return static_cast<std::size_t>(
      std::count_if(record.verdicts.begin(), record.verdicts.end(),
                    [](const measure::Verdict& verdict) { return !verdict.passed; }));
}

std::size_t broken_checks(const Record& record) {
  return static_cast<std::size_t>(std::count_if(record.checks.begin(), record.checks.end(),
                                                [](const auto& check) { return !check.holds; }));
}

std::string thresholds_sentence(const Record& record) {
  const std::size_t all = record.verdicts.size(), failed = failed_thresholds(record);
  if (all == 0) return "The scenario has no thresholds.";
  if (failed == 0)
    return all == 1 ? "The one threshold holds." : fmt::format("All {} thresholds hold.", all);
  return fmt::format("{} of {} thresholds {} not hold.", failed, all, failed == 1 ? "does" : "do");
}

std::string checks_sentence(const Record& record) {
  const std::size_t all = record.checks.size(), broken = broken_checks(record);
  if (all == 0) return "";
  if (broken == 0)
    return all == 1 ? " The one check of the run itself holds."
                    : fmt::format(" All {} checks of the run itself hold.", all);
  return fmt::format(
      " {} of {} checks of the run itself {} broken: nothing may be concluded "
      "from it.",
      broken, all, broken == 1 ? "is" : "are");
}

struct Tone {
  const char* word;
  const char* tone;
};

Tone tone_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return {"Passed", "good"};
    case Outcome::failed: return {"Failed", "bad"};
    case Outcome::invalid: return {"Invalid", "bad"};
    case Outcome::partial: return {"Partial: the run was interrupted", "warn"};
    case Outcome::measured: return {"Measured", "plain"};
  }
  return {"", ""};
}

// Never "100 %" or "0 %" of something that is not.
std::string percent_text(std::int64_t part, std::int64_t whole) {
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  for (int digits = 3; digits < 10; ++digits)
    if (const std::string text = number_text(percent, digits); text != "100" || part == whole)
      return text + " %";
  return "> 99.999 %";
}

std::string share_text(std::int64_t part, std::int64_t whole) {
  const std::string count = count_text(part);
  if (whole == 0 || part == 0 || part == whole) return count;
  return fmt::format("{} <span class=\"faint\">({})</span>", count, percent_text(part, whole));
}

std::string holds_cell(bool holds) {
  return holds ? "<span class=\"good\">holds</span>" : "<span class=\"bad\">does not hold</span>";
}

std::string cell(const char* name, const std::string& value, const std::string& more = "") {
  return fmt::format("<div><dt>{}</dt><dd>{}{}</dd></div>\n", html_escaped(name), value,
                     more.empty() ? "" : " <small>" + html_escaped(more) + "</small>");
}

std::string margin_cell(std::optional<double> left) {
  if (!left) return "–";
  const std::string text = (*left > 0 ? "+" : "") + number_text(*left, 3) + " %";
  return *left < 0 ? "<span class=\"bad\">" + text + "</span>" : text;
}

// "The first to give way is server-cores: 12 % more than its load."
std::string tightest_sentence(const std::vector<ChainLink>& links) {
  const ChainLink* tightest = nullptr;
  for (const ChainLink& link : links)
    if (link.left() && (!tightest || *link.left() < *tightest->left())) tightest = &link;
  if (!tightest) return "";
  const double left = *tightest->left();
  const std::string name = html_code(tightest->name);
  return left < 0 ? fmt::format("{} had to carry {} % more than it can within the thresholds.",
                                name, number_text(100 * (1 / (1 + left / 100) - 1), 3))
                  : fmt::format("The first to give way is {}: it can carry {} % more.", name,
                                number_text(left, 3));
}

// Of a run that follows a programme.
std::string peak_cells(const Record& record) {
  std::string html;
  for (const Peak& peak : peaks_of(record.series, record.marks))
    html += cell(peak.name, number_text(peak.requests, 4),
                 "requests, " + time_text(static_cast<double>(peak.at), record.clock_at_start));
  return html;
}

HtmlTable checks_table(const Record& record, bool holding) {
  HtmlTable table;
  table.header = {"check", "", "detail"};
  table.text_columns = 3;
  for (const measure::Check& check : record.checks)
    if (check.holds == holding)
      table.rows.push_back(
          {html_escaped(check.name), holds_cell(check.holds), html_escaped(check.detail)});
  return table;
}

}  // namespace

std::string verdict_html(const Record& record) {
  const Tone tone = tone_of(outcome_of(record));
  std::string text = thresholds_sentence(record) + checks_sentence(record);
  if (!record.complete) text = "All values cover only the part that was run. " + text;
  return fmt::format(
      "<div class=\"verdict tone-{}\" role=\"status\"><strong>{}</strong>"
      "<p>{}</p></div>\n",
      tone.tone, tone.word, html_escaped(text));
}

std::string thresholds_html(const Record& record) {
  if (record.verdicts.empty()) return "";
  HtmlTable table;
  table.header = {"metric", "threshold", "", "observed", "bound", "margin"};
  table.text_columns = 3;
  for (const measure::Verdict& verdict : record.verdicts)
    table.rows.push_back({html_code(verdict.metric), html_code(verdict.expression),
                          holds_cell(verdict.passed),
                          html_escaped(with_unit(verdict.observed, verdict.unit)),
                          html_escaped(with_unit(verdict.bound, verdict.unit)),
                          html_escaped(with_unit(verdict.margin, verdict.unit))});
  return table.html();
}

std::string margins_html(const Record& record) {
  const std::vector<ChainLink> links = links_of_chain(record.figures);
  if (links.empty()) return "";
  HtmlTable table;
  table.header = {"link of the chain", "what limits it", "load at the peak", "capacity", "margin"};
  table.text_columns = 2;
  const auto value = [](const measure::Figure* figure) {
    return figure ? html_escaped(with_unit(figure->value, figure->unit)) : std::string("–");
  };
  for (const ChainLink& link : links)
    table.rows.push_back({html_code(link.name),
                          link.capacity ? html_escaped(link.capacity->about) : "", value(link.load),
                          value(link.capacity), margin_cell(link.left())});
  return "<h3>Margin at the peak</h3>\n<p class=\"about\">" + tightest_sentence(links) + "</p>\n" +
         table.html();
}

std::string checks_html(const Record& record) {
  std::string html;
  if (const HtmlTable broken = checks_table(record, false); !broken.rows.empty())
    html += broken.html();
  if (const HtmlTable holding = checks_table(record, true); !holding.rows.empty())
    html += html_details(fmt::format("What was checked and holds ({})", holding.rows.size()),
                         holding.html());
  return html;
}

std::string ledgers_html(const Record& record) {
  if (record.ledgers.empty()) return "";
  HtmlTable table;
  table.header = {"operation", "offered", "answered",  "refused",
                  "dropped",   "lost",    "timed out", "in flight at the end",
                  "never sent"};
  for (const auto& [name, ledger] : record.ledgers) {
    std::vector<std::string> row{html_code(name), count_text(ledger.offered)};
    for (const std::int64_t part : {ledger.answered, ledger.refused, ledger.dropped, ledger.lost,
                                    ledger.timed_out, ledger.in_flight})
      row.push_back(share_text(part, ledger.offered));
    row.push_back(share_text(ledger.not_sent, ledger.offered + ledger.not_sent));
    table.rows.push_back(std::move(row));
  }
  return "<h3>Where every request ended</h3>\n" + table.html();
}

namespace {

// The latencies to look at first: of the operations that were asked most, then the others.
std::vector<std::string> first_latencies(const Record& record, std::size_t most) {
  constexpr std::string_view ending = "latency";
  const auto asked = [&](const std::string& name) {
    if (name.size() <= ending.size()) return std::int64_t{-1};
    const auto ledger = record.ledgers.find(name.substr(0, name.size() - ending.size() - 1));
    return ledger == record.ledgers.end() ? std::int64_t{-1} : ledger->second.offered;
  };
  std::vector<std::string> names;
  for (const auto& [name, histogram] : record.distributions)
    if (name.ends_with(ending) && !histogram.empty()) names.push_back(name);
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& a, const std::string& b) { return asked(a) > asked(b); });
  names.resize(std::min(names.size(), most));
  return names;
}

// Of a service chain: answered within the deadlines of the clients, of all that was asked.
std::string in_time_cell(const Record& record) {
  double offered = 0, in_time = 0;
  for (const measure::Figure& figure : record.figures) {
    constexpr std::string_view suffix = ".goodput.share";
    if (!figure.name.ends_with(suffix)) continue;
    const auto ledger =
        record.ledgers.find(figure.name.substr(0, figure.name.size() - suffix.size()));
    if (ledger == record.ledgers.end() || ledger->second.offered == 0) continue;
    offered += static_cast<double>(ledger->second.offered);
    in_time += static_cast<double>(ledger->second.offered) * figure.value;
  }
  if (offered == 0) return "";
  return cell("goodput", percent_text(std::llround(in_time), std::llround(offered)),
              "answered within the deadline");
}

}  // namespace

std::string glance_html(const Record& record) {
  std::string html;
  std::int64_t offered = 0, answered = 0;
  for (const auto& [name, ledger] : record.ledgers) {
    offered += ledger.offered;
    answered += ledger.answered;
  }
  const double seconds = record.duration.seconds();
  html += cell("duration", run_length_text(record.duration));
  if (offered > 0) {
    html += cell("requests offered", count_text(offered),
                 number_text(static_cast<double>(offered) / seconds, 4) + "/s");
    html += in_time_cell(record);
    html += cell("answered", percent_text(answered, offered));
  }
  html += peak_cells(record);
  for (const std::string& name : first_latencies(record, 3)) {
    const auto& histogram = record.distributions.at(name);
    html += cell((name + ", p99").c_str(),
                 duration_text(static_cast<double>(*histogram.quantile(0.99))),
                 "median " + duration_text(static_cast<double>(*histogram.quantile(0.5))));
  }
  return "<dl class=\"glance\">\n" + html + "</dl>\n";
}

}  // namespace springtide::reports
