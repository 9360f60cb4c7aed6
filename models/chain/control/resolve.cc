#include "models/chain/control/resolve.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/chain/control/metrics.h"
#include "models/findings.h"
#include "spec/nearest.h"

namespace springtide::models::chain {
namespace {

const char* words_of(spec::Bound::Unit unit) {
  switch (unit) {
    case spec::Bound::Unit::per_second: return "per second, as in \"200k/s\"";
    case spec::Bound::Unit::seconds: return "a time, as in \"250ms\"";
    case spec::Bound::Unit::share: return "a share, as in \"80%\"";
    default: return "a plain number";
  }
}

class Resolver {
 public:
  Resolver(const spec::Scenario& scenario, Plan& plan) : scenario_(scenario), plan_(plan) {}

  Diagnostics add_all() {
    for (const auto& [name, playbook] : scenario_.playbooks)
      if (playbook.enabled) add("/playbooks/" + name, name, playbook);
    return findings_.take();
  }

 private:
  void add(const std::string& at, const std::string& name, const spec::Playbook& playbook) {
    PlaybookPlan made;
    made.name = name;
    if (playbook.when) made.when = trigger(at + "/when", *playbook.when);
    if (playbook.at) made.at = Instant{} + *playbook.at;
    made.delay = playbook.delay;
    made.actions = actions(at + "/actions", playbook.actions);
    if (playbook.undo && playbook.undo->when)
      made.undo_when = trigger(at + "/undo/when", *playbook.undo->when);
    if (playbook.undo) made.undo_after = playbook.undo->after;
    plan_.playbooks.push_back(std::move(made));
  }

  TriggerPlan trigger(const std::string& at, const spec::Trigger& trigger) {
    TriggerPlan made;
    made.metric = metric(at + "/metric", trigger.metric);
    const bool above = trigger.above.has_value();
    const spec::Bound& bound = above ? *trigger.above : trigger.below.value_or(spec::Bound{});
    made.condition.side = above ? policy::Condition::Side::above : policy::Condition::Side::below;
    made.condition.bound = bound.value;
    // What is seen at the end of a second held all through it.
    made.condition.lasting = std::max(trigger.for_time - second, Duration{});
    if (made.metric == none) return made;
    const spec::Bound::Unit unit = unit_of(plan_.metrics[made.metric].of);
    const bool plain = bound.unit == spec::Bound::Unit::none && unit == spec::Bound::Unit::share;
    if (bound.unit != unit && !plain)
      findings_.add(at + (above ? "/above" : "/below"),
                    fmt::format("the bound of '{}' is {}", trigger.metric, words_of(unit)));
    return made;
  }

  std::uint32_t metric(const std::string& at, const std::string& name) {
    const auto has_name = [&](const MetricPlan& one) { return one.name == name; };
    const auto used = std::find_if(plan_.metrics.begin(), plan_.metrics.end(), has_name);
    if (used != plan_.metrics.end())
      return static_cast<std::uint32_t>(used - plan_.metrics.begin());
    if (known_.empty()) known_ = all_metrics(plan_);
    const auto known = std::find_if(known_.begin(), known_.end(), has_name);
    if (known == known_.end()) {
      findings_.add(at, fmt::format("no run of this scenario has a metric '{}'", name), near(name));
      return none;
    }
    plan_.metrics.push_back(*known);
    return static_cast<std::uint32_t>(plan_.metrics.size() - 1);
  }

  // The nearest name; else all of the same service or operation.
  std::string near(const std::string& name) const {
    std::vector<std::string> names, alike;
    const std::string root = name.substr(0, name.find('.') + 1);
    for (const MetricPlan& one : known_) {
      names.push_back(one.name);
      if (!root.empty() && one.name.starts_with(root)) alike.push_back(one.name);
    }
    const std::string nearest = spec::nearest(name, names);
    if (!nearest.empty()) return "did you mean " + nearest + "?";
    return alike.empty() ? "" : fmt::format("one of {}", fmt::join(alike, ", "));
  }

