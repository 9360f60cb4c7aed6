#include "models/fleet/world.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/check.h"
#include "models/checkpoint/file.h"
#include "models/fleet/margins/margins.h"
#include "models/fleet/results/estimates.h"
#include "models/fleet/results/sums.h"
#include "models/fleet/results/write.h"
#include "sim/engine/crew.h"

namespace springtide::models::fleet {

namespace {

// Packets of a wave are given away when the server knows that it has begun.
ServerSpec informed(ServerSpec spec, const Surroundings& around) {
  for (auto& [_, pool] : spec.pools)
    pool.begin = around.issues_from(spec.number, Instant{pool.begin.ns}).since_start();
  return spec;
}

}  // namespace

Post::Post(const Layout& layout, std::size_t number, const Surroundings& around)
    : number_(layout.servers[number].server.number),
      source_(make_source(layout, number)),
      server_(informed(layout.servers[number].server, around)) {}

void Post::run(std::int64_t from, std::int64_t to, workload::Workspace& crowd_room, Workspace& room,
               Surroundings& around) {
  report_.seconds.clear();
  for (std::int64_t number = from; number < to; ++number) {
    const auto shakes = source_->requests_of(number, crowd_room);
    SlabReport::Second second;
    second.crowd = source_->counts();
    if (const workload::Crowd* crowd = source_->crowd())
      around.tell(number_, number, *crowd, crowd_room, shakes);
    server_.expect_logins(number, crowd_room.connected());
    second.arrived = server_.serve(number, shakes, *source_, room);
    report_.seconds.push_back(second);
  }
  report_.served = server_.take_served();
  report_.spent = server_.interruptions().take_spent();
  report_.cycles = server_.interruptions().take_cycles();
  report_.packets = server_.stock().take_seconds();
  report_.winners = server_.stock().take_winners();
}

namespace {

// A checkpoint of this program may go on with this scenario and no other.
std::optional<Diagnostic> other_run(const std::string& path, const CheckpointHead& own,
                                    const CheckpointHead& found) {
  Diagnostic problem;
  problem.file = path;
  if (found.scenario == own.scenario && found.seed == own.seed) return {};
  problem.what = "the checkpoint is of another scenario or seed";
  problem.hint = fmt::format("name no scenario to go on with its own: {}", found.command);
  return problem;
}

struct ThreadRoom {
  workload::Workspace crowd;
  Workspace server;
};

class World {
 public:
  World(const spec::Scenario& scenario, const Layout& layout, const Sample& sample,
        const RunOptions& options, sim::Ranks& ranks, Surroundings& around)
      : scenario_(scenario),
        layout_(layout),
        sample_(sample),
        options_(options),
        ranks_(ranks),
        around_(around),
        rooms_(threads_of(options)),
        posts_(layout.servers.size()),
        latencies_(sample.is_estimate() ? layout.servers.size() : 0),
        crowds_(layout.servers.size()),
        sums_(layout, scenario, sample) {
    for (const std::uint32_t number : sample.servers) {
      if (!ranks.owns(number)) continue;
      posts_[number] = std::make_unique<Post>(layout, number, around);
      crowds_[number] = posts_[number]->source().crowd();
      own_.push_back(number);
    }
  }

  void run() {
    sim::Crew crew(static_cast<int>(rooms_.size()), [this](std::uint32_t room) { work(room); });
    const std::int64_t seconds = scenario_.duration / second, warm = scenario_.warmup / second;
    count_offered();
    agree_to_stop();
    const Instant begun{from_ * second.ns};
    const std::int64_t requests_before = offered_;
    for (; from_ < seconds && !stopped_; from_ = to_) {
      const std::int64_t slab = (from_ / slab_seconds + 1) * slab_seconds;
      to_ = around_.slab_end(from_, std::min(slab, seconds));
      if (from_ < warm) to_ = std::min(to_, warm);  // what is measured begins with a slab
      begin_slab();
      next_ = 0;
      crew.run(static_cast<std::uint32_t>(rooms_.size()));
      fold();
      count_offered();
      if (options_.progress && ranks_.is_first())
        options_.progress({Instant{to_ * second.ns}, Instant{seconds * second.ns}, offered_, begun,
                           requests_before});
      agree_to_stop();
      if (to_ < seconds) keep(to_);
    }
  }

