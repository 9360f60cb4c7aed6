#include "models/chain/control/levers.h"

namespace springtide::models::chain {

Levers::Levers(const Plan& plan) { set(plan, {}); }

void Levers::set(const Plan& plan, std::span<const std::uint32_t> in_effect) {
  made.clear();
  for (const Step& step : plan.steps) made.push_back(step.probability);
  front.assign(plan.askers.size(), nullptr);
  promotion.assign(plan.clients.size(), 1);
  admitted.assign(plan.services.size(), 1);
  machines.assign(plan.services.size(), 0);
  consumers.clear();
  divert.clear();
  for (std::uint32_t i = 0; i < plan.queues.size(); ++i) {
    consumers.push_back(plan.queues[i].consumers);
    divert.push_back(i);
  }
  card.clear();
  disk.clear();
  for (const NodePlan& node : plan.nodes) {
    card.push_back(node.card.value_or(0));
    disk.push_back(node.disk.value_or(0));
  }
  workers.clear();
  for (const ServicePlan& service : plan.services) workers.push_back(service.workers);
  for (const std::uint32_t playbook : in_effect) {
    const ActionsPlan& actions = plan.playbooks[playbook].actions;
    for (const auto& [step, share] : actions.made)
      made[step] = plan.steps[step].probability * share;
    for (const auto& [asker, delay] : actions.front) front[asker] = &delay;
    for (const auto& [client, factor] : actions.promotion) promotion[client] = factor;
    for (const auto& [service, share] : actions.admitted) admitted[service] = share;
    for (const auto& [service, count] : actions.machines) machines[service] = count;
    for (const auto& [service, count] : actions.workers) workers[service] = count;
    for (const auto& [queue, count] : actions.consumers) consumers[queue] = count;
    for (const auto& [queue, to] : actions.divert) divert[queue] = to;
    for (const auto& [node, bandwidth] : actions.card) card[node] = bandwidth;
    for (const auto& [node, bandwidth] : actions.disk) disk[node] = bandwidth;
  }
}

}  // namespace springtide::models::chain
