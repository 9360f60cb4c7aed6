#include "models/station/disciplines/sharing.h"

namespace springtide::models::station {

void SharingStation::handle(sim::Context& context, const sim::Event& event) {
  levels_.advance(context.now());
  workers_.serve_until(context.now());
  if (what_of(event) == What::timer) {
    workers_.timer(context.now());
    release(context);
  } else {
    arrive(context, request_of(event));
  }
  const Instant due = workers_.to_arm(context.now());
  if (due != Instant::never()) context.schedule(due, pack(setup_.entity, What::timer, 0));
}

void SharingStation::count_levels() {
  levels_.served = workers_.served();
  levels_.waiting = workers_.waiting();
}

void SharingStation::arrive(sim::Context& context, const Request& request) {
  ++counts_[request.route].arrived;
  const bool all_busy = levels_.served == setup_.workers;
  if (all_busy && levels_.waiting >= setup_.queue_limit) return refuse(context, request);
  const Duration service = service_time(request);
  workers_.enter(service, {request, context.now(), service});
  count_levels();
}

void SharingStation::release(sim::Context& context) {
  while (workers_.someone_leaves()) {
    Job done = workers_.leave();
    count_levels();
    const Duration inside = context.now() - done.arrived;
    whole_sums_.add(setup_.window, done.arrived, context.now());
    done.request.waiting += static_cast<float>((inside - done.service).ns);
    leave(context, done.request);
  }
}

void SharingStation::count_inside(Instant until) {
  workers_.for_each([&](const Job& job) { whole_sums_.add(setup_.window, job.arrived, until); });
}

std::vector<std::int64_t> SharingStation::inside() const {
  std::vector<std::int64_t> count(setup_.routes.size());
  workers_.for_each([&](const Job& job) { ++count[job.request.route]; });
  return count;
}

}  // namespace springtide::models::station
