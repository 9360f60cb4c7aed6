#include "models/chain/site/network.h"

namespace springtide::models::chain {

Network::Network(Site& site) : site_(site), target_(site.plan.services.size()) {
  choose_targets();
  for (const LinkPlan& link : site.plan.links)
    wires_.push_back({&link,
                      site.stream("links/" + link.name + "/delay"),
                      site.stream("links/" + link.name + "/loss"),
                      {}});
  for (const std::string& other : site.plan.sites)
    ways_.push_back({site.stream("to/" + other + "/loss"), {}});
}

void Network::choose_targets() {
  for (std::uint32_t i = 0; i < target_.size(); ++i)
    target_[i] = site_.health.target(i, site_.number);
}

void Network::Trouble::change(const IncidentPlan& incident, bool begins) {
  if (begins)
    incidents.push_back(&incident);
  else
    std::erase(incidents, &incident);
  delay = {};
  loss = 0;
  for (const IncidentPlan* one : incidents) {
    delay += one->delay;
    loss += one->cut ? 1 : one->loss;
  }
}

void Network::request(std::uint32_t slot) {
  const Call& call = site_.calls[slot];
  const Step& step = site_.step(call.step);
  const bool knows_deadline = step.carries_deadline || step.service == none;
  send({call.step, site_.calls.handle(slot), site_.number, call.caller,
        knows_deadline ? call.deadline : Instant::never(), call.priority});
}

void Network::one_way(std::uint32_t step, Instant deadline, std::uint8_t priority) {
  send({step, {}, site_.number, 0, deadline, priority});
}

void Network::send(const Envelope& envelope) {
  const Step& step = site_.step(envelope.step);
  const std::uint32_t target = step.service == none ? site_.number : target_[step.service];
  if (target == site_.number) return deliver(envelope);
  const std::optional<Instant> arrives = way_to(target);
  if (!arrives) return;
  const Instant at = *arrives;
  const auto deadline = static_cast<std::uint64_t>(envelope.deadline.ns);
  site_.mail.elsewhere(target, at, What::carry, 0, 0, deadline);
  site_.mail.elsewhere(target, at, What::foreign, envelope.priority, envelope.step,
                       envelope.caller.word());
}

// When a message that is sent now reaches another site; never, where it is lost.
std::optional<Instant> Network::way_to(std::uint32_t site) {
  Way& way = ways_[site];
  if (way.trouble.takes(0, way.fates)) return {};
  return site_.mail.now() + site_.plan.delays[site_.number][site] + way.trouble.delay;
}

void Network::foreign(const Letter& letter, std::uint32_t from_site) {
  deliver({letter.a, Handle::of(letter.b), from_site, 0, carried_,
           static_cast<std::uint8_t>(letter.detail())});
}

void Network::deliver(const Envelope& envelope) {
  const Handle handle = site_.tasks.make();
  Task& task = site_.tasks[handle.slot];
  task.arrived = site_.mail.now();
  task.deadline = envelope.deadline;
  task.caller = envelope.caller;
  task.caller_site = static_cast<std::uint16_t>(envelope.caller_site);
  task.step = envelope.step;
  task.priority = envelope.priority;
  task.machine = envelope.machine;
  const Step& step = site_.step(envelope.step);
  if (step.service == none) return site_.mail.at_once(What::go_on, handle);
  if (step.link == none || envelope.caller_site != site_.number)
    return site_.mail.at_once(What::arrive, handle);
  if (!travel(step, What::arrive, handle, 0)) site_.tasks.free(handle.slot);
}

// False where the message is lost. The delay is drawn either way, so a loss shifts no later delay.
bool Network::travel(const Step& step, What what, Handle handle, std::uint32_t detail) {
  Wire& wire = wires_[step.link];
  const Instant at = site_.mail.now() + wire.plan->delay.sample(wire.delays) + wire.trouble.delay;
  if (wire.trouble.takes(wire.plan->loss, wire.fates)) return false;
  site_.mail.at(at, what, 0, handle.word(), detail);
  return true;
}

void Network::answer(const Task& task, Outcome outcome) {
  if (task.caller.empty()) return;
  const auto detail = static_cast<std::uint32_t>(outcome);
  if (task.caller_site == site_.number) {
    const Step& step = site_.step(task.step);
    if (step.link == none) return site_.mail.at_once(What::answer, task.caller, detail);
    travel(step, What::answer, task.caller, detail);
    return;
  }
  if (const std::optional<Instant> at = way_to(task.caller_site))
    site_.mail.elsewhere(task.caller_site, *at, What::answer, detail, 0, task.caller.word());
}

}  // namespace springtide::models::chain
