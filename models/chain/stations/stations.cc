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
  if (plan.discipline != spec::Discipline::priority &&
      plan.discipline != spec::Discipline::preemptive_priority)
    return;
  for (const ClientPlan& client : site.plan.clients) level_of[client.priority] = 0;
  std::uint32_t level = 0;
  for (auto& [_, number] : level_of) number = level++;
}

Stations::Stations(Site& site, Network& network, Devices& devices)
    : site_(site), network_(network), devices_(devices) {
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
  // As every service of the node.
  const std::string node = plan.node == none ? plan.name : site_.plan.nodes[plan.node].name;
  Stream speeds = site_.stream("nodes/" + node + "/speed");
  for (std::uint32_t i = 0; i < plan.places(site_.number); ++i)
    add_instance(service, 1 + plan.speed_spread * (2 * speeds.uniform() - 1));
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
    for_pools(instances_[service.first_instance + machine], service, [&](std::uint32_t pool) {
      if (pools_[pool].processors != none)
        processors_[pools_[pool].processors].pace = static_cast<std::uint32_t>(paces_.size() - 1);
    });
  }
}

void Stations::add_instance(Service& service, double slowness) {
  const ServicePlan& plan = service.plan;
  Instance& instance = instances_.emplace_back();
  instance.first_pool = static_cast<std::uint32_t>(pools_.size());
  instance.slowness = slowness;
  if (plan.rate_limit) instance.bucket.emplace(plan.rate_limit->per_second, plan.rate_limit->burst);
  std::int64_t rest = plan.workers;
  for (const auto& [_, workers] : plan.bulkheads) rest -= workers;
  add_pool(service, rest);
  for (const auto& [_, workers] : plan.bulkheads) add_pool(service, workers);
}

void Stations::add_pool(const Service& service, std::int64_t workers) {
  const auto order = service.plan.last_first ? Line::Order::last_come : Line::Order::first_come;
  const auto levels = static_cast<std::uint32_t>(std::max<std::size_t>(service.level_of.size(), 1));
  Pool& pool = pools_.emplace_back(Pool{workers, 0, Line(order, levels)});
  if (!has_processors(service.plan.discipline)) return;
  pool.service = static_cast<std::uint32_t>(services_.size() - 1);
  pool.processors = static_cast<std::uint32_t>(processors_.size());
  processors_.emplace_back(service.plan.discipline, workers, levels);
}

void Stations::arrive(Handle handle) {
  Task& task = site_.tasks[handle.slot];
  const Step& step = site_.step(task.step);
  Service& service = services_[step.service];
  const std::uint32_t first = service.first_instance;
  const std::vector<std::uint32_t>& up = site_.health.up(step.service, site_.number);
  if (service.failing > 0 || up.empty()) [[unlikely]]
    return fail_at_once(handle.slot, service);
  task.machine = up[service.balancer.choose(
      static_cast<std::uint32_t>(up.size()),
      [&](std::uint32_t i) { return instances_[first + up[i]].inside; }, service.choices)];
  ++instances_[first + task.machine].inside;
  if (step.freight != none &&
      devices_.pass(Device::card_in, service.plan.node, task.machine,
                    Letter::of(What::enter, handle), site_.plan.freights[step.freight].request)) {
    task.state = Task::State::entering;
    return;
  }
  enter(handle);
}

void Stations::left_card(Handle handle) {
  if (site_.tasks.find(handle) != nullptr) enter(handle);
}

void Stations::enter(Handle handle) {
  Task& task = site_.tasks[handle.slot];
  const Step& step = site_.step(task.step);
  Service& service = services_[step.service];
  task.instance = service.first_instance + task.machine;
  task.arrived = site_.mail.now();
  ++service.counts.arrived;
  service.counts.arrived_by_second.add(site_.mail.now());
  task.pool = step.pool;
  if (task.span != none) [[unlikely]]
    site_.traces.arrived(task.span, task.machine, site_.mail.now());
  Instance& instance = instances_[task.instance];
  ++service.counts.inside;
  if (task.deadline <= site_.mail.now()) {
    ++service.counts.expired;
    return turn_away(handle.slot, Outcome::timed_out);
  }
  if (!may_enter(service, instance, task)) return turn_away(handle.slot, Outcome::refused);
  service.counts.levels.advance(site_.mail.now());
  Pool& pool = pool_of(task);
  if (pool.processors != none) {
    enter_processors(handle.slot, service, instance.first_pool + task.pool);
  } else if (pool.busy < pool.workers) {
    ++pool.busy;
    ++service.counts.levels.served;
    begin(handle.slot, service);
  } else if (pool.line.size() >= service.plan.queue_limit) {
    turn_away(handle.slot, Outcome::refused);
  } else {
    wait(handle.slot, service, pool);
  }
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
  const std::int64_t waiting_now = waiting(pool);
  if (task.priority < shed.priority || waiting_now == 0) return false;
  if (waiting_now > shed.waiting) return true;
  return pool.processors == none &&
         site_.mail.now() - site_.tasks[pool.line.oldest()].arrived > shed.delay;
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
  pool.line.push(level(service, task), slot);
  ++service.counts.levels.waiting;
}

