#include "reports/service_chain/waterfall.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/page/html.h"
#include "reports/rows.h"

namespace springtide::reports {
namespace {

constexpr double ns_per_ms = 1e6;

// One attempt of one call; instants in ms since the request was intended, NaN where there is none.
struct Attempt {
  std::string call, machine, heard_as, left_as;
  long long number = 0;
  bool fallback = false, in_flight = false;
  double sent = 0, arrived = 0, began = 0, served = 0, left = 0, heard = 0;
  std::vector<std::size_t> within;  // it
  int depth = 0;
};

struct Request {
  std::string operation, ended;
  double at = 0, took = 0, end = 0;  // s; ms; ms: the end of the picture
  bool missed = false, cut = false;
  std::vector<Attempt> attempts;
  std::vector<std::size_t> roots;
};

Attempt attempt_of(const Rows& rows, std::size_t row) {
  Attempt attempt;
  attempt.call = rows.text(row, "call");
  attempt.machine = rows.text(row, "machine");
  attempt.number = rows.count(row, "attempt");
  attempt.heard_as = rows.text(row, "heard as");
  attempt.left_as = rows.text(row, "left as");
  attempt.fallback = rows.text(row, "fallback") == "yes";
  attempt.sent = rows.number(row, "sent_ms");
  attempt.arrived = rows.number(row, "arrived_ms");
  attempt.began = rows.number(row, "began_ms");
  attempt.served = rows.number(row, "served_ms");
  attempt.left = rows.number(row, "left_ms");
  attempt.heard = rows.number(row, "heard_ms");
  return attempt;
}

std::vector<Request> requests_of(const Rows& rows) {
  std::vector<Request> requests;
  std::string last;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.text(row, "request") != last || requests.empty()) {
      last = rows.text(row, "request");
      Request& request = requests.emplace_back();
      request.operation = rows.text(row, "operation");
      request.ended = rows.text(row, "ended");
      request.at = rows.number(row, "at_s");
      request.took = request.end = rows.number(row, "took_ms");
      request.missed = rows.text(row, "missed") == "yes";
      request.cut = rows.text(row, "cut") == "yes";
    }
    Request& request = requests.back();
    const std::size_t number = request.attempts.size();
    Attempt attempt = attempt_of(rows, row);
    for (const double instant : {attempt.heard, attempt.left})
      if (instant > request.end) request.end = instant;
    const std::string within = rows.text(row, "within");
    const auto parent = static_cast<std::size_t>(rows.count(row, "within"));
    if (within.empty() || parent >= number) {
      request.roots.push_back(number);
    } else {
      attempt.depth = request.attempts[parent].depth + 1;
      request.attempts[parent].within.push_back(number);
    }
    request.attempts.push_back(std::move(attempt));
  }
  return requests;
}

class Picture {
 public:
  explicit Picture(const Request& request) : request_(request) {}

  std::string html() {
    html_ = "<div class=\"spans falls\">\n";
    for (const std::size_t root : request_.roots) add(root);
    return html_ + "<span></span><p class=\"axis faint\"><span>0</span><span>" +
           duration_text(request_.end * ns_per_ms) + "</span></p><span></span>\n</div>\n";
  }

 private:
  void add(std::size_t number) {
    const Attempt& attempt = request_.attempts[number];
    html_ += fmt::format("<span style=\"padding-left:{:.1f}rem\">{}{}</span><div>{}</div>{}\n",
                         0.9 * attempt.depth, html_escaped(attempt.call), detail(attempt),
                         bars(attempt), end_of(attempt));
    for (const std::size_t inner : attempt.within) add(inner);
  }

  static std::string detail(const Attempt& attempt) {
    std::string text;
    if (attempt.number > 1) text += fmt::format(", attempt {}", attempt.number);
    if (!attempt.machine.empty()) text += ", machine " + attempt.machine;
    return text.empty() ? "" : " <span class=\"faint\">" + html_escaped(text.substr(2)) + "</span>";
  }

  std::string bar(const char* what, double from, double to) const {
    if (std::isnan(from) || std::isnan(to) || !(to > from) || !(request_.end > 0)) return "";
    return fmt::format("<i class=\"{}\" style=\"left:{:.2f}%;width:{:.2f}%\"></i>", what,
                       100 * from / request_.end, 100 * (to - from) / request_.end);
  }

  // What the callee did until its caller no longer waited, and after that.
  std::string bars(const Attempt& attempt) const {
    const double heard = std::isnan(attempt.heard) ? request_.end : attempt.heard;
    const auto until = [&](double instant) {
      return std::min(std::isnan(instant) ? heard : instant, heard);
    };
    const double left = std::isnan(attempt.left) ? request_.end : attempt.left;
    std::string html = bar("asked", attempt.sent, heard);
    if (std::isnan(attempt.arrived)) return html;
    html += bar("waits", attempt.arrived, until(attempt.began));
    html += bar("works", attempt.began, until(attempt.served));
    html += bar("calls", attempt.served, until(attempt.left));
    return html + bar("unheard", heard, left);
  }

  static std::string end_of(const Attempt& attempt) {
    std::string text = attempt.heard_as.empty() ? "no answer" : attempt.heard_as;
    if (attempt.number == 0 && attempt.heard_as == "answered") text = "from the cache";
    if (attempt.fallback) text += ", then the fallback";
    if (attempt.heard == attempt.sent)
      text += " at once";
    else if (!std::isnan(attempt.heard))
      text = duration_text((attempt.heard - attempt.sent) * ns_per_ms) + " " + text;
    if (attempt.left > attempt.heard) text += ", worked on";
    const bool good = attempt.heard_as == "answered" || attempt.heard_as == "degraded";
    return fmt::format("<span class=\"{}\">{}</span>", good ? "faint" : "ill", html_escaped(text));
  }

  const Request& request_;
  std::string html_;
};

std::string title_of(const measure::Record& record, const Request& request) {
  return fmt::format("{}, {}: {} after {}{}", request.operation,
                     time_text(std::floor(request.at), record.clock_at_start), request.ended,
                     duration_text(request.took * ns_per_ms),
                     !request.missed               ? ", in time"
                     : request.ended == "answered" ? ", late"
                                                   : "");
}

bool worse(const Request& a, const Request& b) {
  return a.missed != b.missed ? a.missed : a.took > b.took;
}

constexpr const char* legend =
    "<ul class=\"legend\">\n<li style=\"--swatch:var(--line-7)\"><i></i>waits for a worker</li>\n"
    "<li style=\"--swatch:var(--line-1)\"><i></i>works</li>\n"
    "<li style=\"--swatch:var(--line-8)\"><i></i>its own calls</li>\n"
    "<li style=\"--swatch:var(--bad)\"><i></i>worked on, nobody waits any more</li>\n</ul>\n";

}  // namespace

std::string waterfalls_html(const measure::Record& record) {
  const std::vector<Request> requests = requests_of(Rows(record, "slow-requests"));
  if (requests.empty()) return "";
  std::map<std::string, const Request*> slowest;
  for (const Request& request : requests) {
    const Request*& best = slowest[request.operation];
    if (best == nullptr || worse(request, *best)) best = &request;
  }
  std::string html = legend;
  for (const Request& request : requests) {
    std::string picture = Picture(request).html();
    if (request.cut) picture += "<p class=\"about\">It made more calls than are followed.</p>\n";
    html +=
        html_details(title_of(record, request), picture, slowest.at(request.operation) == &request);
  }
  return html;
}

}  // namespace springtide::reports
