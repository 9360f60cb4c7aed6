#include "cli/outcome.h"

#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "measure/result_directory.h"
#include "measure/statistics/estimates.h"

namespace springtide::cli {
namespace {

using measure::Check;
using measure::Ledger;
using measure::Verdict;
using Json = nlohmann::json;

const char* verdict_word(int exit_code) {
  switch (exit_code) {
    case exit_passed: return "passed";
    case exit_invalid_result: return "invalid";
    case exit_threshold_failed: return "threshold failed";
    default: return "interrupted";
  }
}

// In the order in which they are told.
std::vector<std::pair<const char*, std::int64_t>> entries(const Ledger& ledger) {
  return {{"offered", ledger.offered},     {"answered", ledger.answered},
          {"refused", ledger.refused},     {"dropped", ledger.dropped},
          {"lost", ledger.lost},           {"timed out", ledger.timed_out},
          {"in flight", ledger.in_flight}, {"not sent", ledger.not_sent}};
}

// "48231004" -> "48 231 004".
std::string grouped(std::int64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3 + (count < 0 ? 1u : 0u); at -= 3)
    text.insert(at - 3, " ");
  return text;
}

std::string with_unit(double value, const std::string& unit) {
  if (std::isnan(value)) return "no data";
  return fmt::format("{:.5g}{}{}", value, unit.empty() ? "" : " ", unit);
}

// "22.7 s", "28 min 4 s": for the eye.
std::string simulated_time(Duration duration) {
  const std::int64_t seconds = duration / second;
  if (seconds < 120) return fmt::format("{:.4g} s", duration.seconds());
  const std::string minutes = fmt::format("{} min {} s", seconds / 60 % 60, seconds % 60);
  return seconds < 3600 ? minutes : fmt::format("{} h {}", seconds / 3600, minutes);
}

std::string line(std::string_view label, std::string_view content) {
  return fmt::format("{:<12} {}\n", label, content);
}

// Of a service chain its headline: what was answered within the deadline of the client. Rounded
// down, so that 100 % are all.
std::string in_time(const std::string& operation, const measure::Record& record) {
  for (const measure::Figure& figure : record.figures)
    if (figure.name == operation + ".goodput.share" && std::isfinite(figure.value))
      return fmt::format(", in time {:.6g} %", std::floor(figure.value * 1e5) / 1e3);
  return "";
}

std::string ledger_lines(const measure::Record& record) {
  std::string text;
  for (const auto& [operation, ledger] : record.ledgers) {
    std::string content;
    for (const auto& [name, count] : entries(ledger)) {
      if (count == 0 && std::string_view(name) != "offered") continue;
      content += fmt::format("{}{} {}", content.empty() ? "" : ", ", name, grouped(count));
    }
    text += line(operation, content + in_time(operation, record));
  }
  return text;
}

std::string threshold_lines(const std::vector<Verdict>& verdicts) {
  std::string text;
  for (const Verdict& verdict : verdicts) {
    const auto word =
        verdict.passed ? coloured("pass", Colour::good) : coloured("FAIL", Colour::bad);
    text += line("threshold", fmt::format("{}  {} {}: {}", word, verdict.metric, verdict.expression,
                                          with_unit(verdict.observed, verdict.unit)));
  }
  return text;
}

// "shake.latency  p50 0.31 ms, p99 2.1 ms, ..." for every operation.
std::string latency_lines(const measure::Record& record) {
  std::string text;
  for (const auto& [operation, ledger] : record.ledgers)
    for (const char* which : {".latency", ".from-send"}) {
      const auto found = record.distributions.find(operation + which);
      if (found == record.distributions.end() || found->second.empty()) continue;
      std::string content = operation + which;
      for (const auto& [name, p] :
           {std::pair{"p50", 0.5}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1.0}})
        content += fmt::format("  {} {:.4g} ms", name,
                               static_cast<double>(*found->second.quantile(p)) * 1e-6);
      text += line("", content);
    }
  return text;
}

