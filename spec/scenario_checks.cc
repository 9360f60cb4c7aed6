#include "spec/scenario_checks.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "spec/nearest.h"
#include "spec/presets.h"

namespace springtide::spec {
namespace {

using Names = std::vector<std::string>;

template <class T>
bool contains(const std::map<std::string, T>& collection, const std::string& name) {
  return collection.contains(name);
}
bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <class T>
void add_names(const std::map<std::string, T>& collection, Names& names) {
  for (const auto& [name, value] : collection) names.push_back(name);
}
void add_names(const Names& more, Names& names) {
  names.insert(names.end(), more.begin(), more.end());
}

class Checks {
 public:
  Checks(const Scenario& scenario, const Document& document, Diagnostics& problems)
      : scenario_(scenario), document_(document), problems_(problems) {}

  void run() {
    whole();
    for (const auto& [name, clients] : scenario_.clients) one(name, clients);
    for (const auto& [name, operation] : scenario_.operations) one(name, operation);
    for (const auto& [name, service] : scenario_.services)
      named("/services/" + name + "/on", "node", service.on, scenario_.nodes);
    for (const auto& [name, node] : scenario_.nodes) one(name, node);
    links();
    for (const auto& [name, pool] : scenario_.packets) one(name, pool);
    for (const auto& [name, incident] : scenario_.incidents) one(name, incident);
    for (const auto& [name, phase] : scenario_.phases) one(name, phase);
    thresholds();
    sources();
    if (problems_.empty()) unused();
  }

 private:
  struct Text {
    std::string what, expected = {}, hint = {};
    bool of_key = false;  // the key is wrong, not the value behind it
  };

  static std::string last_part(const std::string& pointer) {
    std::vector<std::string> parts;
    return split_pointer(pointer, parts) && !parts.empty() ? parts.back() : "";
  }

  // A problem of the value at a pointer. Where the value itself is of a wrong form there is one
  // already, and a second about its meaning would only confuse.
  void problem(const std::string& pointer, Text text) {
    if (problems_.size() >= problem_limit) return;
    for (const Diagnostic& known : problems_)
      if (known.pointer == pointer) return;
    const Json* exact = document_.find(pointer);
    const Json& value = exact ? *exact : document_.nearest_to(pointer);
    Diagnostic diagnostic = document_.at(text.of_key ? value.key_at : value.at);
    diagnostic.pointer = pointer;
    diagnostic.what = std::move(text.what);
    diagnostic.expected = std::move(text.expected);
    if (text.of_key)
      diagnostic.received = shown(last_part(pointer));
    else if (exact && !exact->is(Json::Kind::object))
      diagnostic.received = shown(*exact);
    diagnostic.hint = std::move(text.hint);
    problems_.push_back(std::move(diagnostic));
  }

  // A name that must be in one of the collections; an absent one has been told already.
  template <class... Collections>
  void named(const std::string& pointer, const char* what, const std::string& name,
             const Collections&... collections) {
    const Json* written = document_.find(pointer);
    if ((contains(collections, name) || ...) || written == nullptr) return;
    Names known;
    (add_names(collections, known), ...);
    problem(pointer, {fmt::format("this names no {}", what),
                      {},
                      nearest_hint(name, known),
                      !written->is(Json::Kind::string)});
  }

  void not_empty(const char* collection, bool empty) {
    const std::string pointer = fmt::format("/{}", collection);
    if (empty && document_.find(pointer) != nullptr)
      problem(pointer, {"this is empty", "at least one entry"});
  }

  void whole() {
    not_empty("clients", scenario_.clients.empty());
    not_empty("operations", scenario_.operations.empty());
    not_empty("services", scenario_.services.empty());
    not_empty("nodes", scenario_.nodes.empty());
    if (scenario_.warmup >= scenario_.duration && scenario_.duration.ns > 0)
      problem("/warmup", {"nothing is left to measure",
                          fmt::format("less than the duration, {}",
                                      springtide::to_string(scenario_.duration))});
    if (scenario_.duration > longest)
      problem("/duration", {"this is longer than any run", "at most 10000d"});
    if (!scenario_.start_clock.empty() && !is_clock(scenario_.start_clock))
      problem("/start-clock", {"this is not a time of day", "\"hh:mm:ss\""});
  }

  static bool is_clock(const std::string& text) {
    const auto two = [&](std::size_t at, int below) {
      int value = -1;
      const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 2, value);
      return error == std::errc{} && end == text.data() + at + 2 && value >= 0 && value < below;
    };
    return text.size() == 8 && text[2] == ':' && text[5] == ':' && two(0, 24) && two(3, 60) &&
           two(6, 60);
  }

  void one(const std::string& name, const Clients& clients) {
    const std::string at = "/clients/" + name;
    named(at + "/asks", "operation", clients.asks, scenario_.operations);
    if (!clients.on.empty()) named(at + "/on", "node", clients.on, scenario_.nodes);
    plan(at, clients);
    if (clients.connect) connect(at, clients, *clients.connect);
  }

