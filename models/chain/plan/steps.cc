#include "models/chain/plan/steps.h"

#include <algorithm>
#include <set>

namespace springtide::models::chain {
namespace {

class Steps {
 public:
  Steps(const spec::Scenario& scenario, Plan& plan) : scenario_(scenario), plan_(plan) {}

  std::uint32_t add(std::uint32_t parent, std::string name) {
    Step& step = plan_.steps.emplace_back();
    step.parent = parent;
    step.name = std::move(name);
    return static_cast<std::uint32_t>(plan_.steps.size() - 1);
  }

  // The calls of one parent stand in a row, so they are added before any of their own.
  void add_all(std::uint32_t parent, const std::vector<spec::Call>& calls) {
    const auto first = static_cast<std::uint32_t>(plan_.steps.size());
    plan_.steps[parent].first = first;
    for (const spec::Call& call : calls)
      add(parent, plan_.steps[parent].name + "/" + (call.parallel ? "group" : call.service));
    plan_.steps[parent].last = static_cast<std::uint32_t>(plan_.steps.size());
    for (std::uint32_t i = 0; i < calls.size(); ++i) fill(first + i, calls[i]);
  }

  void set_rules(std::uint32_t step, CallRules rules) {
    plan_.steps[step].rules = static_cast<std::uint32_t>(plan_.rules.size());
    plan_.rules.push_back(std::move(rules));
  }

  std::uint32_t lane(Duration length, Lane::Use use) {
    for (std::uint32_t i = 0; i < plan_.lanes.size(); ++i)
      if (plan_.lanes[i].length == length && plan_.lanes[i].use == use) return i;
    plan_.lanes.push_back({length, use});
    return static_cast<std::uint32_t>(plan_.lanes.size() - 1);
  }

  static void retry_by(const spec::Retries& retries, CallRules& rules) {
    rules.attempts = retries.attempts;
    rules.back_off = {retries.back_off, retries.growth, retries.jitter.value};
    if (retries.most) rules.back_off.longest = *retries.most;
    if (retries.budget)
      rules.budget =
          CallRules::Budget{retries.budget->ratio.value, retries.budget->per_second.per_second};
  }

 private:
  void fill(std::uint32_t number, const spec::Call& call) {
    const bool in_group = plan_.steps[plan_.steps[number].parent].parallel;
    plan_.steps[number].probability = call.probability.value;
    plan_.steps[number].optional = call.optional;
    for (const std::string& module : modules_of(call)) plan_.modules[module].push_back(number);
    if (in_group && call.repeat > 1) {
      const std::uint32_t inner = add(number, plan_.steps[number].name);
      plan_.steps[number].first = inner;
      plan_.steps[number].last = inner + 1;
      number = inner;
    }
    plan_.steps[number].repeat = static_cast<std::uint16_t>(call.repeat);
    fill_self(number, call);
    add_all(number, call.calls);
  }

  void fill_self(std::uint32_t number, const spec::Call& call) {
    Step& step = plan_.steps[number];
    step.parallel = call.parallel;
    step.carries_deadline = call.deadline;
    step.one_way = call.one_way.has_value();
    if (call.one_way) step.loss = call.one_way->loss.value;
    if (call.timeout) step.timeout = lane(*call.timeout, Lane::Use::timeout);
    if (call.hedge) step.hedge = lane(call.hedge->after, Lane::Use::hedge);
    if (!call.parallel) set_service(step, call);
    for (std::uint32_t i = 0; i < plan_.caches.size(); ++i)
      if (plan_.caches[i].name == call.cache) step.cache = i;
    if (call.retries.attempts > 1 || call.breaker || call.fallback) set_rules(number, rules(call));
  }

  void set_service(Step& step, const spec::Call& call) {
    const auto at = std::find_if(plan_.services.begin(), plan_.services.end(),
                                 [&](const ServicePlan& s) { return s.name == call.service; });
    step.service = static_cast<std::uint32_t>(at - plan_.services.begin());
    for (std::size_t i = 0; i < at->bulkheads.size(); ++i)
      if (at->bulkheads[i].first == call.bulkhead) step.pool = static_cast<std::uint8_t>(i + 1);
    step.link = link_to(step.parent, call.service);
    step.puts = at->queue != none;
    weigh(step, *at);
  }

  std::uint32_t caller_node(std::uint32_t caller) const {
    while (caller != none && plan_.steps[caller].service == none)
      caller = plan_.steps[caller].parent;
    return caller == none ? none : plan_.services[plan_.steps[caller].service].node;
  }