  // What stands in the way of a checkpoint of all of it.
  std::optional<Diagnostic> why_not_kept() const {
    Diagnostic problem;
    problem.hint = "run without --checkpoint and --resume";
    if (ranks_.size() > 1) {
      problem.what = "a run on several ranks cannot be kept in a checkpoint";
      problem.hint = "start it without mpirun, or without --checkpoint and --resume";
      return problem;
    }
    if (sample_.is_estimate()) {
      problem.what = "a sample of a fleet cannot be kept in a checkpoint";
      problem.hint = "run without --sample, or without --checkpoint and --resume";
      return problem;
    }
    const auto can = [](const auto& post) { return post->source().can_be_saved(); };
    if (std::all_of(posts_.begin(), posts_.end(), can)) return {};
    problem.pointer = "/clients";
    problem.what = "a run with client machines cannot be kept in a checkpoint";
    return problem;
  }

  // Goes on from a checkpoint; what is wrong with it.
  std::optional<Diagnostic> resume() {
    CheckpointReader file(options_.checkpoints.resume, options_.checkpoints.head.version);
    if (file.problem()) return file.problem();
    if (auto problem =
            other_run(options_.checkpoints.resume, options_.checkpoints.head, file.head()))
      return problem;
    from_ = file.head().at.since_start() / second;
    file.section(sums_);
    file.section(around_);
    for (const auto& post : posts_) file.section(*post);
    file.end();
    return file.problem();
  }

  // On the first rank; empty elsewhere.
  measure::Record record() {
    for (const std::uint32_t s : own_) sums_.end(s, posts_[s]->server());
    std::vector<std::int64_t> won = won_by_pool();
    bring_together(won);
    if (!ranks_.is_first()) return {};
    measure::Record record = make_record(scenario_, layout_, sums_, from_);
    around_.record(won, record);
    for (const std::uint32_t s : own_)
      posts_[s]->source().record(scenario_, sums_.all().given_up.total(), record);
    if (layout_.machines == nullptr)
      record_margins(scenario_, layout_, sums_, options_.margins && !stopped_,
                     static_cast<unsigned>(rooms_.size()), record);
    if (sample_.is_estimate()) mark_estimates(sample_, record);
    record.complete = from_ == scenario_.duration / second;
    return record;
  }

 private:
  static std::size_t threads_of(const RunOptions& options) {
    return options.threads > 0 ? options.threads
                               : std::max(1U, std::thread::hardware_concurrency());
  }

  // How much all ranks have done.
  void count_offered() {
    ByteWriter out;
    out(sums_.offered());
    offered_ = 0;
    for (const sim::Block& block : ranks_.all_gather(out.take())) {
      ByteReader in(block);
      std::int64_t offered = 0;
      in(offered);
      offered_ += offered;
    }
  }

  // Whether one of the ranks is to stop.
  void agree_to_stop() {
    const bool stop = options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
    ByteWriter out;
    out(stop);
    for (const sim::Block& block : ranks_.all_gather(out.take())) {
      ByteReader in(block);
      bool other_stops = false;
      in(other_stops);
      stopped_ = stopped_ || other_stops;
    }
  }

  // Writes a checkpoint of the run up to a second, if it is time for one.
  void keep(std::int64_t up_to) const {
    const Checkpoints& wish = options_.checkpoints;
    if (wish.file.empty() || !(stopped_ || (wish.due && wish.due()))) return;
    CheckpointWriter file(wish.file);
    CheckpointHead head = wish.head;
    head.at = Instant{up_to * second.ns};
    file.section(head);
    file.section(sums_);
    file.section(around_);
    for (const auto& post : posts_) file.section(*post);
    if (const auto problem = file.finish(); problem && wish.failed) wish.failed(*problem);
  }

