// Sections about the course of a run: packets, incidents, phases; and the scenario itself.
#include "spec/keys/section_of.h"

namespace springtide::spec {

template <>
const std::vector<std::string>& words_of<PacketPool::Kind>() {
  static const std::vector<std::string> words{"shake", "sent", "seed"};
  return words;
}

template <>
const std::vector<std::string>& words_of<Incident::Kind>() {
  static const std::vector<std::string> words{"standstill", "loss", "slow",
                                              "failures",   "link", "disk"};
  return words;
}

template <>
const Section& section<PacketPool>() {
  using P = PacketPool;
  static const Section made =
      SectionOf<P>("packets", "red packets, issued in a burst at each whole second")
          .key("kind", &P::kind, {any, false, R"("sent")"},
               "shake: for whoever shakes next; sent: to recipients; seed: for whoever shakes "
               "next, from "
               "a seed file of each server, within limits for each user")
          .key("service", &P::service, {any, true, R"("access")"}, "the service that issues them")
          .key("begin", &P::begin, {not_negative, false, R"("53s")"},
               "when the first second's packets are issued")
          .key("rate", &P::rate, {positive, true, R"("200/s")"}, "packets issued in each second")
          .key("count", &P::count, {at_least(1), true, "40000"}, "packets altogether")
          .key("amount-low", &P::amount_low, {at_least(1), false, "10"},
               "smallest amount, in cents")
          .key("amount-high", &P::amount_high, {at_least(1), false, "309"},
               "largest amount, in cents; all between are alike")
          .key("recipients", &P::recipients, {between(1, 1000), false, "3"},
               "who share a sent packet")
          .key("first-user", &P::first_user, {at_least(0), false, "0"},
               "recipients are drawn from this user on")
          .key("last-user", &P::last_user, {at_least(0), false, "1000000"},
               "and below this one; 0: all users")
          .key("sponsors", &P::sponsors, {between(1, 64), false, "8"},
               "of seed packets; packet i is of sponsor i mod sponsors")
          .key("per-user", &P::per_user, {at_least(0), false, "3"},
               "seed packets that a user may have; 0: not limited")
          .key("per-sponsor", &P::per_sponsor, {at_least(0), false, "1"},
               "seed packets of one sponsor that a user may have; 0: not limited")
          .key("sets-off", &P::sets_off, {at_least(0), false, R"({"open": 1, "share": 3})"},
               "operations that a packet won asks, and how often")
          .check([](const P& p) -> std::optional<Complaint> {
            if (p.amount_low > p.amount_high)
              return Complaint{"amount-high", "the largest amount is below the smallest",
                               "at least \"amount-low\"", ""};
            if (p.last_user != 0 && p.first_user >= p.last_user)
              return Complaint{"last-user", "no user lies between first-user and last-user",
                               "more than \"first-user\"", ""};
            return {};
          })
          .done();
  return made;
}

namespace {

void where_keys(SectionOf<Incident>& keys) {
  using I = Incident;
  keys.key("kind", &I::kind, {any, false, R"("standstill")"},
           "standstill: a machine does nothing for a time; loss: machines are gone for a time, and "
           "their connections with them; of a service chain also slow: machines take longer; "
           "failures: the first calls of a service fail; link: a link is worse; disk: disks are "
           "slower")
      .key("node", &I::node, {any, false, R"("server")"}, "the node it happens to")
      .key("index", &I::index, {at_least(0), false, "0"}, "which of the node's machines")
      .key("all", &I::all, {any, false, "true"}, "all of the node's machines")
      .key("site", &I::site, {any, false, R"("shanghai")"},
           "of a loss: all its servers; of a service chain: all its machines, or those of the node "
           "or service there")
      .key("carrier", &I::carrier, {any, false, R"("north")"},
           "of a loss: all its servers, in that site if one is named")
      .key("cluster", &I::cluster, {any, false, R"("north-1")"}, "of a loss: all its servers")
      .key("service", &I::service, {any, false, R"("partner")"},
           "of a service chain: all machines of the service")
      .key("link", &I::link, {any, false, R"("wide-area")"}, "of kind link: which");
}

void course_keys(SectionOf<Incident>& keys) {
  using I = Incident;
  keys.key("factor", &I::factor, {positive, false, "10"},
           "of slow: work takes so many times as long; of disk: what is left of the bandwidth")
      .key("calls", &I::calls, {at_least(0), false, "1000"}, "of failures: how many fail")
      .key("delay", &I::delay, {not_negative, false, R"("200ms")"}, "of link: more, each way")
      .key("loss", &I::link_loss, {between(0, 1), false, R"("5%")"}, "of link: more")
      .key("cut", &I::cut, {any, false, "true"}, "of link: nothing gets through")
      .key("at", &I::at, {not_negative, true, R"("111s")"}, "when it begins")
      .key("length", &I::length, {positive, true, R"("3.5s")"}, "how long it lasts")
      .key("enabled", &I::enabled, {any, false, "true"}, "whether it happens at all");
}

}  // namespace

template <>
const Section& section<Incident>() {
  static const Section made = [] {
    SectionOf<Incident> keys("incident", "a disturbance that may be switched on");
    where_keys(keys);
    course_keys(keys);
    return keys.done();
  }();
  return made;
}

template <>
const Section& section<Phase>() {
  static const Section made =
      SectionOf<Phase>("phase", "a span of time that is reported apart")
          .key("from", &Phase::from, {not_negative, true, R"("10min")"}, "its begin")
          .key("to", &Phase::to, {positive, true, R"("18min")"}, "its end, not included")
          .check([](const Phase& phase) -> std::optional<Complaint> {
            if (phase.from < phase.to) return {};
            return Complaint{"to", "the phase ends before it begins", "later than \"from\"", ""};
          })
          .done();
  return made;
}

namespace {

// What the run is made of.
void system_keys(SectionOf<Scenario>& keys) {
  using S = Scenario;
  keys.key("clients", &S::clients,
           {any, true, R"({"crowd": {"plan": {"poisson": "72k/s"}, "asks": "serve"}})"}, "who asks")
      .key("operations", &S::operations, {any, true, R"({"serve": {"calls": {"station": {}}}})"},
           "what they ask for")
      .key(
          "services", &S::services,
          {any, true, R"({"station": {"on": "node", "time": {"exponential": {"mean": "100us"}}}})"},
          "what does the work")
      .key("nodes", &S::nodes, {any, true, R"({"node": {"workers": 8}})"}, "what they run on")
      .key("runtimes", &S::runtimes,
           {any, false, R"({"server": {"preset": "go1.8", "processors": 8}})"},
           "how nodes schedule")
      .key("links", &S::links,
           {any, false, R"({"lan": {"from": "crowd", "to": "station", "delay": "500us"}})"},
           "how clients, services and sites reach each other; absent: at once")
      .key("clusters", &S::clusters,
           {any, false, R"({"north-1": {"site": "shanghai", "carrier": "north", "servers": 36}})"},
           "how the servers of a fleet stand together; absent: one cluster of the node's count")
      .key("resources", &S::resources,
           {any, false, R"({"pictures": {"size": "163kB", "count": 65}})"},
           "what a cue shows, pushed to the phones before the night")
      .key("control", &S::control, {any, false, R"({"poll": "1s"})"},
           "how changes of configuration reach the servers; absent: at once")
      .key("queues", &S::queues,
           {any, false, R"({"deliveries": {"on": "log", "deliver": {"partner": {}}}})"},
           "where calls leave messages for later")
      .key("caches", &S::caches, {any, false, R"({"user-lists": {"hit-ratio": "90%"}})"},
           "what answers instead of a call")
      .key("planning", &S::planning, {}, "what an estimate keeps free");
}

// What happens in its course, and how it is judged.
void course_keys(SectionOf<Scenario>& keys) {
  using S = Scenario;
  keys.key("packets", &S::packets,
           {any, false, R"({"shake": {"service": "access", "rate": "200/s", "count": 40000}})"},
           "red packets that are issued")
      .key("incidents", &S::incidents,
           {any, false, R"({"stall": {"node": "server", "at": "111s", "length": "3.5s"}})"},
           "disturbances")
      .key("playbooks", &S::playbooks,
           {any, false,
            R"({"sampling": {"when": {"metric": "web.arrivals", "above": "200k/s"}, )"
            R"("actions": {"sample": {"reporting": "10%"}}}})"},
           "who steps in, and how")
      .key("reconciliation", &S::reconciliation,
           {any, false, R"({"deliveries": {"every": "10min", "rate": "5k/s", "after": "5min"}})"},
           "by queue: what is missing is delivered after all")
      .key("phases", &S::phases, {any, false, R"({"30k": {"from": "10min", "to": "18min"}})"},
           "spans reported apart")
      .key_as<FreeKeys<std::vector<std::string>>>(
          "thresholds", &S::thresholds, {any, false, R"({"serve.latency": ["p(99)<2ms"]})"},
          "what must hold, by metric; a broken one fails the run")
      .key_as<FreeKeys<std::string>>(
          "sources", &S::sources, {any, false, R"({"/nodes/node/workers": "data sheet, page 2"})"},
          "where values come from: JSON pointer to text");
}

Section keys_of_scenario() {
  using S = Scenario;
  SectionOf<S> keys("scenario", "what a run is about");
  keys.constant("springtide", 1, "the version of this language; always 1")
      .ignored("$schema", "where editors find the JSON Schema; not read")
      .key("title", &S::title, {any, false, R"("M/M/8")"}, "a line for reports")
      .key("description", &S::description, {any, false, R"("Eight workers, one queue.")"},
           "what it is about")
      .key("seed", &S::seed, {not_negative, false, "1"}, "of all random streams")
      .key("road", &S::road, {any, false, R"("fleet")"},
           "detailed: every step of a goroutine is an event; fleet: every request by recursion, "
           "for many servers; automatic: fleet for plans of cues, else detailed")
      .key("duration", &S::duration, {positive, true, R"("10min")"}, "how long requests are sent")
      .key("warmup", &S::warmup, {not_negative, false, R"("10s")"},
           "what happens before this is not measured")
      .key("start-clock", &S::start_clock, {any, false, R"("22:45:00")"},
           "wall clock shown for the start; absent: none")
      .key("start-unix", &S::start_unix, {between(0, 1e11), false, "1486824300"},
           "unix second of the start, for rules that look at the clock");
  system_keys(keys);
  course_keys(keys);
  return keys.done();
}

}  // namespace

template <>
const Section& section<Scenario>() {
  static const Section made = keys_of_scenario();
  return made;
}

}  // namespace springtide::spec
