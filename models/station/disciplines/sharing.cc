#include "models/station/disciplines/sharing.h"

#include <algorithm>

#include "base/check.h"

namespace springtide::models::station {
namespace {

constexpr int fraction_bits = 16;
constexpr std::int64_t longest = std::int64_t{1} << 62;

}  // namespace

void SharingStation::handle(sim::Context& context, const sim::Event& event) {
  levels_.advance(context.now());
  attain(context.now());
  if (what_of(event) == What::timer) {
    if (context.now() == armed_) armed_ = Instant::never();
    release(context);
  } else {
    arrive(context, request_of(event));
  }
  arm(context);
}

std::int64_t SharingStation::sharing() const {
  return std::min(static_cast<std::int64_t>(jobs_.size()), setup_.workers);
}

void SharingStation::attain(Instant now) {
  if (!jobs_.empty()) {
    const auto passed = static_cast<measure::Int128>((now - since_).ns) << fraction_bits;
    attained_ +=
        static_cast<std::int64_t>(passed * sharing() / static_cast<std::int64_t>(jobs_.size()));
  }
  since_ = now;
}

void SharingStation::count_levels() {
  levels_.served = sharing();
  levels_.waiting = static_cast<std::int64_t>(jobs_.size()) - levels_.served;
}

void SharingStation::arrive(sim::Context& context, const Request& request) {
  ++counts_[request.route].arrived;
  const bool all_busy = levels_.served == setup_.workers;
  if (all_busy && levels_.waiting >= setup_.queue_limit) return refuse(context, request);
  if (jobs_.empty()) attained_ = 0;
  const Duration service = service_time(request);
  SPRINGTIDE_CHECK(service.ns < (longest >> fraction_bits) - (attained_ >> fraction_bits),
                   "a busy period under processor sharing is longer than 39 hours");
  jobs_.push_back(
      {attained_ + (service.ns << fraction_bits), arrivals_++, request, context.now(), service});
  std::push_heap(jobs_.begin(), jobs_.end(), later);
  count_levels();
}

void SharingStation::release(sim::Context& context) {
  while (!jobs_.empty() && jobs_.front().leaves_at <= attained_) {
    std::pop_heap(jobs_.begin(), jobs_.end(), later);
    Job done = jobs_.back();
    jobs_.pop_back();
    count_levels();
    const Duration inside = context.now() - done.arrived;
    whole_sums_.add(setup_.window, done.arrived, context.now());
    done.request.waiting += static_cast<float>((inside - done.service).ns);
    leave(context, done.request);
  }
}

// A timer that turns out too early (more have come since) only arms the next one.
void SharingStation::arm(sim::Context& context) {
  if (jobs_.empty()) return;
  const auto missing = static_cast<measure::Int128>(jobs_.front().leaves_at - attained_);
  const auto count = static_cast<std::int64_t>(jobs_.size());
  const measure::Int128 rate = static_cast<measure::Int128>(sharing()) << fraction_bits;
  const auto wait = static_cast<std::int64_t>((missing * count + rate - 1) / rate);
  const Instant due = context.now() + Duration{std::max<std::int64_t>(wait, 0)};
  if (due >= armed_) return;
  armed_ = due;
  context.schedule(due, pack(setup_.entity, What::timer, 0));
}

void SharingStation::count_inside(Instant until) {
  for (const Job& job : jobs_) whole_sums_.add(setup_.window, job.arrived, until);
}

std::vector<std::int64_t> SharingStation::inside() const {
  std::vector<std::int64_t> count(setup_.routes.size());
  for (const Job& job : jobs_) ++count[job.request.route];
  return count;
}

}  // namespace springtide::models::station