  // Lost servers lose what is in them; users who move keep what they have had.
  void begin_slab() {
    for (const std::uint32_t server : around_.lost_at(from_)) {
      if (!posts_[server]) continue;
      const std::int64_t online = posts_[server]->source().counts().online;
      around_.lose_requests(posts_[server]->server().go_down(from_, online));
    }
    for (const std::uint32_t server : around_.back_at(from_))
      if (posts_[server]) posts_[server]->server().come_back(from_);
    Moves::Belongings packets;
    if (!scenario_.packets.empty()) {
      packets.pack = [this](std::uint32_t server, const workload::Group& group, ByteWriter& bytes) {
        posts_[server]->server().stock().pack(group, bytes);
      };
      packets.unpack = [this](std::uint32_t server, std::uint32_t first, std::uint32_t count,
                              ByteReader& bytes) {
        SPRINGTIDE_CHECK(posts_[server]->server().stock().unpack(first, count, bytes),
                         "ranks of one program understand each other");
      };
      packets.forget = [this](std::uint32_t server) {
        posts_[server]->server().stock().forget_users();
      };
    }
    around_.begin_slab(from_, crowds_, packets);
  }

  // Of the servers of this rank.
  std::vector<std::int64_t> won_by_pool() const {
    std::vector<std::int64_t> won;
    for (const std::uint32_t server : own_) {
      const std::vector<std::int64_t> own = posts_[server]->server().stock().won_by_pool();
      won.resize(own.size());
      for (std::size_t pool = 0; pool < own.size(); ++pool)
        won[pool] += own[pool] * sample_.stands_for[server];
    }
    return won;
  }

  // A thread takes one server after the other; first of all somebody sees to the back ends.
  void work(std::uint32_t number) {
    ThreadRoom& room = rooms_[number];
    room.server.measured = from_ * second.ns >= scenario_.warmup.ns;
    for (;;) {
      const std::size_t task = next_.fetch_add(1, std::memory_order_relaxed);
      if (task > own_.size()) return;
      if (task == 0)
        around_.work_back_ends();
      else
        run_post(own_[task - 1], room);
    }
  }

  // Estimates need the latencies of each server.
  void run_post(std::uint32_t number, ThreadRoom& room) {
    posts_[number]->run(from_, to_, room.crowd, room.server, around_);
    if (sample_.is_estimate()) room.server.latencies.move_into(latencies_[number]);
  }

  void fold() {
    for (const std::uint32_t s : own_) {
      sums_.add(s, from_, posts_[s]->report());
      around_.hand_on(s, posts_[s]->report().winners);
      sums_.end_slab(s, to_, posts_[s]->server());
      if (!sample_.is_estimate()) continue;
      sums_.add_latencies(s, from_, latencies_[s]);
      latencies_[s] = {};
    }
    around_.end_slab(to_);
    for (ThreadRoom& room : rooms_) sums_.add_latencies(from_, room.server.latencies);
  }

  // What every rank has counted, to the first one.
  void bring_together(std::vector<std::int64_t>& won) {
    ByteWriter out;
    if (!ranks_.is_first()) {
      out(sums_, won);
      around_.give(out);
    }
    ranks_.gather(out.take(), [&](int rank, const sim::Block& block) {
      if (rank == ranks_.rank()) return;
      ByteReader in(block);
      Sums sums(layout_, scenario_, sample_);
      std::vector<std::int64_t> won_there;
      in(sums, won_there);
      around_.merge(in);
      SPRINGTIDE_CHECK(in.done(), "ranks of one program understand each other");
      sums_.merge(sums);
      won.resize(std::max(won.size(), won_there.size()));
      for (std::size_t pool = 0; pool < won_there.size(); ++pool) won[pool] += won_there[pool];
    });
  }