  // What passes no card on its way weighs nothing.
  void weigh(Step& step, const ServicePlan& service) {
    Freight freight{caller_node(step.parent), 0, 0};
    if (service.queue != none) {
      freight.request = plan_.queues[service.queue].bytes;
    } else {
      const auto& station = std::get<spec::Station>(scenario_.services.at(service.name).kind);
      freight.request = station.request_bytes.count;
      freight.answer = station.answer_bytes.count;
    }
    const auto has_card = [&](std::uint32_t node) {
      return node != none && plan_.nodes[node].card.has_value();
    };
    if (freight.request == 0 && freight.answer == 0) return;
    const bool narrow = std::any_of(scenario_.links.begin(), scenario_.links.end(),
                                    [](const auto& link) { return link.second.bandwidth; });
    if (!has_card(freight.caller_node) && !has_card(service.node) && !narrow) return;
    step.freight = static_cast<std::uint32_t>(plan_.freights.size());
    plan_.freights.push_back(freight);
  }

  // Its own, and that of its service.
  std::set<std::string> modules_of(const spec::Call& call) const {
    std::set<std::string> modules{call.module};
    if (const auto service = scenario_.services.find(call.service);
        service != scenario_.services.end())
      modules.insert(std::get<spec::Station>(service->second.kind).module);
    modules.erase("");
    return modules;
  }

  static CallRules rules(const spec::Call& call) {
    CallRules made;
    retry_by(call.retries, made);
    if (call.breaker)
      made.breaker =
          policy::BreakerRule{call.breaker->failures.value, call.breaker->calls,
                              call.breaker->window, call.breaker->open, call.breaker->probes};
    if (call.fallback) made.fallback = call.fallback->time;
    return made;
  }

  // A link whose ends name the caller and the service, or the nodes that they run on.
  std::uint32_t link_to(std::uint32_t caller, const std::string& service) {
    while (plan_.steps[caller].service == none && plan_.steps[caller].parent != none)
      caller = plan_.steps[caller].parent;
    const std::uint32_t number = plan_.steps[caller].service;
    const std::string from = number == none ? clients_name_ : plan_.services[number].name;
    for (const auto& [name, link] : scenario_.links) {
      const bool there = names(link.from, from) && names(link.to, service);
      const bool back = names(link.from, service) && names(link.to, from);
      if (there || back) return add_link(name, link);
    }
    return none;
  }

  bool names(const std::string& end, const std::string& name) const {
    if (end == name) return true;
    if (const auto service = scenario_.services.find(name); service != scenario_.services.end())
      return end == service->second.on;
    if (const auto queue = scenario_.queues.find(name); queue != scenario_.queues.end())
      return end == queue->second.on;
    const auto clients = scenario_.clients.find(name);
    return clients != scenario_.clients.end() && !clients->second.on.empty() &&
           end == clients->second.on;
  }

  std::uint32_t add_link(const std::string& name, const spec::Link& link) {
    for (std::uint32_t i = 0; i < plan_.links.size(); ++i)
      if (plan_.links[i].name == name) return i;
    plan_.links.push_back({name, link.delay, link.loss.value});
    return static_cast<std::uint32_t>(plan_.links.size() - 1);
  }

 public:
  void set_clients(std::string name) { clients_name_ = std::move(name); }

 private:
  const spec::Scenario& scenario_;
  Plan& plan_;
  std::string clients_name_;
};

std::string name_of(const spec::Scenario& scenario, const spec::Clients& clients) {
  for (const auto& [name, one] : scenario.clients)
    if (&one == &clients) return name;
  return {};
}

}  // namespace

std::uint32_t add_operation(const spec::Scenario& scenario, const std::string& operation,
                            const spec::Clients& clients, std::uint32_t asker, Plan& plan) {
  Steps steps(scenario, plan);
  const std::string name = name_of(scenario, clients);
  steps.set_clients(name);
  const std::uint32_t root =
      steps.add(none, scenario.clients.size() > 1 ? name + ":" + operation : operation);
  plan.steps[root].asker = asker;
  if (clients.retries.attempts > 1 || clients.patience) {
    CallRules rules;
    Steps::retry_by(clients.retries, rules);
    if (clients.patience && std::holds_alternative<Constant>(clients.patience->form()))
      plan.steps[root].timeout = steps.lane(clients.patience->minimum(), Lane::Use::timeout);
    else
      rules.patience = clients.patience;
    steps.set_rules(root, std::move(rules));
  }
  steps.add_all(root, scenario.operations.at(operation).calls);
  return root;
}

// The queue itself is the caller: a service at the root.
void add_deliveries(const spec::Scenario& scenario, std::uint32_t queue, Plan& plan) {
  Steps steps(scenario, plan);
  QueuePlan& made = plan.queues[queue];
  const spec::MessageQueue& source = scenario.queues.at(made.name);
  if (source.deliver.empty()) return;
  made.root = steps.add(none, made.name);
  plan.steps[made.root].service = made.service;
  plan.steps[made.root].delivers = queue;
  steps.add_all(made.root, source.deliver);
}

}  // namespace springtide::models::chain
