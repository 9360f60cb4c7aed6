#include "models/chain/stations/stations.h"

#include <algorithm>
#include <set>

namespace springtide::models::chain {

Stations::Service::Service(const ServicePlan& its_plan, const Site& site)
    : plan(its_plan),
      balancer(plan.balancing),
      choices(site.stream("services/" + plan.name + "/balancing")),
      admissions(site.stream("services/" + plan.name + "/admissions")),
      counts(site.plan.window) {
  const std::string name = "services/" + plan.name + "/time";
  times.emplace_back(plan.time, site.stream(name));
  for (const auto& [priority, time] : plan.time_by_priority) {
    times_of[priority] = static_cast<std::uint32_t>(times.size());
    times.emplace_back(time, site.stream(name + "/" + std::to_string(priority)));
  }
  if (plan.discipline != spec::Discipline::priority) return;
  for (const ClientPlan& client : site.plan.clients) level_of[client.priority] = 0;
  std::uint32_t level = 0;
  for (auto& [_, number] : level_of) number = level++;
}

Stations::Stations(Site& site, Network& network) : site_(site), network_(network) {
  services_.reserve(site.plan.services.size());
  for (const ServicePlan& plan : site.plan.services) add(plan);
  adjust();
}

void Stations::adjust() {
  for (std::uint32_t i = 0; i < services_.size(); ++i) adjust(i);
}

// Machines that are taken away get nothing new and work off what they have; so do workers.
void Stations::adjust(std::uint32_t number) {
  Service& service = services_[number];
  const std::int64_t workers = site_.levers.workers[number];
  service.counts.levels.advance(site_.mail.now());
  service.counts.capacity.advance(site_.mail.now());
  service.counts.capacity.served =
      workers * static_cast<std::int64_t>(site_.health.up(number, site_.number).size());
  std::int64_t rest = workers;
  for (const auto& [_, kept] : service.plan.bulkheads) rest -= kept;
  for (std::uint32_t i = 0; i < service.plan.places(site_.number); ++i) {
    Pool& pool = pools_[instances_[service.first_instance + i].first_pool];
    pool.workers = rest;
    while (pool.busy < pool.workers && !pool.line.empty() && begin_next(service, pool)) {
      ++pool.busy;
      ++service.counts.levels.served;
    }
  }
}

void Stations::advance() {
  for (Service& service : services_) {
    service.counts.levels.advance(site_.mail.now());
    service.counts.capacity.advance(site_.mail.now());
  }
}

void Stations::add(const ServicePlan& plan) {
  Service& service = services_.emplace_back(plan, site_);
  service.first_instance = static_cast<std::uint32_t>(instances_.size());
  for (std::uint32_t i = 0; i < plan.places(site_.number); ++i) add_instance(service);
  add_paces(plan, service);
}

// Of the machines that incidents slow, or let stand still.
void Stations::add_paces(const ServicePlan& plan, Service& service) {
  const auto number = static_cast<std::uint32_t>(&plan - site_.plan.services.data());
  std::map<std::uint32_t, std::vector<Pace::Span>> by_machine;
  for (const IncidentPlan& incident : site_.plan.incidents) {
    const bool stands = incident.kind == IncidentPlan::Kind::standstill;
    if (!stands && incident.kind != IncidentPlan::Kind::slow) continue;
    const double factor = stands ? 0 : incident.factor;
    for (const MachineRange& range : incident.machines)
      if (range.service == number && range.site == site_.number)
        for (std::uint32_t i = range.first; i < range.last; ++i)
          by_machine[i].push_back({incident.begin, incident.end, factor});
  }
  for (const auto& [machine, spans] : by_machine) {
    instances_[service.first_instance + machine].pace = static_cast<std::uint32_t>(paces_.size());
    paces_.emplace_back(spans);
  }
}

void Stations::add_instance(Service& service) {
  const ServicePlan& plan = service.plan;
  Instance& instance = instances_.emplace_back();
  instance.first_pool = static_cast<std::uint32_t>(pools_.size());
  if (plan.rate_limit) instance.bucket.emplace(plan.rate_limit->per_second, plan.rate_limit->burst);
  const auto order = plan.last_first ? Line::Order::last_come : Line::Order::first_come;
  const auto levels = static_cast<std::uint32_t>(std::max<std::size_t>(service.level_of.size(), 1));
  std::int64_t rest = plan.workers;
  for (const auto& [_, workers] : plan.bulkheads) rest -= workers;
  pools_.push_back({rest, 0, Line(order, levels)});
  for (const auto& [_, workers] : plan.bulkheads)
    pools_.push_back({workers, 0, Line(order, levels)});
}

void Stations::arrive(Handle handle) {
  Task& task = site_.tasks[handle.slot];
  const Step& step = site_.step(task.step);
  Service& service = services_[step.service];
  task.arrived = site_.mail.now();
  ++service.counts.arrived;
  service.counts.arrived_by_second.add(site_.mail.now());
  const std::uint32_t first = service.first_instance;
  const std::vector<std::uint32_t>& up = site_.health.up(step.service, site_.number);
  if (service.failing > 0 || up.empty()) [[unlikely]]
    return fail_at_once(handle.slot, service);
  task.machine = up[service.balancer.choose(
      static_cast<std::uint32_t>(up.size()),
      [&](std::uint32_t i) { return instances_[first + up[i]].inside; }, service.choices)];
  task.instance = first + task.machine;
  task.pool = step.pool;
  Instance& instance = instances_[task.instance];
  ++instance.inside;
  ++service.counts.inside;
  if (task.deadline <= site_.mail.now()) {
    ++service.counts.expired;
    return turn_away(handle.slot, Outcome::timed_out);
  }
  if (!may_enter(service, instance, task)) return turn_away(handle.slot, Outcome::refused);
  service.counts.levels.advance(site_.mail.now());
  Pool& pool = pool_of(task);
  if (pool.busy < pool.workers) {
    ++pool.busy;
    ++service.counts.levels.served;
    begin(handle.slot, service);
  } else if (pool.line.size() >= service.plan.queue_limit) {
    turn_away(handle.slot, Outcome::refused);
  } else {
    wait(handle.slot, service, pool);
  }
}

// The service fails, or nobody is there. From a site that is lost no answer comes.
void Stations::fail_at_once(std::uint32_t slot, Service& service) {
  Task& task = site_.tasks[slot];
  if (service.failing > 0) --service.failing;
  ++service.counts.ended[static_cast<std::size_t>(Outcome::failed)];
  if (!site_.health.is_lost(site_.number)) network_.answer(task, Outcome::failed);
  site_.tasks.free(slot);
}

void Stations::lose(const MachineRange& range, bool silent) {
  Service& service = services_[range.service];
  service.counts.levels.advance(site_.mail.now());
  const std::uint32_t first = service.first_instance + range.first;
  const std::uint32_t last = service.first_instance + range.last;
  std::vector<std::uint32_t> gone;
  site_.tasks.for_each([&](std::uint32_t slot, const Task& task) {
    if (task.instance != none && first <= task.instance && task.instance < last)
      gone.push_back(slot);
  });
  for (const std::uint32_t slot : gone) forget(slot, silent);
  for (std::uint32_t i = first; i < last; ++i)
    for (std::uint32_t pool = 0; pool <= service.plan.bulkheads.size(); ++pool) {
      pools_[instances_[i].first_pool + pool].line.clear();
      pools_[instances_[i].first_pool + pool].busy = 0;
    }
}

// A task whose machine is gone.
void Stations::forget(std::uint32_t slot, bool silent) {
  Task& task = site_.tasks[slot];
  Service& service = service_of(task);
  ServiceCounts& counts = service.counts;
  const Instant now = site_.mail.now();
  if (task.state == Task::State::waiting) {
    --counts.levels.waiting;
    counts.queue.add(site_.plan.window, task.arrived, now);
  } else if (task.state == Task::State::served || service.plan.holds_worker) {
    --counts.levels.served;
    counts.workers.add(site_.plan.window, task.since, now);
  }
  task.outcome = Outcome::failed;
  if (silent) task.caller = {};
  leave(slot, service);
}

bool Stations::admits(Service& service, std::uint32_t number) {
  const double share = site_.levers.admitted[number];
  return share >= 1 || service.admissions.chance(share);
}

bool Stations::may_enter(Service& service, Instance& instance, const Task& task) {
  if (!admits(service, site_.step(task.step).service)) return false;
  if (instance.bucket && !instance.bucket->take(site_.mail.now())) return false;
  return !service.plan.shed || !sheds(service, pool_of(task), task);
}

bool Stations::sheds(const Service& service, Pool& pool, const Task& task) {
  const Shed& shed = *service.plan.shed;
  if (task.priority < shed.priority || pool.line.empty()) return false;
  if (pool.line.size() > shed.waiting) return true;
  return site_.mail.now() - site_.tasks[pool.line.oldest()].arrived > shed.delay;
}

void Stations::turn_away(std::uint32_t slot, Outcome outcome) {
  Task& task = site_.tasks[slot];
  Service& service = service_of(task);
  task.outcome = outcome;
  if (outcome == Outcome::refused) {
    ++service.counts.turned_away;
    service.counts.turned_away_by_second.add(site_.mail.now());
  }
  leave(slot, service);
}

void Stations::wait(std::uint32_t slot, Service& service, Pool& pool) {
  Task& task = site_.tasks[slot];
  task.state = Task::State::waiting;
  const std::uint32_t level = service.level_of.empty() ? 0 : service.level_of.at(task.priority);
  pool.line.push(level, slot);
  ++service.counts.levels.waiting;
}

void Stations::begin(std::uint32_t slot, Service& service) {
  Task& task = site_.tasks[slot];
  const Instant now = site_.mail.now();
  task.state = Task::State::served;
  task.since = now;
  std::uint32_t times = 0;
  if (!service.times_of.empty())
    if (const auto own = service.times_of.find(task.priority); own != service.times_of.end())
      times = own->second;
  const Duration work = service.times[times].next();
  const std::uint32_t pace = instances_[task.instance].pace;
  const Instant done = pace == none ? now + work : paces_[pace].finish(now, work);
  site_.mail.at(done, What::served, site_.tasks.handle(slot));
}

void Stations::served(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  Service& service = service_of(*task);
  const bool leaf = site_.step(task->step).is_leaf();
  if (leaf || !service.plan.holds_worker) release(service, pool_of(*task), *task);
  if (leaf)
    leave(handle.slot, service);
  else
    site_.mail.at_once(What::go_on, handle);
}

void Stations::done(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  Service& service = service_of(*task);
  if (service.plan.holds_worker) release(service, pool_of(*task), *task);
  leave(handle.slot, service);
}

// The worker of this task takes the next who may still be served.
void Stations::release(Service& service, Pool& pool, const Task& task) {
  const Instant now = site_.mail.now();
  ServiceCounts& counts = service.counts;
  counts.levels.advance(now);
  counts.workers.add(site_.plan.window, task.since, now);
  if (pool.busy <= pool.workers && begin_next(service, pool)) return;
  --pool.busy;
  --counts.levels.served;
}

// Of those who wait, the first who may still be served takes a worker; false: there was none.
bool Stations::begin_next(Service& service, Pool& pool) {
  const Instant now = site_.mail.now();
  ServiceCounts& counts = service.counts;
  while (!pool.line.empty()) {
    const std::uint32_t slot = pool.line.pop();
    --counts.levels.waiting;
    const Task& next = site_.tasks[slot];
    counts.queue.add(site_.plan.window, next.arrived, now);
    if (next.deadline > now) {
      begin(slot, service);
      return true;
    }
    ++counts.expired;
    turn_away(slot, Outcome::timed_out);
  }
  return false;
}

void Stations::leave(std::uint32_t slot, Service& service) {
  const Task& task = site_.tasks[slot];
  const Instant now = site_.mail.now();
  ServiceCounts& counts = service.counts;
  --instances_[task.instance].inside;
  --counts.inside;
  ++counts.ended[static_cast<std::size_t>(task.outcome)];
  if (is_good(task.outcome)) {
    counts.carried_by_second.add(now);
    counts.latency_by_second.add(now, (now - task.arrived).ns);
    if (site_.plan.window.contains(task.arrived)) counts.latency.record((now - task.arrived).ns);
  }
  network_.answer(task, task.outcome);
  site_.tasks.free(slot);
}

void Stations::finish(Instant now) {
  for (Service& service : services_) {
    service.counts.levels.finish(now);
    service.counts.capacity.finish(now);
  }
  site_.tasks.for_each([&](std::uint32_t, const Task& task) {
    if (task.instance == none) return;
    Service& service = service_of(task);
    ServiceCounts& counts = service.counts;
    const Instant until = counts.levels.known_until();
    if (task.state == Task::State::waiting)
      counts.queue.add(site_.plan.window, task.arrived, until);
    else if (task.state == Task::State::served || service.plan.holds_worker)
      counts.workers.add(site_.plan.window, task.since, until);
  });
}

}  // namespace springtide::models::chain