  void plan(const std::string& at, const Clients& clients) {
    if (const auto* renewal = std::get_if<RenewalPlan>(&clients.plan)) {
      if (renewal->interval.mean_seconds() <= 0)
        problem(at + "/plan/renewal", {"an interval of no length means endless requests at once",
                                       "a distribution with a mean above 0"});
    } else if (const auto* closed = std::get_if<ClosedPlan>(&clients.plan)) {
      if (closed->think.mean_seconds() <= 0 && takes_no_time(clients.asks))
        problem(at + "/plan/closed", {"users who neither think nor wait ask endlessly at once",
                                      "\"think\" or a service with a time above 0"});
    } else if (std::holds_alternative<SlotsPlan>(clients.plan) && clients.population == 0) {
      problem(at + "/plan/slots", {"a plan by slots needs to know how many users there are",
                                   {},
                                   "add \"population\" to these clients"});
    }
  }

  bool takes_no_time(const std::string& operation) const {
    const auto found = scenario_.operations.find(operation);
    if (found == scenario_.operations.end()) return false;
    for (const Call& call : found->second.calls) {
      const auto service = scenario_.services.find(call.service);
      if (service == scenario_.services.end()) return false;
      const auto* station = std::get_if<Station>(&service->second.kind);
      if (station == nullptr || station->time.mean_seconds() > 0) return false;
    }
    return true;
  }

  void connect(const std::string& at, const Clients& clients, const Connect& connect) {
    if (clients.on.empty()) {
      problem(at + "/connect", {"connections need machines that hold them",
                                {},
                                "add \"on\", the name of a node, to these clients"});
      return;
    }
    if (clients.population == 0)
      problem(at + "/connect",
              {"it is not said how many users connect", {}, "add \"population\" to these clients"});
    const auto node = scenario_.nodes.find(clients.on);
    if (node == scenario_.nodes.end()) return;
    const std::int64_t count = node->second.count;
    if (clients.population > 0 && (clients.population - 1) / connect.per_node >= count)
      problem(at + "/population", {fmt::format("{} machines with {} users each cannot hold them",
                                               count, connect.per_node),
                                   fmt::format("at most {} x {}", count, connect.per_node)});
    for (const auto& [machine, begin] : connect.begin)
      if (machine >= count)
        problem(fmt::format("{}/connect/begin/{}", at, machine),
                {"there is no machine of this number",
                 fmt::format("a key from 0 to {}", count - 1),
                 {},
                 true});
  }

  void one(const std::string& name, const Operation& operation) {
    const std::string at = "/operations/" + name + "/calls";
    const Json* calls = document_.find(at);
    const bool list = calls != nullptr && calls->is(Json::Kind::list);
    for (std::size_t i = 0; i < operation.calls.size(); ++i) {
      const std::string& service = operation.calls[i].service;
      const std::string pointer =
          (list ? fmt::format("{}/{}/", at, i) : at + "/") + escape_pointer(service);
      named(pointer, "service", service, scenario_.services);
    }
  }

  void one(const std::string& name, const Node& node) {
    if (node.runtime.empty()) return;
    named("/nodes/" + name + "/runtime", "runtime", node.runtime, scenario_.runtimes,
          preset_names());
  }

  void links() {
    std::map<std::pair<std::string, std::string>, std::string> ends;
    for (const auto& [name, link] : scenario_.links) {
      const std::string at = "/links/" + name;
      named(at + "/from", "clients or node", link.from, scenario_.clients, scenario_.nodes);
      named(at + "/to", "service or node", link.to, scenario_.services, scenario_.nodes);
      const auto [other, is_new] = ends.try_emplace({link.from, link.to}, name);
      if (!is_new) problem(at, {fmt::format("the link \"{}\" joins the same two", other->second)});
      if (link.loss_burst_start.value > 0 && link.loss_burst_end.value == 0)
        problem(at + "/loss-burst-end", {"a link that turns bad would stay bad", "above 0"});
    }
  }

  void one(const std::string& name, const PacketPool& pool) {
    const std::string at = "/packets/" + name + "/service";
    named(at, "service", pool.service, scenario_.services);
    const auto service = scenario_.services.find(pool.service);
    if (service != scenario_.services.end() &&
        !std::holds_alternative<RedPacketAccess>(service->second.kind))
      problem(at,
              {"this service issues no packets", "a service with \"kind\": \"red-packet-access\""});
  }

  void one(const std::string& name, const Incident& incident) {
    const std::string at = "/incidents/" + name;
    if (incident.node.empty()) return;
    named(at + "/node", "node", incident.node, scenario_.nodes);
    const auto node = scenario_.nodes.find(incident.node);
    if (node != scenario_.nodes.end() && incident.index >= node->second.count)
      problem(at + "/index", {"there is no machine of this number",
                              fmt::format("0 to {}", node->second.count - 1)});
    if (incident.enabled && scenario_.duration.ns > 0 && incident.at >= scenario_.duration)
      problem(at + "/at", {"the run is over by then", before_the_end()});
  }

