#include "sim/simulation.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "sim/engine/crew.h"

namespace springtide::sim {

namespace {

std::uint64_t combine(std::uint64_t hash, std::uint64_t word) {
  return (std::rotl(hash, 23) ^ word) * 0xff51afd7ed558ccdULL;
}

// Notes every event for a replay log; each process has its own notes, so threads do not meet.
class EventNotes final : public Probe {
 public:
  EventNotes(const std::vector<std::unique_ptr<Context>>& contexts, Probe* also)
      : contexts_(contexts), also_(also), notes_(contexts.size()) {}
  void on_event(ProcessId id, const Event& event) override {
    const Context& context = *contexts_[id];
    notes_[id].push_back({event.at, event.at, context.fingerprint(), context.events(),
                          context.scheduled(), id, event.kind});
    if (also_ != nullptr) also_->on_event(id, event);
  }
  std::vector<ReplayEntry>& of(ProcessId id) { return notes_[id]; }

 private:
  const std::vector<std::unique_ptr<Context>>& contexts_;
  Probe* also_;
  std::vector<std::vector<ReplayEntry>> notes_;
};

}  // namespace

struct Simulation::Run {
  struct Stage {
    std::vector<ProcessId> processes;
    std::uint64_t events = 0;  // handled in its last window; an expectation for the next
  };

  Run(Simulation& of, const RunOptions& with, Topology topology);

  void start();
  void loop();
  void finish();
  void run_stage(Stage& stage);
  void run_process(ProcessId id);
  void deliver(ProcessId sender);
  bool pause();
  std::uint64_t events() const;
  void note();
  void note_entry(const ReplayEntry& entry);

  Simulation& simulation;
  const RunOptions& options;
  std::vector<Stage> stages;
  Duration window{};
  Instant begin{}, end{};         // of the window being run
  std::vector<Instant> next;      // earliest event of each process
  std::vector<ProcessId> active;  // of the stage being run
  Outcome outcome{};
  std::unique_ptr<Crew> crew;
  const ReplayLog* log_settings = nullptr;  // of what is recorded or replayed
  std::unique_ptr<EventNotes> notes;
  std::optional<ReplayCursor> cursor;
  Instant log_next = Instant::never();
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
  SPRINGTIDE_CHECK(options.longest_window > Duration{}, "a window must not be empty");
  ran_ = true;
  std::vector<std::string> names;
  for (const auto& context : contexts_) names.push_back(context->name());
  Result<Topology> topology = plan_topology(names, channels_, options.longest_window);
  if (!topology) return topology.problems();
  Run run(*this, options, std::move(topology.value()));
  run.start();
  run.loop();
  run.finish();
  return run.outcome;
}

Simulation::Run::Run(Simulation& of, const RunOptions& with, Topology topology)
    : simulation(of), options(with), window(topology.window) {
  for (auto& processes : topology.stages) stages.push_back({std::move(processes), 0});
  log_settings = options.replay != nullptr ? options.replay : options.record;
  if (log_settings != nullptr) {
    log_next = log_settings->from;
    if (log_settings->every_event)
      notes = std::make_unique<EventNotes>(simulation.contexts_, options.probe);
  }
  if (options.replay != nullptr) cursor.emplace(*options.replay);
  if (options.threads > 1)
    crew = std::make_unique<Crew>(options.threads,
                                  [this](std::uint32_t i) { run_process(active[i]); });
}

void Simulation::Run::start() {
  next.assign(simulation.models_.size(), Instant::never());
  for (ProcessId id = 0; id < next.size(); ++id) {
    Context& context = *simulation.contexts_[id];
    context.channels_ = simulation.channels_.data();
    context.probe_ = notes != nullptr ? notes.get() : options.probe;
    set_check_clock(&context.now_);
    simulation.models_[id]->start(context);
  }
  for (ProcessId id = 0; id < next.size(); ++id) {
    deliver(id);
    next[id] = std::min(next[id], simulation.contexts_[id]->next_instant());
  }
}

void Simulation::Run::loop() {
  while (!pause()) {
    begin = Instant::never();
    for (const Instant instant : next) begin = std::min(begin, instant);
    if (begin >= options.until) break;
    outcome.reached = begin;
    end = std::min(options.until, begin + window);
    for (Stage& stage : stages) run_stage(stage);
    ++outcome.windows;
    if (log_settings != nullptr && begin >= log_next && log_settings->period > Duration{})
      log_next = begin + log_settings->period;
  }
}

void Simulation::Run::finish() {
  if (!outcome.stopped) outcome.reached = options.until;
  for (ProcessId id = 0; id < next.size(); ++id) {
    Context& context = *simulation.contexts_[id];
    context.now_ = outcome.reached;
    set_check_clock(&context.now_);
    simulation.models_[id]->finish(context);
    outcome.events += context.events();
    outcome.fingerprint = combine(outcome.fingerprint, context.fingerprint());
  }
  set_check_clock(nullptr);
  if (cursor && !outcome.stopped && !cursor->exhausted())
    outcome.divergence = Divergence{"", outcome.reached, outcome.reached,
                                    "the run ends where the recorded run went on"};
}

// Looks at what the outside wants, once a window.
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

void Simulation::Run::run_stage(Stage& stage) {
  active.clear();
  for (const ProcessId id : stage.processes)
    if (next[id] < end) active.push_back(id);
  if (active.empty()) return;
  if (crew != nullptr && active.size() > 1 && stage.events >= options.spread_from) {
    crew->run(static_cast<std::uint32_t>(active.size()));
  } else {
    for (const ProcessId id : active) run_process(id);
  }
  stage.events = 0;
  for (const ProcessId id : active) {
    const Context& context = *simulation.contexts_[id];
    next[id] = context.next_instant();
    stage.events += context.events_of_window();
  }
  for (const ProcessId id : active) deliver(id);
  if (log_settings != nullptr) [[unlikely]]
    note();
}

void Simulation::Run::run_process(ProcessId id) {
  Context& context = *simulation.contexts_[id];
  set_check_clock(&context.now_);
  context.open_window(end);
  simulation.models_[id]->run_window(context);
  context.close_window();
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
      channel.incoming.insert(channel.incoming.end(), channel.outbox.begin(), channel.outbox.end());
      channel.outbox.clear();
    }
  }
  context.dirty_.clear();
}

void Simulation::Run::note() {
  const bool wanted = begin >= log_next && begin < log_settings->to;
  for (const ProcessId id : active) {
    const Context& context = *simulation.contexts_[id];
    if (notes != nullptr) {
      if (wanted)
        for (const ReplayEntry& entry : notes->of(id)) note_entry(entry);
      notes->of(id).clear();
    }
    if (wanted)
      note_entry({begin, end, context.fingerprint(), context.events(), context.scheduled(), id, 0});
  }
}

void Simulation::Run::note_entry(const ReplayEntry& entry) {
  if (options.record != nullptr) options.record->entries.push_back(entry);
  if (!cursor || outcome.divergence) return;
  outcome.divergence = cursor->compare(entry, simulation.contexts_[entry.process]->name());
  outcome.stopped = outcome.stopped || outcome.divergence.has_value();
}

}  // namespace springtide::sim
