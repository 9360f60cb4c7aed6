#include "models/chain/traces/traces.h"

#include <algorithm>

namespace springtide::models::chain {
namespace {

// A row is told by 12 bits of slot, 13 of the slot's generation and 7 of row: a callee that works
// on for a request that was put away long ago finds nobody.
constexpr std::uint32_t row_bits = 7, generation_bits = 13;
constexpr std::uint32_t rows = (1U << row_bits) - 1;  // the last stands for the request itself
constexpr std::uint32_t generations = 1U << generation_bits;
constexpr std::uint32_t most_slots = 4000;

std::uint32_t word(std::uint32_t slot, std::uint32_t generation, std::uint32_t row) {
  return (slot << generation_bits | generation % generations) << row_bits | row;
}
std::uint32_t row_of(std::uint32_t span) { return span & rows; }
std::uint32_t slot_of(std::uint32_t span) { return span >> (row_bits + generation_bits); }

}  // namespace

Traces::Traces(const Plan& plan, Stream gaps)
    : plan_(plan), gaps_(std::move(gaps)), kept_(plan.askers.size() * parts, none) {
  const std::size_t slots = std::min<std::size_t>(most_slots, most_open + kept_.size());
  traces_.resize(slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) free_.push(slot);
}

std::uint32_t Traces::follow(std::uint32_t asker, Instant now) {
  choose_gap(now);
  if (free_.empty()) return none;
  const std::uint32_t slot = free_.pop();
  Trace& trace = traces_[slot];
  trace.asker = asker;
  trace.intended = now;
  trace.in_flight = true;
  trace.missed = trace.cut = false;
  trace.spans.clear();
  return word(slot, trace.generation, rows);
}

// The gap grows while there are too many in a second, and shrinks when there were too few.
void Traces::choose_gap(Instant now) {
  const std::int64_t second = now.ns / springtide::second.ns;
  if (second > second_) {
    if (followed_ < each_second / 2)
      mean_gap_ =
          std::max<std::int64_t>(1, mean_gap_ >> std::min<std::int64_t>(second - second_, 30));
    second_ = second;
    followed_ = 0;
  } else if (followed_ >= each_second) {
    mean_gap_ *= 2;
    followed_ = 0;
  }
  ++followed_;
  const auto widest = static_cast<std::uint64_t>(2 * mean_gap_ - 1);
  until_next_ = mean_gap_ == 1 ? 1 : 1 + static_cast<std::int64_t>(gaps_.below(widest));
}

Span* Traces::find(std::uint32_t span) {
  Trace& trace = traces_[slot_of(span)];
  const std::uint32_t row = row_of(span);
  if (span != word(slot_of(span), trace.generation, row) || row >= trace.spans.size())
    return nullptr;
  return &trace.spans[row];
}

std::uint32_t Traces::add(std::uint32_t slot, const Span& span) {
  Trace& trace = traces_[slot];
  if (trace.spans.size() >= rows) {
    trace.cut = true;
    return none;
  }
  trace.spans.push_back(span);
  return word(slot, trace.generation, static_cast<std::uint32_t>(trace.spans.size() - 1));
}

std::uint32_t Traces::call(std::uint32_t parent, std::uint32_t step, Instant now) {
  const std::uint32_t row = row_of(parent);
  if (row != Span::no_parent && find(parent) == nullptr) return none;
  Span span;
  span.step = step;
  span.parent = static_cast<std::uint8_t>(row);
  span.sent = now;
  return add(slot_of(parent), span);
}

std::uint32_t Traces::attempt(std::uint32_t number, Instant now) {
  Span* span = find(number);
  if (span == nullptr) return number;
  if (span->attempt == 0) {
    span->attempt = 1;
    span->sent = now;
    return number;
  }
  Span next;
  next.step = span->step;
  next.parent = span->parent;
  next.attempt = static_cast<std::uint16_t>(span->attempt + 1);
  next.sent = now;
  const std::uint32_t added = add(slot_of(number), next);
  return added == none ? number : added;
}

void Traces::heard(std::uint32_t number, Outcome outcome, Instant now) {
  Span* span = find(number);
  if (span == nullptr) return;
  span->heard = now;
  span->heard_as = outcome;
}

void Traces::call_ended(std::uint32_t number, Outcome outcome, Instant now) {
  Span* span = find(number);
  if (span == nullptr) return;
  if (span->heard == Instant::never())
    heard(number, outcome, now);
  else
    span->fallback = is_good(outcome);
}

void Traces::request_ended(std::uint32_t number, Outcome outcome, Instant now) {
  if (find(number) == nullptr) return;
  call_ended(number, outcome, now);
  Trace& trace = traces_[slot_of(number)];
  trace.outcome = outcome;
  trace.ended = now;
  trace.in_flight = false;
  const auto& deadline = plan_.clients[plan_.askers[trace.asker].client].deadline;
  trace.missed = !is_good(outcome) || (deadline && trace.took() > *deadline);
  put_away(slot_of(number));
}

// Kept, in the place of another, or forgotten.
void Traces::put_away(std::uint32_t slot) {
  const Trace& trace = traces_[slot];
  const std::int64_t whole = std::max<std::int64_t>(1, plan_.window.end.ns);
  const auto part = std::min<std::uint32_t>(
      parts - 1, static_cast<std::uint32_t>(static_cast<double>(trace.intended.ns) /
                                            static_cast<double>(whole) * parts));
  std::uint32_t& kept = kept_[trace.asker * parts + part];
  if (kept != none && !trace.worse_than(traces_[kept])) return free(slot);
  if (kept != none) free(kept);
  kept = slot;
}

void Traces::free(std::uint32_t slot) {
  ++traces_[slot].generation;
  traces_[slot].in_flight = false;
  free_.push(slot);
}

void Traces::arrived(std::uint32_t number, std::uint32_t machine, Instant now) {
  if (Span* span = find(number)) {
    span->machine = machine;
    span->arrived = now;
  }
}

void Traces::began(std::uint32_t number, Instant now) {
  if (Span* span = find(number)) span->began = now;
}

void Traces::served(std::uint32_t number, Instant now) {
  if (Span* span = find(number)) span->served = now;
}

void Traces::left(std::uint32_t number, Outcome outcome, Instant now) {
  Span* span = find(number);
  if (span == nullptr) return;
  span->left = now;
  span->left_as = outcome;
}

void Traces::finish(Instant now) {
  for (std::uint32_t slot = 0; slot < traces_.size(); ++slot) {
    if (!traces_[slot].in_flight) continue;
    traces_[slot].ended = now;
    traces_[slot].missed = true;
    put_away(slot);
  }
}

}  // namespace springtide::models::chain
