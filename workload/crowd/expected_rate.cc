#include "workload/crowd/expected_rate.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

#include "workload/crowd/shake.h"

namespace springtide::workload {
namespace {

constexpr std::int64_t steps = 8;  // in a second
constexpr std::int64_t step_ticks = ticks_per_second / steps;
constexpr double step_seconds = 1.0 / steps;
constexpr double negligible = 1e-9;  // of a probability

using Numbers = std::vector<double>;

double at_or_zero(const Numbers& numbers, std::int64_t index) {
  return index >= 0 && index < std::ssize(numbers) ? numbers[static_cast<std::size_t>(index)] : 0;
}

// With slots, steps are instants at which some users have their slot, and a gap leads from a step
// to another one of the same place in the second. Without, steps are short times in which any
// request may fall.
struct Gaps {
  Numbers excess;    // u - 1/m by age in steps, until it is negligible
  double base = 0;   // 1/m
  double share = 1;  // of the users who may ask in a step
};

// u from the probabilities of a gap of so many units: u = 1 + g u.
Numbers renewals(const Numbers& gap, std::size_t size) {
  Numbers u(size);
  const double within = 1 - gap[0];
  for (std::size_t k = 0; k < size; ++k) {
    double sum = k == 0 ? 1 : 0;
    for (std::size_t g = 1; g <= k && g < gap.size(); ++g) sum += gap[g] * u[k - g];
    u[k] = sum / within;
  }
  return u;
}

void cut(Numbers& numbers) {
  while (!numbers.empty() && numbers.back() > -negligible && numbers.back() < negligible)
    numbers.pop_back();
}

Gaps gaps_with_slots(const CrowdPlan& plan, std::int64_t seconds) {
  Numbers gap;
  for (const std::uint16_t g : plan.gap_seconds()) {
    if (g >= gap.size()) gap.resize(g + std::size_t{1});
    gap[g] += 1.0 / Quantiles::cells;
  }
  Gaps gaps{.excess = {}, .base = 1 / plan.mean_gap_seconds(), .share = step_seconds};
  for (const double u : renewals(gap, static_cast<std::size_t>(seconds)))
    gaps.excess.insert(gaps.excess.end(), steps, u - gaps.base);
  cut(gaps.excess);
  return gaps;
}

Gaps gaps_without(const CrowdPlan& plan, std::int64_t seconds) {
  constexpr std::uint32_t samples = Quantiles::cells * 16;
  const std::int64_t size = seconds * steps;
  Numbers gap(2);
  double mean = 0;
  for (std::uint32_t i = 0; i < samples; ++i) {
    const std::int64_t ticks = plan.gap().ticks((2 * i + 1) * (std::uint32_t{1} << 15));
    const double in_steps = static_cast<double>(ticks) / step_ticks;
    const std::int64_t low = std::min(ticks / step_ticks, size);
    if (low + 1 >= std::ssize(gap)) gap.resize(static_cast<std::size_t>(low) + 2);
    const double high_part = std::min(in_steps - static_cast<double>(low), 1.0);
    gap[static_cast<std::size_t>(low)] += (1 - high_part) / samples;
    gap[static_cast<std::size_t>(low) + 1] += high_part / samples;
    mean += in_steps / samples;
  }
  Gaps gaps{.excess = renewals(gap, static_cast<std::size_t>(size)), .base = 1 / mean};
  for (double& u : gaps.excess) u -= gaps.base;
  // of those who begin in a step, half have begun at its middle
  if (!gaps.excess.empty()) gaps.excess[0] += gaps.base / 2;
  cut(gaps.excess);
  return gaps;
}

// One cue's users, from its own first step on.
struct Wave {
  std::int64_t from = 0;
  Numbers begun;   // probability that the first shake falls into the step
  Numbers active;  // that a user shakes at the step, because of this cue
  const Numbers* survival = nullptr;
};

class Expectation {
 public:
  Expectation(const CrowdPlan& plan, std::int64_t seconds)
      : plan_(plan),
        size_(seconds * steps),
        gaps_(plan.slots() ? gaps_with_slots(plan, seconds) : gaps_without(plan, seconds)) {
    for (const CrowdPlan::Cue& cue : plan.cues())
      if (cue.at / step_ticks < size_) waves_.push_back(wave_of(cue));
  }

  Numbers active() const {
    Numbers inactive(static_cast<std::size_t>(size_), 1.0);
    for (const Wave& wave : waves_)
      for (std::size_t i = 0; i < wave.active.size(); ++i)
        inactive[static_cast<std::size_t>(wave.from) + i] *= 1 - wave.active[i];
    for (double& x : inactive) x = 1 - x;
    return inactive;
  }

  // Requests of a user by step.
  Numbers requests(const Numbers& active) const {
    Numbers rate(active.size());
    for (std::size_t i = 0; i < active.size(); ++i) rate[i] = active[i] * gaps_.base;
    for (const Wave& wave : waves_) add_beginnings(wave, rate);
    for (double& x : rate) x *= gaps_.share;
    return rate;
  }

 private:
  // What is the same for all cues with the same distributions, at the same place within a step.
  using Shape = std::tuple<std::size_t, std::size_t, std::int64_t>;

