#include "models/station/disciplines/preemptive.h"

#include <utility>

namespace springtide::models::station {

PreemptiveStation::PreemptiveStation(StationSetup setup)
    : Station(std::move(setup)), workers_(setup_.workers, setup_.levels) {}

void PreemptiveStation::handle(sim::Context& context, const sim::Event& event) {
  levels_.advance(context.now());
  if (what_of(event) != What::completion)
    arrive(context, request_of(event));
  else if (workers_.is_over(event.a, event.b))
    complete(context, event.a);
}

void PreemptiveStation::arrive(sim::Context& context, const Request& request) {
  ++counts_[request.route].arrived;
  const bool all_busy = levels_.served == setup_.workers;
  if (all_busy && levels_.waiting >= setup_.queue_limit) return refuse(context, request);
  const Duration service = service_time(request);
  begin(context, workers_.enter(context.now(), service, here(request).level,
                                {request, context.now(), service}));
}

void PreemptiveStation::complete(sim::Context& context, std::uint32_t worker) {
  Job done = workers_.guest(worker);
  const Duration inside = context.now() - done.arrived;
  whole_sums_.add(setup_.window, done.arrived, context.now());
  done.request.waiting += static_cast<float>((inside - done.service).ns);
  leave(context, done.request);
  begin(context, workers_.next(context.now(), worker, [](const Job&) { return true; }));
}

void PreemptiveStation::begin(sim::Context& context, const std::optional<Workers::Start>& start) {
  levels_.served = workers_.served();
  levels_.waiting = workers_.waiting();
  if (start)
    context.schedule(start->ends, pack(setup_.entity, What::completion, 0), start->worker,
                     start->turn);
}

void PreemptiveStation::count_inside(Instant until) {
  workers_.for_each([&](const Job& job) { whole_sums_.add(setup_.window, job.arrived, until); });
}

std::vector<std::int64_t> PreemptiveStation::inside() const {
  std::vector<std::int64_t> count(setup_.routes.size());
  workers_.for_each([&](const Job& job) { ++count[job.request.route]; });
  return count;
}

}  // namespace springtide::models::station
