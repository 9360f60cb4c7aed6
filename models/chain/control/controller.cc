#include "models/chain/control/controller.h"

#include <algorithm>

#include "models/chain/site/mail.h"

namespace springtide::models::chain {
namespace {

std::uint32_t kind_of_note(Controller::Note note) { return static_cast<std::uint32_t>(note); }

std::optional<policy::Trigger> trigger(const std::optional<TriggerPlan>& plan) {
  if (!plan) return {};
  return policy::Trigger(plan->condition);
}

}  // namespace

Controller::State::State(const PlaybookPlan& its_plan, std::uint64_t seed)
    : plan(&its_plan),
      when(trigger(plan->when)),
      undo(trigger(plan->undo_when)),
      delays(seed, "playbooks/" + plan->name + "/delay") {}

Controller::Controller(const Plan& plan) : plan_(plan), readings_(plan.metrics.size()) {
  for (const PlaybookPlan& playbook : plan.playbooks) states_.emplace_back(playbook, plan.seed);
}

void Controller::start(sim::Context& context) {
  for (std::uint32_t i = 0; i < states_.size(); ++i)
    if (const auto at = states_[i].plan->at) context.schedule(*at, kind_of_note(Note::decide), i);
  context.schedule(Instant{} + second, kind_of_note(Note::look), 0, 0, sim::EventClass::observe);
}

void Controller::handle(sim::Context& context, const sim::Event& event) {
  switch (static_cast<Note>(event.kind)) {
    case Note::amount: readings_[event.a].amount += static_cast<std::int64_t>(event.b); return;
    case Note::base: readings_[event.a].base += static_cast<std::int64_t>(event.b); return;
    case Note::look: return look(context);
    case Note::decide: return decide(context, event.a);
    case Note::effect: return take_effect(context, event.a);
    case Note::undone: return undone(context, event.a);
  }
}

void Controller::look(sim::Context& context) {
  const Instant now = context.now();
  const auto value = [&](const TriggerPlan& of) {
    return value_of(plan_.metrics[of.metric], readings_[of.metric]);
  };
  for (std::uint32_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (now - second < state.since) continue;
    if (state.is == State::Is::watching && state.when &&
        state.when->look(now, value(*state.plan->when)))
      decide(context, i);
    else if (state.is == State::Is::in_effect && state.undo &&
             state.undo->look(now, value(*state.plan->undo_when)))
      undo(context, i, {});
  }
  std::fill(readings_.begin(), readings_.end(), Reading{});
  if (now + second <= plan_.window.end)
    context.schedule(now + second, kind_of_note(Note::look), 0, 0, sim::EventClass::observe);
}

void Controller::decide(sim::Context& context, std::uint32_t number) {
  State& state = states_[number];
  state.is = State::Is::deciding;
  state.occurrence = occurrences_.size();
  occurrences_.push_back({number, context.now()});
  const Duration delay = std::max(state.plan->delay.sample(state.delays), least_reaction);
  tell_all(context, context.now() + delay, number, true);
  context.schedule(context.now() + delay, kind_of_note(Note::effect), number);
}

void Controller::take_effect(sim::Context& context, std::uint32_t number) {
  State& state = states_[number];
  state.is = State::Is::in_effect;
  state.since = context.now();
  occurrences_[state.occurrence].effect = context.now();
  if (state.undo) state.undo->rearm();
  if (state.plan->undo_after) undo(context, number, *state.plan->undo_after);
}

void Controller::undo(sim::Context& context, std::uint32_t number, Duration after) {
  const Instant at = context.now() + std::max(after, least_reaction);
  tell_all(context, at, number, false);
  context.schedule(at, kind_of_note(Note::undone), number);
}

void Controller::undone(sim::Context& context, std::uint32_t number) {
  State& state = states_[number];
  occurrences_[state.occurrence].undone = context.now();
  state.is = state.when ? State::Is::watching : State::Is::over;
  state.since = context.now();
  if (state.when) state.when->rearm();
}

void Controller::tell_all(sim::Context& context, Instant at, std::uint32_t number, bool begins) {
  for (const sim::ChannelId channel : channels_)
    context.send(channel, at, kind_of(What::playbook), number, begins ? 1 : 0,
                 sim::EventClass::control);
}

}  // namespace springtide::models::chain
