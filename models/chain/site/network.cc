#include "models/chain/site/network.h"

namespace springtide::models::chain {
namespace {

// How an answer ended, and for which machine it is, in the 24 bits of a letter.
constexpr int outcome_bits = 3;

std::uint32_t detail_of(const Task& task) {
  return static_cast<std::uint32_t>(task.outcome) | task.caller_machine << outcome_bits;
}

}  // namespace

Network::Network(Site& site, Devices& devices)
    : site_(site), devices_(devices), target_(site.plan.services.size()) {
  choose_targets();
  for (const LinkPlan& link : site.plan.links)
    wires_.push_back({&link,
                      site.stream("links/" + link.name + "/delay"),
                      site.stream("links/" + link.name + "/loss"),
                      {}});
  for (std::uint32_t other = 0; other < site.plan.sites.size(); ++other) add_way(other);
}

void Network::add_way(std::uint32_t site) {
  const Plan& plan = site_.plan;
  const std::string name = "to/" + plan.sites[site];
  Way& way = ways_.emplace_back(Way{site_.stream(name + "/delay"), site_.stream(name + "/loss")});
  if (site == site_.number || plan.ways.empty()) return;
  way.link = &plan.site_links[plan.ways[site_.number][site]];
  if (!way.link->bandwidth) return;
  way.counts = std::make_unique<PipeCounts>();
  way.counts->window = plan.window;
  way.pipe.emplace(What::link, site, *way.link->bandwidth, *way.counts);
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
        knows_deadline ? call.deadline : Instant::never(), call.priority, call.span});
}

void Network::one_way(std::uint32_t step, std::uint32_t machine, Instant deadline,
                      std::uint8_t priority) {
  send({step, {}, site_.number, machine, deadline, priority});
}

void Network::send(const Envelope& envelope) {
  const Step& step = site_.step(envelope.step);
  if (step.freight != none) {
    const Handle task = pack(envelope);
    const Freight& freight = site_.plan.freights[step.freight];
    if (!devices_.pass(Device::card_out, freight.caller_node, envelope.machine,
                       Letter::of(What::left_card, task), freight.request))
      left_card(task);
    return;
  }
  const std::uint32_t site = target(step);
  if (site == site_.number) return approach(step, pack(envelope));
  cast(site, envelope);
}

Handle Network::pack(const Envelope& envelope) {
  const Handle handle = site_.tasks.make();
  Task& task = site_.tasks[handle.slot];
  task.arrived = site_.mail.now();
  task.deadline = envelope.deadline;
  task.caller = envelope.caller;
  task.caller_site = static_cast<std::uint16_t>(envelope.caller_site);
  task.caller_machine = task.machine = envelope.machine;
  task.step = envelope.step;
  task.priority = envelope.priority;
  task.span = envelope.span;
  return handle;
}

void Network::left_card(Handle handle) {
  const Task& task = site_.tasks[handle.slot];
  const Step& step = site_.step(task.step);
  if (task.state == Task::State::answering) return answer_leaves(step, handle.slot);
  const std::uint32_t site = target(step);
  if (site == site_.number) return approach(step, handle);
  cast(site, {task.step, task.caller, task.caller_site, task.caller_machine, task.deadline,
              task.priority});
  site_.tasks.free(handle.slot);
}

void Network::cast(std::uint32_t site, const Envelope& envelope) {
  const auto deadline = static_cast<std::uint64_t>(envelope.deadline.ns);
  const Letter carry{kind_of(What::carry), envelope.machine, deadline};
  const Letter foreign{kind_of(What::foreign, envelope.priority), envelope.step,
                       envelope.caller.word()};
  Way& way = ways_[site];
  if (way.pipe) {
    const std::uint32_t freight = site_.step(envelope.step).freight;
    way.pipe->push(site_.mail, carry, 0);
    way.pipe->push(site_.mail, foreign, freight == none ? 0 : site_.plan.freights[freight].request);
  } else if (const std::optional<Instant> at = way_to(site)) {
    site_.mail.elsewhere(site, *at, carry);
    site_.mail.elsewhere(site, *at, foreign);
  }
}

void Network::post(std::uint32_t site, const Letter& letter, std::int64_t bytes) {
  Way& way = ways_[site];
  if (way.pipe) return way.pipe->push(site_.mail, letter, bytes);
  if (const std::optional<Instant> at = way_to(site)) site_.mail.elsewhere(site, *at, letter);
}

