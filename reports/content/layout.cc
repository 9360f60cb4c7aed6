#include "reports/content/layout.h"

namespace springtide::reports {
namespace {

using Kind = Panel::Kind;

// Order is the order on the page; within it, what is named more closely comes before what would
// also match ("*.run-queue" before "*queue*"), or excludes it.
const std::vector<Section> sections{
    {"Requests",
     "What the clients were meant to send, sent, and what the servers counted, second by second.",
     {{Kind::series, "Requests per second",
       "*.requests|*.requests-sent|*.sent|*.shakes|*.offered|*.arrivals|*.throughput|*.carried"
       "|*.answered|*.completed|*.departures|requests|offered|answered|!network.*|!link.*"
       "|!*packet*",
       "Counted by clock second where it happened. Shaded: the phases of the run."},
      {Kind::sums_of_minutes, "Requests per minute",
       "client.requests|server.requests|server.carried", "Sums of whole minutes."},
      {Kind::series, "Answers per second", "*.answers|*.responses|!network.*|!link.*|!*packet*",
       "Counted by clock second where they arrived."},
      {Kind::series, "Logins per second", "*login*", "How the population comes online."},
      {Kind::series, "Connections", "*connect*|*online*|!network.*", ""}},
     "*.requests*|*.offered*|*.answered*|*.throughput*|*login*|*connect*|*online*|*.rate",
     "*requests*|*operations*"},

    {"Estimates",
     "Not all servers were simulated: every total, series and quantile of this page is estimated "
     "from those that were. The intervals hold the value of the whole fleet 95 times in a hundred.",
     {},
     "",
     "estimates|sample"},

    {"The crowd",
     "Users as individuals: who reacts to a cue, who shakes, and what their phones answer without "
     "asking.",
     {{Kind::series, "Users", "crowd.*|!*answers*", "Marked below: the cues on air."},
      {Kind::series, "Answered by the phone itself", "crowd.*", ""}},
     "crowd.*",
     "cues|crowd*",
     "crowd.*"},

    {"Refused, dropped, not sent",
     "Four different fates: refused by the server, dropped from a full queue, timed out, and "
     "never sent because the client missed its instant.",
     {{Kind::series, "Requests that failed",
       "*refus*|*overload*|*drop*|*timed-out*|*timeout*|*shed*|*not-sent*|*skipped*|*late*"
       "|*failed*|*error*|*retr*|*abandon*|!network.*|!link.*|!*.network*|!*.nic*|!*latency*",
       ""},
      {Kind::series, "Users that missed their second", "*missed*", ""}},
     "*refus*|*overload*|*drop*|*timed-out*|*shed*|*not-sent*|*skipped*|*late*|*missed*|*failed*"
     "|!network.*|!link.*|!*.network*|!*.nic*|!*latency*|!*latest*",
     "*refus*|*drop*"},

    {"Red packets",
     "Packets put into the pools, and packets that reached a user.",
     {{Kind::series, "Packets issued and received",
       "*packet*|*hongbao*|!*share*|!network.*|!link.*|!*packet-queue*|!*packets-per*"
       "|!*network-card*",
       "A packet waits in its pool until the next request of any user of the same SET.", "phase",
       "packets|incident|cue"},
      {Kind::series, "Shares of packets opened", "*packet*share*|!network.*|!link.*",
       "A sent packet is split among its recipients, who open their shares."},
      {Kind::heat, "row by row over time", "packets.*|*.packets*", ""}},
     "*packet*|*money*|*amount*|!network.*|!link.*",
     "*packet*|!network*"},

    {"Latency",
     "From the instant at which a request was meant to be sent to the last byte of its answer, "
     "unless the name says otherwise.",
     {{Kind::quantiles_over_time, "over time", "*|!*gc*|!*pause*",
       "Quantiles of the requests of each {slice}."},
      {Kind::distribution, "Distribution", "*|!*gc*|!*pause*",
       "How many requests in a hundred were at least this fast. Each step to the right is ten "
       "times rarer."}},
     "*latency*|*.wait*|*.sojourn*|*.response-time*",
     "*latency*|*quantile*"},

    {"Hottest and coldest",
     "Servers and clusters side by side: a line each, from the first to the last second. Who is "
     "hot "
     "while others are cold has more users, fewer processors, or bad luck.",
     {{Kind::heat, "row by row over time", "*|!packets.*|!*.packets*", ""}},
     "*.hottest|*.coldest",
     "hottest*|coldest*"},

    {"Sites and carriers",
     "What each part of the fleet carried.",
     {{Kind::series, "Connections",
       "site.*connect*|city.*connect*|cluster.*connect*|carrier.*connect*", ""},
      {Kind::series, "Requests per second, by site", "site.*.requests|city.*.requests", ""},
      {Kind::series, "Requests per second, by carrier", "carrier.*.requests", ""},
      {Kind::series, "Requests per second, by cluster", "cluster.*.requests", ""},
      {Kind::series, "Bandwidth, by site", "site.*.bandwidth-*", ""},
      {Kind::series, "Bandwidth towards the servers, by cluster", "cluster.*.bandwidth-in", ""},
      {Kind::series, "Bandwidth of answers, by cluster", "cluster.*.bandwidth-out", ""},
      {Kind::series, "Fleet", "fleet.*|city.*|cluster.*|carrier.*|site.*", ""}},
     "fleet.*|city.*|cluster.*|carrier.*|site.*",
     "fleet*|cit*|cluster*|site*|carrier*",
     "fleet.*|city.*|cluster.*|carrier.*|site.*"},

    {"Behind the access servers",
     "What winners set off: operations that wait for their back end while the access servers go "
     "on.",
     {{Kind::series, "Operations waiting", "backend.*.backlog", ""},
      {Kind::series, "Operations per second", "backend.*", ""},
      {Kind::quantiles_over_time, "over time", "backend.*",
       "Quantiles of the operations of each {slice}."},
      {Kind::distribution, "From winning to done", "backend.*", ""}},
     "backend.*",
     "backend*",
     "backend*"},

    {"Static resources",
     "Pictures and sounds that a cue shows: pushed before the night, or fetched at the cue by who "
     "lacks them.",
     {{Kind::series, "Bandwidth, with the push and without it",
       "resources.bandwidth|resources.without-preload", ""},
      {Kind::series, "Bandwidth by link, with the push", "resources.*.bandwidth", ""},
      {Kind::series, "Bandwidth by link, without the push", "resources.*.without-preload", ""},
      {Kind::series, "Waiting", "resources.*", ""},
      {Kind::quantiles_over_time, "over time", "resources.*",
       "Quantiles of the fetches of each {slice}."},
      {Kind::distribution, "How long a fetch takes", "resources.*", ""}},
     "resources.*",
     "resources*",
     "resources*"},

    {"Live control",
     "How long after a cue every server has the configuration that belongs to it.",
     {{Kind::series, "Servers with the newest configuration", "control.*", ""},
      {Kind::quantiles_over_time, "over time", "control.*",
       "Quantiles of the changes of each {slice}."},
      {Kind::distribution, "From the cue to the server", "control.*", ""}},
     "control.*",
     "control*",
     "control*"},

    {"Incidents",
     "",
     {{Kind::series, "Connections lost and back", "incident.*", ""}},
     "incident.*",
     "incident*",
     "incident.*|incidents"},

    {"Processors",
     "",
     {{Kind::series, "Utilisation", "*utilisation*|*utilization*|*.busy*|*idle*",
       "Share of the time in which processors were busy."},
      {Kind::series, "Run queues", "*run-queue*|*runnable*|*goroutine*|*.steals*|*switches*",
       "How many runnable goroutines wait for a processor."}},
     "*utilisation*|*utilization*|*run-queue*|*goroutine*|*steal*|*switch*|*preempt*",
     "*processor*|*scheduler*"},

    {"Garbage collection",
     "",
     {{Kind::marks, "Cycles", "gc|gc-*|*.gc",
       "Each point is one cycle: when it began and how long it lasted."},
      {Kind::distribution, "Pauses", "*gc*|*pause*",
       "How many pauses in a hundred were at most this long."},
      {Kind::series, "Work of the collector", "*gc*|*marking*|*assist*|*sweep*", "", "phase",
       "gc|gc-*|incident|cue"},
      {Kind::series, "Memory", "*heap*|*stack*|*memory*|*alloc*|*rss*", "", "phase",
       "gc|gc-*|incident|cue"}},
     "*gc*|*cycle*|*heap*|*stack*|*memory*|*alloc*",
     "*gc*|*pause*|*heap*|*memory*"},

    {"Queues",
     "",
     {{Kind::series, "Queue lengths",
       "*queue*|*.waiting*|*.in-system*|*.backlog*|*.in-flight*|*.pending*", ""}},
     "*queue*|*.waiting*|*.in-system*|*backlog*|*little*",
     "*queue*"},

    {"Network",
     "",
     {{Kind::series, "Packets on the wire",
       "network.*|link.*|*.network*|*.nic*|!*loss*|!*lost*|!*retrans*|!*drop*|!*bytes*", ""},
      {Kind::series, "Bytes on the wire",
       "network.*bytes*|link.*bytes*|*.network*bytes*|*.nic*bytes*", ""},
      {Kind::series, "Losses and retransmissions",
       "*loss*|*lost*|*retrans*|network.*|link.*|*.network*|*.nic*", ""}},
     "network.*|link.*|*.network*|*.nic*|*loss*|*lost*|*retrans*",
     "network*|link*|*loss*"},

    {"The load generator",
     "Whether the machine that made the load kept up with its plan.",
     {{Kind::series, "Load generator", "generator.*|driver.*|host.*|monitor.*", ""}},
     "generator.*|driver.*|host.*|monitor.*",
     "generator*|driver*|host*|preflight*"},

    {"Other measurements",
     "",
     {{Kind::series, "Other", "*", ""},
      {Kind::marks, "Marks", "*|!phase|!packets|!incident",
       "When each happening began and how long it lasted."}},
     "*",
     "*|!assumptions|!sources"},
};

bool glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip)
      if (glob(pattern.substr(1), text.substr(skip))) return true;
    return false;
  }
  return !text.empty() && text.front() == pattern.front() &&
         glob(pattern.substr(1), text.substr(1));
}

}  // namespace

std::span<const Section> report_layout() { return sections; }

bool matches(std::string_view patterns, std::string_view name) {
  bool found = false;
  while (!patterns.empty()) {
    const std::size_t bar = patterns.find('|');
    const std::string_view pattern = patterns.substr(0, bar);
    if (pattern.starts_with('!')) {
      if (glob(pattern.substr(1), name)) return false;
    } else {
      found = found || glob(pattern, name);
    }
    patterns = bar == std::string_view::npos ? "" : patterns.substr(bar + 1);
  }
  return found;
}

}  // namespace springtide::reports