  // The first request leaves in any case; without slots, the end counts to the nearest second.
  double survival(const Quantiles& shaking, std::int64_t age) const {
    if (age < (plan_.slots() ? steps : 1)) return 1;
    const double seconds = static_cast<double>(age) * step_seconds;
    if (plan_.slots()) return 1 - shaking.below(seconds + step_seconds / 2);
    double sum = 0;
    for (int i = 0; i < steps; ++i)
      sum += 1 - shaking.below(seconds + (i + 0.5) * step_seconds - 0.5);
    return sum / steps;
  }

  const Numbers& survival_of(std::size_t shaking) {
    const auto [found, is_new] = survivals_.try_emplace(shaking);
    Numbers& numbers = found->second;
    for (std::int64_t age = 0; is_new && age < size_; ++age) {
      numbers.push_back(survival(plan_.table(shaking), age));
      if (numbers.back() < negligible) break;
    }
    return numbers;
  }

  // With slots, steps of reactions lie around the instants between two slots.
  Numbers begun_of(const CrowdPlan::Cue& cue) const {
    const Quantiles& reaction = plan_.table(cue.reaction);
    const double start = static_cast<double>(cue.at % step_ticks) / ticks_per_second +
                         (plan_.slots() ? step_seconds / 2 : 0.0);
    Numbers begun;
    double before = 0;
    for (std::int64_t i = 1; i <= size_ && before < 1 - negligible; ++i) {
      const double x = static_cast<double>(i) * step_seconds - start;
      const double now = x < 0 ? 0 : reaction.below(x);
      begun.push_back(now - before);
      before = now;
    }
    return begun;
  }

  Wave wave_of(const CrowdPlan::Cue& cue) {
    const Shape shape{cue.reaction, cue.shaking, cue.at % step_ticks};
    const auto [found, is_new] = shapes_.try_emplace(shape);
    Wave& whole = found->second;
    if (is_new) {
      whole.survival = &survival_of(cue.shaking);
      whole.begun = begun_of(cue);
      whole.active = convolved(whole.begun, *whole.survival);
    }
    Wave wave = whole;
    wave.from = cue.at / step_ticks;
    wave.active.resize(static_cast<std::size_t>(
        std::min<std::int64_t>(std::ssize(wave.active), size_ - wave.from)));
    wave.begun.resize(std::min(wave.begun.size(), wave.active.size()));
    for (double& x : wave.begun) x *= cue.share;
    for (double& x : wave.active) x *= cue.share;
    return wave;
  }

  Numbers convolved(const Numbers& begun, const Numbers& survival) const {
    const std::size_t size =
        std::min(begun.size() + survival.size(), static_cast<std::size_t>(size_));
    Numbers active(size);
    for (std::size_t i = 0; i < begun.size(); ++i)
      for (std::size_t d = 0; d < survival.size() && i + d < size; ++d)
        active[i + d] += begun[i] * survival[d] * (d == 0 && !plan_.slots() ? 0.5 : 1.0);
    return active;
  }

  // The probability that no other cue keeps the user shaking.
  double free_of_others(const Wave& wave, std::int64_t step) const {
    double free = 1;
    for (const Wave& other : waves_)
      if (&other != &wave) free *= 1 - at_or_zero(other.active, step - other.from);
    return free;
  }

  void add_beginnings(const Wave& wave, Numbers& rate) const {
    const std::size_t ages = std::min(gaps_.excess.size(), wave.survival->size());
    for (std::size_t i = 0; i < wave.begun.size(); ++i) {
      if (wave.begun[i] <= 0) continue;
      const auto step = static_cast<std::size_t>(wave.from) + i;
      const double begun = wave.begun[i] * free_of_others(wave, static_cast<std::int64_t>(step));
      for (std::size_t d = 0; d < ages && step + d < rate.size(); ++d)
        rate[step + d] += begun * gaps_.excess[d] * (*wave.survival)[d];
    }
  }

  const CrowdPlan& plan_;
  std::int64_t size_;  // steps
  Gaps gaps_;
  std::map<std::size_t, Numbers> survivals_;
  std::map<Shape, Wave> shapes_;
  std::vector<Wave> waves_;
};

// The sums of so many consecutive numbers.
Numbers sums(const Numbers& numbers, std::int64_t of) {
  Numbers sums(static_cast<std::size_t>((std::ssize(numbers) + of - 1) / of));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    sums[i / static_cast<std::size_t>(of)] += numbers[i];
  return sums;
}

ExpectedRate::Peak peak(const Numbers& numbers, std::int64_t seconds) {
  const auto highest = std::max_element(numbers.begin(), numbers.end());
  if (highest == numbers.end()) return {};
  return {(highest - numbers.begin()) * seconds, *highest};
}

}  // namespace

double ExpectedRate::before(std::int64_t second) const {
  double sum = 0;
  for (std::int64_t s = 0; s < std::min(second, std::ssize(requests)); ++s)
    sum += requests[static_cast<std::size_t>(s)];
  return sum;
}

ExpectedRate expected_rate(const CrowdPlan& plan, double online, std::int64_t seconds) {
  const Expectation expectation(plan, seconds);
  const Numbers active = expectation.active();
  ExpectedRate rate;
  rate.requests = sums(expectation.requests(active), steps);
  rate.active = sums(active, steps);
  for (double& x : rate.requests) x *= online;
  for (double& x : rate.active) x *= online * step_seconds;
  rate.total = rate.before(seconds);
  rate.peak_second = peak(rate.requests, 1);
  rate.peak_minute = peak(sums(rate.requests, 60), 60);
  return rate;
}

}  // namespace springtide::workload