  ActionsPlan actions(const std::string& at, const spec::Actions& actions) {
    ActionsPlan made;
    for (const auto& [module, share] : actions.sample) sample(at, module, share.value, made);
    for (const std::string& module : actions.switch_off) sample(at, module, 0, made);
    for (const auto& [operation, delay] : actions.delay)
      for (std::uint32_t i = 0; i < plan_.askers.size(); ++i)
        if (plan_.askers[i].operation == operation) made.front.emplace_back(i, delay);
    for (const auto& [clients, factor] : actions.promotion) promote(at, clients, factor, made);
    for (const auto& [service, share] : actions.admit)
      for (std::uint32_t i = 0; i < plan_.services.size(); ++i)
        if (plan_.services[i].name == service) made.admitted.emplace_back(i, share.value);
    for (const auto& [node, count] : actions.machines) add_machines(node, count, made);
    for (const auto& [node, count] : actions.workers) set_workers(at, node, count, made);
    for (std::uint32_t i = 0; i < plan_.nodes.size(); ++i) {
      const NodePlan& node = plan_.nodes[i];
      if (const auto card = actions.card.find(node.name); card != actions.card.end())
        replace(at + "/card/" + node.name, i, node.card, card->second, made.card);
      if (const auto disk = actions.disk.find(node.name); disk != actions.disk.end())
        replace(at + "/disk/" + node.name, i, node.disk, disk->second, made.disk);
    }
    add_queues(actions, made);
    return made;
  }

  void replace(const std::string& at, std::uint32_t node, const std::optional<double>& present,
               BitRate bandwidth, ActionsPlan::Changes<double>& made) {
    if (!present) findings_.add(at, "it is infinitely fast already");
    made.emplace_back(node, bandwidth.bits_per_second);
  }

  void add_queues(const spec::Actions& actions, ActionsPlan& made) const {
    const auto number = [&](const std::string& name) {
      const auto at = std::find_if(plan_.queues.begin(), plan_.queues.end(),
                                   [&](const QueuePlan& one) { return one.name == name; });
      return static_cast<std::uint32_t>(at - plan_.queues.begin());
    };
    for (const auto& [queue, count] : actions.consumers)
      made.consumers.emplace_back(number(queue), count);
    for (const auto& [queue, to] : actions.divert)
      made.divert.emplace_back(number(queue), number(to));
  }

  // A call may be of two modules: its own, and that of its service. Then both count.
  void sample(const std::string& at, const std::string& module, double share, ActionsPlan& made) {
    const auto steps = plan_.modules.find(module);
    if (steps == plan_.modules.end())
      return findings_.add(at, fmt::format("no call is of the module '{}'", module));
    for (const std::uint32_t step : steps->second) {
      const auto known = std::find_if(made.made.begin(), made.made.end(),
                                      [&](const auto& one) { return one.first == step; });
      if (known == made.made.end())
        made.made.emplace_back(step, share);
      else
        known->second *= share;
    }
  }

  void promote(const std::string& at, const std::string& clients, double factor,
               ActionsPlan& made) {
    for (std::uint32_t i = 0; i < plan_.clients.size(); ++i) {
      if (plan_.clients[i].name != clients) continue;
      const spec::Plan& plan = plan_.clients[i].plan;
      if (!std::holds_alternative<spec::PoissonPlan>(plan) &&
          !std::holds_alternative<spec::ConstantPlan>(plan))
        findings_.add(at + "/promotion/" + clients, "their plan has no rate that could change");
      made.promotion.emplace_back(i, factor);
    }
  }

  bool runs_on(const ServicePlan& service, const std::string& node) const {
    return plan_.nodes[service.node].name == node;
  }

  void add_machines(const std::string& node, std::int64_t count, ActionsPlan& made) {
    const auto machines = static_cast<std::uint32_t>(count);
    for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
      ServicePlan& service = plan_.services[i];
      if (!runs_on(service, node)) continue;
      service.most_machines = std::max(service.most_machines, machines);
      NodePlan& place = plan_.nodes[service.node];
      place.most_machines = std::max(place.most_machines, machines);
      made.machines.emplace_back(i, machines);
    }
  }

  void set_workers(const std::string& at, const std::string& node, std::int64_t count,
                   ActionsPlan& made) {
    for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
      const ServicePlan& service = plan_.services[i];
      if (!runs_on(service, node)) continue;
      std::int64_t kept = 0;
      for (const auto& [_, workers] : service.bulkheads) kept += workers;
      if (count < kept)
        findings_.add(at + "/workers/" + node,
                      fmt::format("'{}' keeps {} workers for its bulkheads", service.name, kept));
      if (has_processors(service.discipline))
        findings_.add(at + "/workers/" + node,
                      fmt::format("the processors of '{}' are shared or taken: their number stays",
                                  service.name));
      made.workers.emplace_back(i, count);
    }
  }

  const spec::Scenario& scenario_;
  Plan& plan_;
  std::vector<MetricPlan> known_;
  Findings findings_;
};

}  // namespace

Diagnostics add_playbooks(const spec::Scenario& scenario, Plan& plan) {
  return Resolver(scenario, plan).add_all();
}

}  // namespace springtide::models::chain
