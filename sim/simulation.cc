#include "sim/simulation.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "sim/engine/crew.h"

namespace springtide::sim {

struct Simulation::Run {
  Simulation& simulation;
  const RunOptions& options;
  Topology topology;
  std::vector<Instant> next;        // earliest event of each process
  std::vector<ProcessId> active;    // of the stage being run
  Instant window_end{};
  Outcome outcome{};
  std::size_t replayed = 0;
  std::unique_ptr<Crew> crew;

  void start();
  void loop();
  void run_stage(const std::vector<ProcessId>& stage, Instant begin);
  void run_process(ProcessId id);
  void deliver(ProcessId sender);
  void log(Instant begin);
  std::uint64_t events() const;
  bool pause();
};

Simulation::Simulation() = default;
Simulation::~Simulation() = default;

ProcessId Simulation::add(std::string name, std::unique_ptr<Process> process) {
  SPRINGTIDE_CHECK(models_.size() < process_limit, "too many processes");
  const auto id = static_cast<ProcessId>(models_.size());
  models_.push_back(std::move(process));
  contexts_.push_back(std::make_unique<Context>(id, std::move(name)));
  return id;
}

ChannelId Simulation::connect(ProcessId from, ProcessId to, Duration delay, Flow flow) {
  SPRINGTIDE_CHECK(from < models_.size() && to < models_.size(),
                   "a channel joins processes that were added before");
  Channel channel;
  channel.from = from;
  channel.to = to;
  channel.delay = delay;
  channel.feedback = flow == Flow::feedback;
  channels_.push_back(std::move(channel));
  return static_cast<ChannelId>(channels_.size() - 1);
}

Process& Simulation::process(ProcessId id) { return *models_[id]; }

std::string Outcome::fingerprint_text() const { return fmt::format("{:016x}", fingerprint); }

Result<Outcome> Simulation::run(const RunOptions& options) {
  SPRINGTIDE_CHECK(!ran_, "a simulation runs once");
  SPRINGTIDE_CHECK(options.threads >= 1, "a run needs a thread");
  ran_ = true;
  std::vector<std::string> names;
  for (const auto& context : contexts_) names.push_back(context->name());
  Result<Topology> topology = plan_topology(names, channels_, options.longest_window);
  if (!topology) return topology.problems();
  Run run{*this, options, std::move(topology.value()), {}, {}, {}, {}, 0, nullptr};
  run.start();
  run.loop();
  for (const auto& context : contexts_) {
    run.outcome.events += context->events();
    run.outcome.fingerprint =
        (std::rotl(run.outcome.fingerprint, 23) ^ context->fingerprint()) * 0xff51afd7ed558ccdULL;
  }
  return run.outcome;
}

void Simulation::Run::start() {
  if (options.threads > 1)
    crew = std::make_unique<Crew>(options.threads,
                                  [this](std::uint32_t i) { run_process(active[i]); });
  next.assign(simulation.models_.size(), Instant::never());
  for (ProcessId id = 0; id < next.size(); ++id) {
    Context& context = *simulation.contexts_[id];
    context.channels_ = simulation.channels_.data();
    context.probe_ = options.probe;
    simulation.models_[id]->start(context);
  }
  for (ProcessId id = 0; id < next.size(); ++id) {
    deliver(id);
    next[id] = std::min(next[id], simulation.contexts_[id]->next_instant());
  }
}

void Simulation::Run::loop() {
  while (!pause()) {
    const auto earliest = std::min_element(next.begin(), next.end());
    if (earliest == next.end() || *earliest >= options.until) break;
    const Instant begin = *earliest;
    outcome.reached = begin;
    window_end = std::min(options.until, begin + topology.window);
    for (const auto& stage : topology.stages) run_stage(stage, begin);
    ++outcome.windows;
  }
  if (!outcome.stopped) outcome.reached = options.until;
  for (ProcessId id = 0; id < next.size(); ++id) {
    Context& context = *simulation.contexts_[id];
    context.now_ = outcome.reached;
    simulation.models_[id]->finish(context);
  }
}

bool Simulation::Run::pause() {
  if (options.stop != nullptr && options.stop->load(std::memory_order_relaxed))
    outcome.stopped = true;
  if (options.progress && outcome.windows % options.progress_every == 0)
    options.progress({outcome.reached, events(), outcome.windows});
  return outcome.stopped;
}

std::uint64_t Simulation::Run::events() const {
  std::uint64_t sum = 0;
  for (const auto& context : simulation.contexts_) sum += context->events();
  return sum;
}

void Simulation::Run::run_stage(const std::vector<ProcessId>& stage, Instant begin) {
  active.clear();
  for (const ProcessId id : stage)
    if (next[id] < window_end) active.push_back(id);
  if (crew != nullptr && active.size() > 1) {
    crew->run(static_cast<std::uint32_t>(active.size()));
  } else {
    for (const ProcessId id : active) run_process(id);
  }
  for (const ProcessId id : active) next[id] = simulation.contexts_[id]->next_instant();
  for (const ProcessId id : active) deliver(id);
  log(begin);
}

void Simulation::Run::run_process(ProcessId id) {
  Context& context = *simulation.contexts_[id];
  context.open_window(window_end);
  simulation.models_[id]->run_window(context);
}

void Simulation::Run::deliver(ProcessId sender) {
  Context& context = *simulation.contexts_[sender];
  for (const ChannelId id : context.dirty_) {
    Channel& channel = simulation.channels_[id];
    channel.dirty = false;
    next[channel.to] = std::min(next[channel.to], channel.earliest);
    channel.earliest = Instant::never();
    if (channel.incoming.empty()) {
      channel.incoming.swap(channel.outbox);
      simulation.contexts_[channel.to]->arrived_.push_back(id);
    } else {
      channel.incoming.insert(channel.incoming.end(), channel.outbox.begin(),
                              channel.outbox.end());
      channel.outbox.clear();
    }
  }
  context.dirty_.clear();
}

void Simulation::Run::log(Instant begin) {
  if (options.record == nullptr && options.replay == nullptr) return;
  for (const ProcessId id : active) {
    const Context& context = *simulation.contexts_[id];
    const ReplayEntry entry{begin, window_end, context.fingerprint(), context.events(), id, 0};
    if (options.record != nullptr) options.record->entries.push_back(entry);
    if (options.replay == nullptr || outcome.divergence) continue;
    const auto& recorded = options.replay->entries;
    if (replayed < recorded.size() && recorded[replayed++] == entry) continue;
    outcome.divergence = Divergence{context.name(), begin, window_end, "differs"};
    outcome.stopped = true;
  }
}

}  // namespace springtide::sim
