#include "models/station/disciplines/preemptive.h"

#include <utility>

namespace springtide::models::station {

PreemptiveStation::PreemptiveStation(StationSetup setup)
    : Station(std::move(setup)),
      workers_(static_cast<std::size_t>(setup_.workers)),
      waiting_(setup_.levels) {}

void PreemptiveStation::handle(sim::Context& context, const sim::Event& event) {
  levels_.advance(context.now());
  if (what_of(event) != What::completion) {
    arrive(context, request_of(event));
  } else if (workers_[event.a].busy && workers_[event.a].turn == event.b) {
    complete(context, event.a);
  }
}

std::size_t PreemptiveStation::idle() const {
  std::size_t worker = 0;
  while (workers_[worker].busy) ++worker;
  return worker;
}

std::size_t PreemptiveStation::victim() const {
  std::size_t worst = 0;
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    const Job& job = workers_[i].job;
    const Job& other = workers_[worst].job;
    if (std::pair(job.level, job.number) > std::pair(other.level, other.number)) worst = i;
  }
  return worst;
}

void PreemptiveStation::arrive(sim::Context& context, const Request& request) {
  ++counts_[request.route].arrived;
  const bool all_busy = levels_.served == setup_.workers;
  if (all_busy && levels_.waiting >= setup_.queue_limit) return refuse(context, request);
  const Duration service = service_time(request);
  const Job job{request, context.now(), arrivals_++, service, service, here(request).level};
  if (!all_busy) {
    ++levels_.served;
    return begin(context, idle(), job);
  }
  ++levels_.waiting;
  const std::size_t worker = victim();
  Job& worst = workers_[worker].job;
  if (worst.level <= job.level) return waiting_[job.level].fresh.push(job);
  worst.remaining = workers_[worker].ends - context.now();
  waiting_[worst.level].interrupted.push_back(worst);
  begin(context, worker, job);
}

void PreemptiveStation::begin(sim::Context& context, std::size_t worker, const Job& job) {
  Worker& at = workers_[worker];
  at.job = job;
  at.busy = true;
  at.ends = context.now() + job.remaining;
  context.schedule(at.ends, pack(setup_.entity, What::completion, 0),
                   static_cast<std::uint32_t>(worker), ++at.turn);
}

void PreemptiveStation::complete(sim::Context& context, std::size_t worker) {
  Job& done = workers_[worker].job;
  const Duration inside = context.now() - done.arrived;
  whole_sums_.add(setup_.window, done.arrived, context.now());
  done.request.waiting += static_cast<float>((inside - done.service).ns);
  leave(context, done.request);
  for (Level& level : waiting_) {
    if (level.interrupted.empty() && level.fresh.empty()) continue;
    --levels_.waiting;
    Job next;
    if (level.interrupted.empty()) {
      next = level.fresh.pop();
    } else {
      next = level.interrupted.back();
      level.interrupted.pop_back();
    }
    return begin(context, worker, next);
  }
  workers_[worker].busy = false;
  --levels_.served;
}

void PreemptiveStation::count_inside(Instant until) {
  const auto add = [&](const Job& job) { whole_sums_.add(setup_.window, job.arrived, until); };
  for (const Worker& worker : workers_)
    if (worker.busy) add(worker.job);
  for (const Level& level : waiting_) {
    for (const Job& job : level.interrupted) add(job);
    for (std::size_t i = 0; i < level.fresh.size(); ++i) add(level.fresh[i]);
  }
}

std::vector<std::int64_t> PreemptiveStation::inside() const {
  std::vector<std::int64_t> count(setup_.routes.size());
  for (const Worker& worker : workers_)
    if (worker.busy) ++count[worker.job.request.route];
  for (const Level& level : waiting_) {
    for (const Job& job : level.interrupted) ++count[job.request.route];
    for (std::size_t i = 0; i < level.fresh.size(); ++i) ++count[level.fresh[i].request.route];
  }
  return count;
}

}  // namespace springtide::models::station