// "estimate     client.total: 1.1e10 requests, 1.099e10 to 1.101e10": rows of the table
// "estimates", each of five cells.
std::string estimate_lines(const measure::Record& record) {
  const std::string from = measure::estimated_from(record);
  const auto estimates = record.tables.find(measure::estimates_table);
  if (from.empty() || estimates == record.tables.end()) return {};
  std::string text = line("estimated", from + "; 95 % intervals");
  for (std::size_t i = 1; i < estimates->second.size(); ++i) {
    const std::vector<std::string>& row = estimates->second[i];
    text += line("estimate", fmt::format("{}: {} {}, {} to {}", row.at(0), row.at(1), row.at(4),
                                         row.at(2), row.at(3)));
  }
  return text;
}

std::string broken_lines(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks)
    if (!check.holds)
      text += line("BROKEN", coloured(check.name, Colour::bad) + ": " + check.detail);
  return text;
}

}  // namespace

int exit_code_of(const measure::Record& record) {
  if (!record.complete) return exit_interrupted;
  for (const Check& check : record.checks)
    if (!check.holds) return exit_invalid_result;
  for (const Verdict& verdict : record.verdicts)
    if (!verdict.passed) return exit_threshold_failed;
  return exit_passed;
}

std::string to_text(const Outcome& outcome) {
  const measure::Record& record = outcome.record;
  const int code = exit_code_of(record);
  std::string text = line("scenario", outcome.title);
  text += line("seed", std::to_string(outcome.seed));
  if (!outcome.live) text += line("fingerprint", record.fingerprint);
  text += outcome.live
              ? line("driven", simulated_time(record.duration))
              : line("simulated", fmt::format("{} in {:.1f} s", simulated_time(record.duration),
                                              outcome.wall_seconds));
  text += ledger_lines(record) + estimate_lines(record);
  if (outcome.live) text += latency_lines(record);
  for (const std::string& note : outcome.notes) text += line("note", note);
  text += threshold_lines(record.verdicts);
  text += broken_lines(record.checks);
  text += line("result", outcome.directory);
  if (!outcome.report.empty()) text += line("report", outcome.report);
  std::string verdict(verdict_word(code));
  if (code == exit_passed && record.verdicts.empty()) verdict += " (no thresholds)";
  if (code == exit_interrupted) verdict += ": all values are partial";
  text += line("verdict", coloured(verdict, code == exit_passed ? Colour::good : Colour::bad));
  return text;
}

std::string to_json(const Outcome& outcome) {
  const measure::Record& record = outcome.record;
  const int code = exit_code_of(record);
  Json json = {{"title", outcome.title},
               {"seed", outcome.seed},
               {"fingerprint", record.fingerprint},
               {"verdict", verdict_word(code)},
               {"exit_code", code},
               {"result", outcome.directory},
               {"report", outcome.report.empty() ? Json() : Json(outcome.report)},
               {"requests", Json::object()},
               {"figures", Json::object()},
               {"thresholds", Json::array()},
               {"broken", Json::array()}};
  if (const std::string from = measure::estimated_from(record); !from.empty())
    json["estimated"] = from;
  for (const auto& [operation, ledger] : record.ledgers)
    for (const auto& [name, count] : entries(ledger)) json["requests"][operation][name] = count;
  for (const measure::Figure& figure : record.figures)
    json["figures"][figure.name] = {{"value", figure.value}, {"unit", figure.unit}};
  for (const Verdict& verdict : record.verdicts)
    json["thresholds"].push_back({{"metric", verdict.metric},
                                  {"expression", verdict.expression},
                                  {"observed", verdict.observed},
                                  {"unit", verdict.unit},
                                  {"passed", verdict.passed}});
  for (const Check& check : record.checks)
    if (!check.holds) json["broken"].push_back({{"name", check.name}, {"detail", check.detail}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace springtide::cli
