#include "models/chain/calls/calls.h"

namespace springtide::models::chain {

Calls::Calls(Site& site, Network& network, Requests& requests)
    : site_(site),
      network_(network),
      requests_(requests),
      lanes_(site),
      guards_(site),
      caches_(site),
      back_offs_(site.stream("calls/back-off")),
      fallbacks_(site.stream("calls/fallback")),
      patience_(site.stream("calls/patience")),
      fronts_(site.stream("playbooks/front")),
      counts_(site.plan.steps.size()) {}

void Calls::begin(const Beginning& beginning) {
  const Handle handle = site_.calls.make();
  Call& call = site_.calls[handle.slot];
  call.began = beginning.began;
  call.deadline = beginning.deadline;
  call.parent = beginning.parent;
  call.step = beginning.step;
  call.caller = beginning.caller;
  call.priority = beginning.priority;
  if (beginning.span != none) [[unlikely]]
    call.span = site_.traces.call(beginning.span, call.step, site_.mail.now());
  ++counts_[call.step].begun;
  if (site_.step(call.step).cache == none)
    attempt(handle.slot);
  else
    ask_cache(handle.slot);
}

void Calls::ask_cache(std::uint32_t slot) {
  const std::uint32_t cache = site_.step(site_.calls[slot].step).cache;
  switch (caches_.look(slot, site_)) {
    case Caches::Look::hit:
      return site_.mail.at(site_.mail.now() + caches_.hit_time(cache), What::cache_hit,
                           site_.calls.handle(slot));
    case Caches::Look::fetch: return attempt(slot);
    case Caches::Look::wait: return;
  }
}

void Calls::cache_hit(Handle handle) {
  if (site_.calls.find(handle) != nullptr) end(handle.slot, Outcome::answered);
}

// Who waited for a fetch has it, or ends as badly without an attempt of its own.
void Calls::tell_who_waits(std::uint32_t slot, Outcome outcome) {
  std::uint32_t waiting = caches_.fetched(site_.calls[slot], site_, outcome);
  while (waiting != none) {
    const std::uint32_t next = site_.calls[waiting].next;
    is_good(outcome) ? end(waiting, outcome) : go_on_after(waiting, outcome, false);
    waiting = next;
  }
}

void Calls::attempt(std::uint32_t slot) {
  Call& call = site_.calls[slot];
  const Step& step = site_.step(call.step);
  ++call.attempt;
  if (call.span != none) [[unlikely]]
    call.span = site_.traces.attempt(call.span, site_.mail.now());
  if (step.carries_deadline && call.deadline <= site_.mail.now())
    return go_on_after(slot, Outcome::timed_out, false);
  if (step.rules != none && !admitted(call)) return go_on_after(slot, Outcome::refused, false);
  call.outstanding = 1;
  ++counts_[call.step].attempts;
  if (step.timeout != none) lanes_.arm(step.timeout, site_.calls.handle(slot));
  if (step.rules != none) give_up_later(slot);
  if (step.hedge != none) lanes_.arm(step.hedge, site_.calls.handle(slot));
  send(slot);
}

// A request of a client may have to wait at the front; its patience runs meanwhile.
void Calls::send(std::uint32_t slot) {
  const Call& call = site_.calls[slot];
  const Distribution* wait =
      call.parent.empty() ? site_.levers.front[site_.step(call.step).asker] : nullptr;
  if (wait == nullptr) return network_.request(slot);
  site_.mail.at(site_.mail.now() + wait->sample(fronts_), What::front, site_.calls.handle(slot));
}

void Calls::through_the_front(Handle handle) {
  if (site_.calls.find(handle) != nullptr) network_.request(handle.slot);
}

// A time-out that is drawn for each attempt: an event of its own.
void Calls::give_up_later(std::uint32_t slot) {
  const auto& patience = site_.plan.rules[site_.step(site_.calls[slot].step).rules].patience;
  if (!patience) return;
  const Instant at = site_.mail.now() + patience->sample(patience_);
  site_.mail.at(at, What::give_up, site_.calls.handle(slot));
}

void Calls::give_up(Handle handle) {
  if (site_.calls.find(handle) != nullptr) timed_out(handle);
}

bool Calls::admitted(Call& call) {
  Guard& guard = guards_.of(call);
  if (guard.budget && call.attempt == 1) guard.budget->first_attempt(site_.mail.now());
  if (!guard.breaker) return true;
  if (!guard.breaker->allow(site_.mail.now())) {
    ++counts_[call.step].broken;
    return false;
  }
  call.ticket = guard.breaker->ticket();
  return true;
}

void Calls::answer(Handle handle, Outcome outcome) {
  Call* call = site_.calls.find(handle);
  if (call == nullptr) return;
  --call->outstanding;
  if (call->outstanding > 0 && !is_good(outcome)) return;  // its hedge may still answer
  attempt_ended(handle.slot, outcome);
}

void Calls::attempt_ended(std::uint32_t slot, Outcome outcome) {
  Call& call = site_.calls[slot];
  if (site_.step(call.step).rules != none) {
    Guard& guard = guards_.of(call);
    if (guard.breaker && is_good(outcome)) guard.breaker->succeeded(site_.mail.now(), call.ticket);
    if (guard.breaker && !is_good(outcome)) guard.breaker->failed(site_.mail.now(), call.ticket);
  }
  if (is_good(outcome)) {
    ++counts_[call.step].attempts_answered;
    return end(slot, outcome);
  }
  go_on_after(slot, outcome, true);
}

void Calls::go_on_after(std::uint32_t slot, Outcome outcome, bool may_retry) {
  Call& call = site_.calls[slot];
  const Step& step = site_.step(call.step);
  if (step.rules == none) return end(slot, outcome);
  if (call.span != none) [[unlikely]]
    site_.traces.heard(call.span, outcome, site_.mail.now());
  const CallRules& rules = site_.plan.rules[step.rules];
  site_.calls.renew(slot);
  const Handle handle = site_.calls.handle(slot);
  if (may_retry && retry_allowed(call, rules)) {
    ++counts_[call.step].retries;
    const Duration wait = policy::back_off(rules.back_off, call.attempt, back_offs_);
    return site_.mail.at(site_.mail.now() + wait, What::retry, handle);
  }
  if (!rules.fallback) return end(slot, outcome);
  ++counts_[call.step].fallbacks;
  site_.mail.at(site_.mail.now() + rules.fallback->sample(fallbacks_), What::fallback, handle);
}

// Who made it is gone: it runs on at its callee, but is not made again.
bool Calls::is_abandoned(const Call& call) {
  return !call.parent.empty() && site_.tasks.find(call.parent) == nullptr;
}

bool Calls::retry_allowed(const Call& call, const CallRules& rules) {
  if (call.attempt >= rules.attempts || is_abandoned(call)) return false;
  if (call.deadline <= site_.mail.now() && site_.step(call.step).carries_deadline) return false;
  Guard& guard = guards_.of(call);
  if (!guard.budget || guard.budget->allow_retry(site_.mail.now())) return true;
  ++counts_[call.step].not_retried;
  return false;
}

void Calls::retry(Handle handle) {
  const Call* call = site_.calls.find(handle);
  if (call == nullptr) return;
  is_abandoned(*call) ? end(handle.slot, Outcome::failed) : attempt(handle.slot);
}

void Calls::fallback(Handle handle) {
  if (site_.calls.find(handle) != nullptr) end(handle.slot, Outcome::degraded);
}

void Calls::lane_due(std::uint32_t lane) {
  const bool hedges = site_.plan.lanes[lane].use == Lane::Use::hedge;
  for (Handle call = lanes_.next_due(lane); !call.empty(); call = lanes_.next_due(lane))
    hedges ? hedge(call) : timed_out(call);
}

void Calls::timed_out(Handle handle) {
  ++counts_[site_.calls[handle.slot].step].attempts_timed_out;
  attempt_ended(handle.slot, Outcome::timed_out);
}

void Calls::hedge(Handle handle) {
  Call& call = site_.calls[handle.slot];
  if (is_abandoned(call)) return;
  ++call.outstanding;
  ++counts_[call.step].hedges;
  ++counts_[call.step].attempts;
  if (call.span != none) [[unlikely]]
    call.span = site_.traces.attempt(call.span, site_.mail.now());
  network_.request(handle.slot);
}

// A task of a group is served by nobody; a group within a group goes with the one around it.
void Calls::forget_groups() {
  for (bool found = true; found;) {
    std::vector<std::uint32_t> gone;
    site_.tasks.for_each([&](std::uint32_t slot, const Task& task) {
      const Step& step = site_.step(task.step);
      if (step.service != none || step.parent == none) return;
      const Call* group = site_.calls.find(task.caller);
      if (group != nullptr && is_abandoned(*group)) gone.push_back(slot);
    });
    for (const std::uint32_t slot : gone) {
      end(site_.tasks[slot].caller.slot, Outcome::failed);
      site_.tasks.free(slot);
    }
    found = !gone.empty();
  }
}

void Calls::tell_traces(const Call& call, Outcome outcome) {
  if (call.parent.empty())
    site_.traces.request_ended(call.span, outcome, site_.mail.now());
  else
    site_.traces.call_ended(call.span, outcome, site_.mail.now());
}

void Calls::end(std::uint32_t slot, Outcome outcome) {
  const Call& call = site_.calls[slot];
  const Step& step = site_.step(call.step);
  if (step.cache != none && call.attempt > 0) tell_who_waits(slot, outcome);
  ++counts_[call.step].ended[static_cast<std::size_t>(outcome)];
  if (call.span != none) [[unlikely]]
    tell_traces(call, outcome);
  if (call.parent.empty()) {
    requests_.ended(step.asker, call.began, outcome);
  } else {
    const Outcome told = step.optional && !is_good(outcome) ? Outcome::answered : outcome;
    site_.mail.at_once(What::call_done, call.parent, static_cast<std::uint32_t>(told));
  }
  site_.calls.free(slot);
}

}  // namespace springtide::models::chain
