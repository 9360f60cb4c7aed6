#include "models/chain/control/site_control.h"

#include "models/chain/control/controller.h"

namespace springtide::models::chain {

void SiteControl::start() {
  if (!site_.plan.playbooks.empty())
    site_.mail.at(Instant{} + second, What::look, 0, 0, sim::EventClass::observe);
}

void SiteControl::look() {
  const Instant now = site_.mail.now();
  const auto number = static_cast<std::size_t>(now.ns / second.ns - 1);
  stations_.advance();
  devices_.advance();
  queues_.advance();
  for (std::uint32_t i = 0; i < site_.plan.metrics.size(); ++i) {
    const MetricPlan& metric = site_.plan.metrics[i];
    if (metric.site != none && metric.site != site_.number) continue;
    const Reading seen = read(metric, number, {stations_, clients_, devices_, queues_});
    const auto tell = [&](Controller::Note note, std::int64_t value) {
      site_.mail.tell_control(static_cast<std::uint32_t>(note), i,
                              static_cast<std::uint64_t>(value));
    };
    if (seen.amount != 0) tell(Controller::Note::amount, seen.amount);
    if (seen.base != 0) tell(Controller::Note::base, seen.base);
  }
  if (now + second <= site_.plan.window.end)
    site_.mail.at(now + second, What::look, 0, 0, sim::EventClass::observe);
}

void SiteControl::act(std::uint32_t playbook, bool begins) {
  if (begins)
    in_effect_.push_back(playbook);
  else
    std::erase(in_effect_, playbook);
  site_.levers.set(site_.plan, in_effect_);
  for (std::uint32_t i = 0; i < site_.plan.services.size(); ++i)
    site_.health.set_machines(i, site_.levers.machines[i]);
  network_.choose_targets();
  for (std::uint32_t i = 0; i < site_.plan.nodes.size(); ++i) {
    devices_.set_card_bandwidth(i, site_.levers.card[i]);
    devices_.set_disk_bandwidth(i, site_.levers.disk[i]);
  }
  change_queues();
  stations_.adjust();
  clients_.adjust();
}

// A queue is diverted only where the other has a part.
void SiteControl::change_queues() {
  for (std::uint32_t i = 0; i < site_.plan.queues.size(); ++i) {
    queues_.set_consumers(i, site_.levers.consumers[i]);
    const std::uint32_t to = site_.levers.divert[i];
    const ServicePlan& reached = site_.plan.services[site_.plan.queues[to].service];
    queues_.divert(i, reached.machines[site_.number] > 0 ? to : i);
  }
}

}  // namespace springtide::models::chain
