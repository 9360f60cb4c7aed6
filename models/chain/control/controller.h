// The control room: sees the metrics of all sites once a second, and acts.
//
//   site 1 --- amounts of the last second ---> +---------+ -- playbook begins, ends --> all sites
//   site 2 ----------------------------------> | control |     (events of class control, at one
//                                              +---------+      instant everywhere)
//
//   watching -- trigger holds, or `at` --> deciding -- delay --> in effect -- undo --> watching
//
// A process of the engine of its own, there only where a playbook is enabled. What it decides takes
// at least `least_reaction` to reach the sites, which bounds the engine's window. A trigger sees
// whole seconds only: after an effect, or an undo, the first that began after it. What was done at
// a fixed instant is not done again.
#pragma once

#include <vector>

#include "models/chain/control/metrics.h"
#include "models/chain/plan/plan.h"
#include "sim/simulation.h"

namespace springtide::models::chain {

inline constexpr Duration least_reaction = millisecond * 10;

// One time that a playbook was acted by; never: not yet when the run ended.
struct Occurrence {
  std::uint32_t playbook = none;
  Instant triggered, effect = Instant::never(), undone = Instant::never();
};

class Controller final : public sim::Process {
 public:
  explicit Controller(const Plan& plan);
  void set_channels(std::vector<sim::ChannelId> channels) { channels_ = std::move(channels); }

  void start(sim::Context& context) override;
  void handle(sim::Context& context, const sim::Event& event) override;

  // What a site sends for each metric, in this order; a: the metric.
  enum class Note : std::uint32_t { amount, base, look, decide, effect, undone };

  const std::vector<Occurrence>& occurrences() const { return occurrences_; }  // in order

 private:
  struct State {
    explicit State(const PlaybookPlan& its_plan, std::uint64_t seed);

    const PlaybookPlan* plan;
    std::optional<policy::Trigger> when, undo;
    Stream delays;
    enum class Is : std::uint8_t { watching, deciding, in_effect, over } is{};
    Instant since{};           // it is so
    std::size_t occurrence{};  // the present one
  };

  void look(sim::Context& context);
  void decide(sim::Context& context, std::uint32_t number);
  void take_effect(sim::Context& context, std::uint32_t number);
  void undo(sim::Context& context, std::uint32_t number, Duration after);
  void undone(sim::Context& context, std::uint32_t number);
  void tell_all(sim::Context& context, Instant at, std::uint32_t number, bool begins);

  const Plan& plan_;
  std::vector<sim::ChannelId> channels_;  // by site
  std::vector<Reading> readings_;         // by metric: of the last second, all sites
  std::vector<State> states_;             // by playbook
  std::vector<Occurrence> occurrences_;
};

}  // namespace springtide::models::chain
