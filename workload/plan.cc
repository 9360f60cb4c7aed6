#include "workload/plan.h"

#include <algorithm>
#include <limits>

#include "workload/slots.h"

namespace springtide::workload {
namespace {

constexpr std::size_t instants_at_once = 256;

std::int64_t rate_in(const spec::RateSteps& rate, std::int64_t number) {
  const auto next = rate.upper_bound(second * number);
  if (next == rate.begin()) return 0;
  return static_cast<std::int64_t>(std::prev(next)->second.per_second + 0.5);
}

Stream arrival_stream(const PlanSpec& spec, std::uint64_t change) {
  return Stream(spec.seed, "load/arrivals", change);
}

}  // namespace

UserRange range_of(std::uint32_t population, int processes, int number) {
  const auto n = static_cast<std::uint64_t>(population);
  const auto begin = [&](int i) {
    return static_cast<std::uint32_t>(n * static_cast<std::uint64_t>(i) /
                                      static_cast<std::uint64_t>(processes));
  };
  return {begin(number), begin(number + 1) - begin(number)};
}

Plan::Plan(const PlanSpec& spec, int process)
    : spec_(spec),
      process_(process),
      users_(range_of(spec.population, spec.processes, process)),
      next_second_(spec.from.since_start() / second) {
  slots_ = std::get_if<spec::SlotsPlan>(&spec_.plan);
  if (!slots_) {
    arrivals_ = Arrivals::make(spec_.plan, arrival_stream(spec_, 0));
    instants_.resize(instants_at_once);
    position_ = filled_ = 0;
    return;
  }
  spread_numbers_.resize(users_.count);
  for (std::uint32_t i = 0; i < users_.count; ++i)
    spread_numbers_[i] =
        spread(users_.first + i, spec_.population, static_cast<std::uint32_t>(slots_->strips));
}

void Plan::change_rate(std::int64_t from_second, double per_second) {
  changes_.push_back({from_second, per_second});
}

void Plan::find_next(std::int64_t last_second) {
  while (!finished_) {
    ahead_ = slots_ ? next_of_slots() : next_arrival();
    if (ahead_ || next_second_ > last_second) return;
    if (Instant{next_second_ * second.ns} >= spec_.end)
      finished_ = true;
    else
      begin_second();
  }
}

void Plan::begin_second() {
  while (!changes_.empty() && changes_.front().from_second <= next_second_) {
    if (!slots_) change_arrivals(changes_.front());
    changed_rate_ = changes_.front().per_second;
    changes_.erase(changes_.begin());
  }
  if (slots_) list_users();
  more_in_second_ = true;
  ++next_second_;
}

void Plan::list_users() {
  const std::int64_t rate = changed_rate_ ? static_cast<std::int64_t>(*changed_rate_ + 0.5)
                                          : rate_in(slots_->rate, next_second_);
  second_users_.clear();
  position_ = 0;
  const Slot slot(spec_.start_unix + next_second_, rate, spec_.population);
  for (std::int64_t i = 0; i < slot.rounds(); ++i)
    for (std::uint32_t user = 0; user < users_.count; ++user) second_users_.push_back(user);
  if (!slot.anybody()) return;
  for (std::uint32_t user = 0; user < users_.count; ++user)
    if (slot.once_more(spread_numbers_[user])) second_users_.push_back(user);
}

std::optional<Due> Plan::next_of_slots() {
  if (position_ >= second_users_.size()) return {};
  const Instant begin{(next_second_ - 1) * second.ns};
  const std::uint32_t user = second_users_[position_];
  const double place = static_cast<double>(position_++);
  if (spec_.spread == Spread::burst) return Due{begin, user};
  const double offset = (process_ + 0.5) / spec_.processes;
  const double share = (place + offset) / static_cast<double>(second_users_.size());
  return Due{begin + Duration{static_cast<std::int64_t>(share * 1e9)}, user};
}

void Plan::change_arrivals(const RateChange& change) {
  const spec::RateSteps rate{{Duration{}, Rate{change.per_second}}};
  spec::Plan plan = spec::ConstantPlan{rate};
  if (std::holds_alternative<spec::PoissonPlan>(spec_.plan)) plan = spec::PoissonPlan{rate};
  if (std::holds_alternative<spec::RenewalPlan>(spec_.plan)) return;
  arrivals_ = Arrivals::make(
      plan, arrival_stream(spec_, 1 + static_cast<std::uint64_t>(change.from_second)));
  arrivals_from_ = second * change.from_second;
}

std::optional<Due> Plan::next_arrival() {
  const auto processes = static_cast<std::uint64_t>(spec_.processes);
  for (;;) {
    while (position_ < filled_) {
      const Instant intended = instants_[position_++] + arrivals_from_;
      if (intended < spec_.from) continue;
      if (intended >= spec_.end) return {};
      if (arrival_number_++ % processes != static_cast<std::uint64_t>(process_)) continue;
      return Due{intended, static_cast<std::uint32_t>(taken_++ % users_.count)};
    }
    if (!more_in_second_) return {};
    position_ = 0;
    filled_ = arrivals_->fill(instants_, Instant{next_second_ * second.ns} - arrivals_from_);
    more_in_second_ = filled_ == instants_.size();
  }
}

std::int64_t planned_requests(const PlanSpec& spec, int process,
                              const std::vector<RateChange>& changes) {
  Plan plan(spec, process);
  for (const RateChange& change : changes) plan.change_rate(change.from_second, change.per_second);
  std::int64_t count = 0;
  while (plan.peek(std::numeric_limits<std::int64_t>::max())) {
    plan.pop();
    ++count;
  }
  return count;
}

}  // namespace springtide::workload