void Network::link_due(const Letter& event) {
  Way& way = ways_[event.a];
  const std::optional<Letter> letter = way.pipe->due(site_.mail, event.b);
  if (!letter) return;
  if (letter->what() == What::carry) {
    way.carried = *letter;
  } else if (const std::optional<Instant> at = way_to(event.a)) {
    if (letter->what() == What::foreign) site_.mail.elsewhere(event.a, *at, way.carried);
    site_.mail.elsewhere(event.a, *at, *letter);
  }
}

void Network::finish(Instant end) {
  for (Way& way : ways_)
    if (way.pipe) way.pipe->finish(end);
}

// When a message that is sent now reaches another site; never, where it is lost. The delay is drawn
// either way.
std::optional<Instant> Network::way_to(std::uint32_t site) {
  Way& way = ways_[site];
  const Duration delay = way.link == nullptr ? site_.plan.delays[site_.number][site]
                                             : way.link->delay.sample(way.delays);
  if (way.trouble.takes(way.link == nullptr ? 0 : way.link->loss, way.fates)) return {};
  return site_.mail.now() + delay + way.trouble.delay;
}

void Network::carry(const Letter& letter) {
  carried_ = Instant{static_cast<std::int64_t>(letter.b)};
  carried_machine_ = letter.a;
}

void Network::foreign(const Letter& letter, std::uint32_t from_site) {
  approach(site_.step(letter.a), pack({letter.a, Handle::of(letter.b), from_site, carried_machine_,
                                       carried_, static_cast<std::uint8_t>(letter.detail())}));
}

// The request is in the site that serves it.
void Network::approach(const Step& step, Handle handle) {
  if (step.service == none) return site_.mail.at_once(What::go_on, handle);
  const What reached = step.puts ? What::put : What::arrive;
  if (step.link == none || site_.tasks[handle.slot].caller_site != site_.number)
    return site_.mail.at_once(reached, handle);
  if (!travel(step, Letter::of(reached, handle))) site_.tasks.free(handle.slot);
}

// False where the message is lost. The delay is drawn either way, so a loss shifts no later delay.
bool Network::travel(const Step& step, const Letter& letter) {
  Wire& wire = wires_[step.link];
  const Instant at = site_.mail.now() + wire.plan->delay.sample(wire.delays) + wire.trouble.delay;
  if (wire.trouble.takes(wire.plan->loss, wire.fates)) return false;
  site_.mail.at(at, letter);
  return true;
}

void Network::answer(std::uint32_t slot) {
  Task& task = site_.tasks[slot];
  if (task.caller.empty()) return site_.tasks.free(slot);
  const Step& step = site_.step(task.step);
  if (step.freight != none) {
    task.state = Task::State::answering;
    if (devices_.pass(Device::card_out, site_.plan.services[step.service].node, task.machine,
                      Letter::of(What::left_card, site_.tasks.handle(slot)),
                      site_.plan.freights[step.freight].answer_of(task.outcome)))
      return;
  }
  answer_leaves(step, slot);
}

void Network::answer_leaves(const Step& step, std::uint32_t slot) {
  const Task& task = site_.tasks[slot];
  Letter letter{kind_of(What::answer, static_cast<std::uint32_t>(task.outcome)), 0,
                task.caller.word()};
  if (comes_home_by_card(step))
    letter = {kind_of(What::home, detail_of(task)), task.step, task.caller.word()};
  post_answer(step, task, letter);
  site_.tasks.free(slot);
}

void Network::post_answer(const Step& step, const Task& task, const Letter& letter) {
  if (task.caller_site != site_.number) {
    const bool heavy = step.freight != none;
    post(task.caller_site, letter,
         heavy ? site_.plan.freights[step.freight].answer_of(task.outcome) : 0);
  } else if (step.link == none) {
    site_.mail.at_once(letter);
  } else {
    travel(step, letter);
  }
}

void Network::break_off(std::uint32_t slot) {
  const Task& task = site_.tasks[slot];
  if (task.caller.empty()) return site_.tasks.free(slot);
  answer_leaves(site_.step(task.step), slot);
}

bool Network::comes_home_by_card(const Step& step) const {
  if (step.freight == none) return false;
  const std::uint32_t node = site_.plan.freights[step.freight].caller_node;
  return node != none && site_.plan.nodes[node].card.has_value();
}

void Network::home(const Letter& letter) {
  const Freight& freight = site_.plan.freights[site_.step(letter.a).freight];
  const std::uint32_t outcome = letter.detail() & ((1u << outcome_bits) - 1);
  devices_.pass(Device::card_in, freight.caller_node, letter.detail() >> outcome_bits,
                {kind_of(What::answer, outcome), 0, letter.b},
                freight.answer_of(static_cast<Outcome>(outcome)));
}

}  // namespace springtide::models::chain
