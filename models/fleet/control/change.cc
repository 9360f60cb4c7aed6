#include "models/fleet/control/change.h"

#include <algorithm>

namespace springtide::models::fleet {
namespace {

// The services asked one after the other from `first` on; tells when one answered.
struct Asking {
  const spec::LiveControl& control;
  Instant ready;
  Stream& stream;
  std::int64_t& time_outs;

  // The instant of the question that was answered; else `at` is when the last one timed out.
  std::optional<Instant> ask(Instant& at) const {
    for (std::int64_t i = 0; i < control.services_per_site; ++i) {
      if (!stream.chance(control.failed.value)) return at;
      if (at >= ready) ++time_outs;
      at += control.time_out;
    }
    return {};
  }
};

Instant polled(const spec::LiveControl& control, Instant ready, Duration phase, Instant limit,
               const std::function<bool(Instant)>& down, const Asking& asking) {
  // A question asked before the change was ready may last until after it.
  const Duration longest = control.time_out * control.services_per_site + control.poll;
  const Duration from = ready.since_start() - longest - phase;
  std::int64_t tick = from.ns > 0 ? from / control.poll : 0;
  Instant free{};
  for (;; ++tick) {
    const Instant due = Instant{} + phase + control.poll * tick;
    if (due > limit) return Instant::never();
    if (due < free || (down && down(due))) continue;  // still asking, or not there
    Instant at = due;
    const std::optional<Instant> answered = asking.ask(at);
    free = at;
    if (!answered || *answered < ready) continue;
    const Instant has = *answered + control.deliver.sample(asking.stream);
    if (!down || !down(has)) return has <= limit ? has : Instant::never();
  }
}

Instant pushed(const spec::LiveControl& control, Instant ready, Instant limit,
               const std::function<bool(Instant)>& down, const Asking& asking) {
  for (Instant at = ready; at <= limit;) {
    const std::optional<Instant> sent = asking.ask(at);
    if (!sent) continue;
    const Instant has = *sent + control.deliver.sample(asking.stream);
    if (!down || !down(has)) return has <= limit ? has : Instant::never();
    ++asking.time_outs;
    at += std::max(control.time_out, millisecond);  // so that time goes on
  }
  return Instant::never();
}

}  // namespace

Instant reached(const spec::LiveControl& control, Instant ready, Duration phase, Instant limit,
                const std::function<bool(Instant)>& down, Stream& stream, std::int64_t& time_outs) {
  if (control.failed.value >= 1) return Instant::never();
  const Asking asking{control, ready, stream, time_outs};
  return control.poll.ns > 0 ? polled(control, ready, phase, limit, down, asking)
                             : pushed(control, ready, limit, down, asking);
}

Control::Control(const spec::LiveControl& control, std::vector<ControlledCue> cues,
                 std::uint32_t servers, Instant limit, std::uint64_t seed, const Down& down)
    : limit_(limit) {
  std::vector<Duration> phases(servers);
  if (control.poll.ns > 0)
    for (std::uint32_t i = 0; i < servers; ++i)
      phases[i].ns = static_cast<std::int64_t>(
          Stream(seed, "control/phase", i).below(static_cast<std::uint64_t>(control.poll.ns)));
  for (std::size_t k = 0; k < cues.size(); ++k) {
    Change change{std::move(cues[k]), {}, {}, 0};
    Stream decide(seed, "control/decide", k);
    change.ready = change.cue.at + control.decide.sample(decide);
    for (std::uint32_t i = 0; i < servers; ++i) {
      Stream stream(seed, "control/server", k << 32 | i);
      std::function<bool(Instant)> down_here;
      if (down) down_here = [&down, i](Instant at) { return down(i, at); };
      change.has.push_back(
          reached(control, change.ready, phases[i], limit, down_here, stream, change.time_outs));
    }
    changes_.push_back(std::move(change));
  }
}

Instant Control::issues_from(std::uint32_t server, Instant begin) const {
  Instant from = begin;
  for (const Change& change : changes_) {
    if (change.cue.at > begin) break;
    from = std::max(begin, change.has[server]);
  }
  return from;
}

std::vector<std::pair<Instant, Instant>> Control::stale(std::uint32_t server) const {
  std::vector<std::pair<Instant, Instant>> spans;
  for (const Change& change : changes_) {
    const Instant to = std::min(change.has[server], limit_);
    if (to <= change.cue.at) continue;
    if (!spans.empty() && change.cue.at <= spans.back().second)
      spans.back().second = std::max(spans.back().second, to);
    else
      spans.emplace_back(change.cue.at, to);
  }
  return spans;
}

}  // namespace springtide::models::fleet