  const spec::Scenario& scenario_;
  const Layout& layout_;
  const Sample& sample_;
  const RunOptions& options_;
  sim::Ranks& ranks_;
  Surroundings& around_;
  std::vector<ThreadRoom> rooms_;
  std::vector<std::unique_ptr<Post>> posts_;   // by server; nullptr: not here
  std::vector<measure::Histogram> latencies_;  // by server, in this slab, where some are estimated
  std::vector<workload::Crowd*> crowds_;       // by server, of those who can move
  std::vector<std::uint32_t> own_;             // servers that are simulated here
  std::atomic<std::size_t> next_{0};
  std::int64_t from_ = 0, to_ = 0;  // seconds of the slab
  std::int64_t offered_ = 0;        // by all ranks
  bool stopped_ = false;
  Sums sums_;
};

Result<Sample> sample_for(const spec::Scenario& scenario, const Layout& layout,
                          const RunOptions& options, const sim::Ranks& ranks) {
  if (options.sample == 0) return whole_fleet(layout);
  Diagnostic problem;
  if (layout.machines != nullptr) {
    problem.what = "client machines ask one server: there is nothing to sample";
    problem.hint = "run it without --sample";
    return problem;
  }
  if (ranks.size() == 1) return draw_sample(scenario, layout, options.sample, options.seed);
  problem.what = "a sample runs on one rank";
  problem.hint = "start it without mpirun, or without --sample";
  return problem;
}

}  // namespace
}  // namespace springtide::models::fleet

namespace springtide::models {

bool is_fleet_scenario(const spec::Scenario& scenario) {
  if (scenario.road != spec::Road::automatic) return scenario.road == spec::Road::fleet;
  for (const auto& [_, clients] : scenario.clients)
    if (std::holds_alternative<spec::CuesPlan>(clients.plan)) return true;
  return false;
}

Result<measure::Record> run_fleet_world(const spec::Scenario& scenario, const RunOptions& options) {
  const auto layout = fleet::lay_out(scenario, options.seed);
  if (!layout) return layout.problems();
  const auto alone = sim::alone();
  sim::Ranks& ranks = options.ranks != nullptr ? *options.ranks : *alone;
  const auto sample = fleet::sample_for(scenario, layout.value(), options, ranks);
  if (!sample) return sample.problems();
  auto around =
      fleet::Surroundings::make(scenario, layout.value(), sample.value(), options.seed, ranks);
  if (!around) return around.problems();
  fleet::World world(scenario, layout.value(), sample.value(), options, ranks, *around.value());
  const Checkpoints& wish = options.checkpoints;
  if (!wish.file.empty() || !wish.resume.empty())
    if (auto problem = world.why_not_kept()) return *problem;
  if (!wish.resume.empty())
    if (auto problem = world.resume()) return *problem;
  world.run();
  return world.record();
}

Result<measure::Record> empty_fleet_record(const spec::Scenario& scenario) {
  const auto layout = fleet::lay_out(scenario, scenario.seed);
  if (!layout) return layout.problems();
  const auto alone = sim::alone();
  const fleet::Sample all = fleet::whole_fleet(layout.value());
  auto around = fleet::Surroundings::make(scenario, layout.value(), all, scenario.seed, *alone);
  if (!around) return around.problems();
  const fleet::Sums sums(layout.value(), scenario, all);
  measure::Record record = fleet::make_record(scenario, layout.value(), sums, 0);
  around.value()->record({}, record);
  fleet::make_source(layout.value(), 0)->record(scenario, 0, record);
  if (layout.value().machines == nullptr)
    fleet::record_margins(scenario, layout.value(), sums, false, 1, record);
  return record;
}

}  // namespace springtide::models