std::int64_t Stations::waiting(const Pool& pool) const {
  return pool.processors == none ? pool.line.size() : processors_[pool.processors].waiting();
}

std::uint32_t Stations::level(const Service& service, const Task& task) const {
  return service.level_of.empty() ? 0 : service.level_of.at(task.priority);
}

Duration Stations::service_time(Service& service, const Task& task) {
  std::uint32_t times = 0;
  if (!service.times_of.empty())
    if (const auto own = service.times_of.find(task.priority); own != service.times_of.end())
      times = own->second;
  const Duration drawn = service.times[times].next();
  const double slowness = instances_[task.instance].slowness;
  return slowness == 1 ? drawn : rounded_duration(static_cast<double>(drawn.ns) * slowness);
}

void Stations::begin(std::uint32_t slot, Service& service) {
  Task& task = site_.tasks[slot];
  const Instant now = site_.mail.now();
  task.state = Task::State::served;
  task.since = now;
  if (task.span != none) [[unlikely]]
    site_.traces.began(task.span, now);
  const Duration work = service_time(service, task);
  const std::uint32_t pace = instances_[task.instance].pace;
  const Instant done = pace == none ? now + work : paces_[pace].finish(now, work);
  site_.mail.at(done, What::served, site_.tasks.handle(slot));
}

void Stations::served(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  Service& service = service_of(*task);
  if (task->span != none) [[unlikely]]
    site_.traces.served(task->span, site_.mail.now());
  const bool leaf = site_.step(task->step).is_leaf();
  if (!leaf && !service.plan.holds_worker) release(service, pool_of(*task), *task);
  after_service(handle.slot, service);
}

void Stations::after_service(std::uint32_t slot, Service& service) {
  if (site_.step(site_.tasks[slot].step).is_leaf())
    finished(slot, service);
  else
    site_.mail.at_once(What::go_on, site_.tasks.handle(slot));
}

void Stations::done(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  finished(handle.slot, service_of(*task));
}

// Who holds a worker to the end holds it until the disk has what is written.
void Stations::finished(std::uint32_t slot, Service& service) {
  Task& task = site_.tasks[slot];
  const bool held = holds_to_the_end(service) || task.state == Task::State::served;
  if (writes(slot, service)) {
    if (held && !holds_to_the_end(service)) release(service, pool_of(task), task);
    task.state = Task::State::writing;
    return;
  }
  if (held) release(service, pool_of(task), task);
  leave(slot, service);
}

bool Stations::writes(std::uint32_t slot, const Service& service) {
  const Task& task = site_.tasks[slot];
  return service.plan.storage_bytes > 0 && is_good(task.outcome) &&
         devices_.pass(Device::disk, service.plan.node, task.machine,
                       Letter::of(What::written, site_.tasks.handle(slot)),
                       service.plan.storage_bytes);
}

void Stations::written(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  Service& service = service_of(*task);
  if (holds_to_the_end(service)) release(service, pool_of(*task), *task);
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
  count_end(site_.tasks[slot], service);
  network_.answer(slot);
}

void Stations::count_end(Task& task, Service& service) {
  const Instant now = site_.mail.now();
  ServiceCounts& counts = service.counts;
  --instances_[task.instance].inside;
  --counts.inside;
  ++counts.ended[static_cast<std::size_t>(task.outcome)];
  task.instance = none;
  if (is_good(task.outcome)) {
    counts.carried_by_second.add(now);
    counts.latency_by_second.add(now, (now - task.arrived).ns);
    if (site_.plan.window.contains(task.arrived)) counts.latency.record((now - task.arrived).ns);
  }
  if (task.span != none) [[unlikely]]
    site_.traces.left(task.span, task.outcome, now);
}

void Stations::finish(Instant now) {
  for (Service& service : services_) {
    service.counts.levels.finish(now);
    service.counts.capacity.finish(now);
    service.counts.latency.put_away();
  }
  site_.tasks.for_each([&](std::uint32_t, const Task& task) {
    if (task.instance == none) return;
    Service& service = service_of(task);
    ServiceCounts& counts = service.counts;
    const Instant until = counts.levels.known_until();
    if (task.state == Task::State::waiting)
      counts.queue.add(site_.plan.window, task.arrived, until);
    else if (task.state == Task::State::served || holds_to_the_end(service))
      counts.workers.add(site_.plan.window, task.since, until);
  });
}

}  // namespace springtide::models::chain