  void one(const std::string& name, const Phase& phase) {
    if (scenario_.duration.ns <= 0 || phase.to <= scenario_.duration) return;
    problem("/phases/" + name + "/to",
            {"the run is over before the phase", "at most " + end(),
             fmt::format("a shorter run leaves it out with --set /phases/{}=null", name)});
  }

  void thresholds() {
    for (const auto& [metric, conditions] : scenario_.thresholds) {
      const std::string at = "/thresholds/" + escape_pointer(metric);
      if (metric.empty())
        problem(at, {"a threshold names its metric", "one such as serve.latency", {}, true});
      if (conditions.empty()) problem(at, {"a metric without a condition", R"(["p(99)<2ms"])"});
      metric_of(at, metric.substr(0, metric.find('.')));
    }
  }

  // What a run measures is known only when it ends, but not of what: better told before the run.
  void metric_of(const std::string& at, const std::string& first_part) {
    Names known;
    add_names(scenario_.operations, known);
    add_names(scenario_.services, known);
    add_names(scenario_.clients, known);
    add_names(scenario_.nodes, known);
    add_names(scenario_.links, known);
    add_names(scenario_.packets, known);
    add_names(scenario_.phases, known);
    for (const auto& [name, service] : scenario_.services)
      if (std::holds_alternative<RedPacketAccess>(service.kind))
        add_names({"client", "server", "network", "packets"}, known);
    if (first_part.empty() || contains(known, first_part)) return;
    problem(at, {fmt::format("nothing of this scenario is called \"{}\"", first_part),
                 "the name of an operation or a service, a dot, and what is measured",
                 nearest_hint(first_part, known), true});
  }

  // What nobody uses is a mistake, most often a reference that was forgotten. Only asked of a
  // scenario that is right otherwise: a misspelt reference would be told twice.
  void unused() {
    Names asked, called, stood_on;
    for (const auto& [name, clients] : scenario_.clients) {
      asked.push_back(clients.asks);
      stood_on.push_back(clients.on);
    }
    for (const auto& [name, operation] : scenario_.operations)
      for (const Call& call : operation.calls) called.push_back(call.service);
    for (const auto& [name, pool] : scenario_.packets) {
      called.push_back(pool.service);
      add_names(pool.sets_off, asked);
    }
    for (const auto& [name, service] : scenario_.services) stood_on.push_back(service.on);
    for (const auto& [name, cluster] : scenario_.clusters) stood_on.push_back(cluster.node);
    unused("operations", "no clients ask this operation",
           "\"asks\" of clients or \"sets-off\" of packets", scenario_.operations, asked);
    unused("services", "no operation calls this service", "\"calls\" of an operation",
           scenario_.services, called);
    unused("nodes", "nothing stands on this node", "\"on\" of a service or of clients",
           scenario_.nodes, stood_on);
  }

  template <class T>
  void unused(const char* collection, const char* what, const char* where,
              const std::map<std::string, T>& entries, const Names& used) {
    for (const auto& [name, entry] : entries)
      if (!contains(used, name))
        problem(fmt::format("/{}/{}", collection, name),
                {what, {}, fmt::format("name it in {}, or remove it", where), true});
  }

  void sources() {
    for (const auto& [pointer, source] : scenario_.sources) {
      if (document_.find(pointer) != nullptr && !pointer.empty()) continue;
      std::vector<std::string> parts;
      const std::string at = "/sources/" + escape_pointer(pointer);
      if (!split_pointer(pointer, parts) || parts.empty()) {
        problem(at, {"the key is not a JSON pointer", "one such as /nodes/node/workers", {}, true});
        continue;
      }
      problem(at, {"nothing stands where the key points to", "a pointer to a value of the scenario",
                   missing_part(parts), true});
    }
  }

  // The first part of a pointer that does not exist, and what it may have meant.
  std::string missing_part(const Names& parts) const {
    const Json* value = &document_.root;
    std::string reached;
    for (const std::string& part : parts) {
      const std::string next = reached + "/" + escape_pointer(part);
      const Json* found = document_.find(next);
      if (found == nullptr) {
        Names known;
        add_names(value->members, known);
        const std::string meant = nearest(part, known);
        if (!meant.empty()) return fmt::format("did you mean {}/{}?", reached, meant);
        return fmt::format("{} does not exist", next);
      }
      value = found;
      reached = next;
    }
    return {};
  }

  std::string end() const { return springtide::to_string(scenario_.duration); }
  std::string before_the_end() const { return "before " + end(); }

  static constexpr Duration longest{second * 86'400 * 10'000};

  const Scenario& scenario_;
  const Document& document_;
  Diagnostics& problems_;
};

}  // namespace

void check_scenario(const Scenario& scenario, const Document& document, Diagnostics& problems) {
  Checks(scenario, document, problems).run();
}

}  // namespace springtide::spec
