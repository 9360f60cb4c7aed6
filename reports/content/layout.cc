#include "reports/content/layout.h"

namespace springtide::reports {
namespace {

using Kind = Panel::Kind;

// Order is the order on the page; within it, what is named more closely comes before what would
// also match ("*.run-queue" before "*queue*"), or excludes it.
const std::vector<Section> sections{
    {"Capacity",
     "The scenario, run again and again with one value changed. The knee is the largest offered "
     "load up to which goodput is at least 99 % of it; where the load stays as it is, the first "
     "value from which it is.",
     {{Kind::capacity, "Capacity", "capacity", ""}},
     "capacity.*",
     "capacity",
     "capacity|capacity.*"},

    {"The plan",
     "By theory, before any run: at the busiest moment, at the middle of all inputs. Low and high: "
     "between them lie 80 of 100 draws of the inputs that are not known exactly.",
     {},
     "estimate.*",
     "plan.funnel|plan.operations",
     "plan.funnel|plan.operations|estimate.*"},

    {"What gives way first",
     "All that can run out: the factor by which everything that comes in may grow until it does, "
     "and "
     "the factor up to which the plan allows it. What is needed is needed at the use that the plan "
     "allows.",
     {},
     "",
     "plan.links",
     "plan.links"},

    {"Services, queues and caches of the plan",
     "",
     {},
     "",
     "plan.*",
     "plan.*|!plan.links|!plan.funnel|!plan.operations"},

    {"The funnel over time",
     "As planned.",
     {{Kind::series, "People", "*.exposures|*.clicks", ""},
      {Kind::series, "Requests of clicks", "*.dynamic|*.static", ""}},
     "",
     "",
     "",
     "plan.links"},

    {"Service chain",
     "What became of the requests, and what carried them. Goodput is what was answered within the "
     "deadline of the client: lateness is not free.",
     {{Kind::drawing, "How the requests of each operation ended", "operations",
       "Shares of what was offered. In time: within the deadline. Degraded: answered, but some "
       "part of it is a fallback. "
       "Latencies "
       "from the instant that was intended, of what was answered."},
      {Kind::drawing, "From exposures to answers in time", "funnel", ""},
      {Kind::drawing, "Who calls whom", "graph",
       "Calls a second over the whole run, retries included. The width of a line is what it "
       "carried; dashed: nobody waits. Services that differ in their number only are one node "
       "with a double line."},
      {Kind::drawing, "Who stepped in, and what broke", "timeline", ""},
      {Kind::series, "Requests and goodput", "*.requests|*.goodput", ""},
      {Kind::series, "Answered", "*.answered|*.degraded", ""},
      {Kind::series, "Not answered", "*.refused|*.timed-out|*.failed", ""},
      {Kind::series, "From exposures to clicks", "*.exposures|*.clicks", ""},
      {Kind::series, "Requests of clicks", "*.dynamic|*.static", ""},
      {Kind::series, "Messages that wait, by queue", "queue.*.backlog", ""},
      {Kind::series, "Messages per second", "queue.*", ""}},
     "*.goodput*|queue.*",
     "call-graph|queue*|reconciliation*",
     "queue.*",
     "operations"},

    {"Services",
     "The services of the chain, the busiest first. The worker of a service that waits for its own "
     "calls is busy. Expired: the deadline had passed before the work was begun.",
     {{Kind::drawing, "Each service", "services", ""},
      {Kind::heat, "service by service over time", "service.*", ""},
      {Kind::series, "Calls that arrive, per second", "*.arrivals", "", "phase",
       "incident|cue|playbook", 8},
      {Kind::series, "Calls refused, per second", "*.turned-away", "", "phase",
       "incident|cue|playbook", 8},
      {Kind::series, "Calls that wait", "*.queue", "", "phase", "incident|cue|playbook", 8},
      {Kind::series, "Busy workers", "*.busy", "", "phase", "incident|cue|playbook", 8},
      {Kind::series, "Calls answered, per second", "*.carried", "", "phase",
       "incident|cue|playbook", 8},
      {Kind::series, "Other", "*", "", "phase", "incident|cue|playbook", 8},
      {Kind::distribution, "From arrival to answer", "*", "", "phase", "incident|cue|playbook", 8}},
     "*",
     "services|calls",
     "",
     "services",
     true},

    {"What gives way next",
     "Links of the chain in the order in which they run full: by what factor everything that comes "
     "in may grow until then, if the time that a call holds a worker stays as it was.",
     {},
     "",
     "gives-way",
     "gives-way"},

    {"Slow requests",
     "Of each operation and each sixth of the run the slowest request that was followed, of those "
     "that missed their deadline if any did. About a hundred requests a second are followed.",
     {{Kind::drawing, "Where the time went", "slow-requests",
       "Time since the request was meant to be sent. The thin line: its caller waits for it."}},
     "",
     "slow-requests",
     "",
     "slow-requests"},

    {"Cards and disks",
     "How busy network cards and disks were, and what waited for them.",
     {{Kind::series, "Utilisation", "card.*.utilisation|disk.*.utilisation", "", "phase",
       "incident|cue|playbook", 8},
      {Kind::series, "Cards", "card.*", "", "phase", "incident|cue|playbook", 8},
      {Kind::series, "Disks", "disk.*", "", "phase", "incident|cue|playbook", 8}},
     "card.*|disk.*",
     "cards|disks|devices",
     "card.*|disk.*"},

    {"Caches",
     "",
     {{Kind::series, "Hits and misses", "cache.*", "", "phase", "incident|cue|playbook", 8}},
     "cache.*",
     "caches",
     "cache.*"},

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
