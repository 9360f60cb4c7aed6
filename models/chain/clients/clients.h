// Those who ask: open clients send at the instants of their plan, whatever the answers do; of
// closed ones each user thinks, asks, waits for the end, thinks again.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "models/chain/calls/calls.h"
#include "workload/arrivals.h"

namespace springtide::models::chain {

class Clients final : public Requests {
 public:
  explicit Clients(Site& site);
  // Where requests go.
  void set_calls(Calls* calls) { calls_ = calls; }

  void start();
  // One request, or one click of a funnel. The lower half of `word`, if not 0: so many requests
  // more of a click; else the upper half: the version of the plan that it is part of.
  void due(std::uint32_t client, std::uint64_t word);
  // Factors on rates have changed (Site::levers): from now on.
  void adjust();
  void ended(std::uint32_t asker, Instant began, Outcome outcome) override;

 private:
  static constexpr std::size_t at_once = 64;
  struct Group {
    std::optional<workload::Arrivals> arrivals;  // of open clients
    std::array<Instant, at_once> instants{};
    std::size_t used = 0, known = 0;
    std::optional<Stream> think, choices;
    std::int64_t users = 0;
    double promotion = 1;
    std::uint32_t version = 0;  // of the plan: it has changed so often
  };

  void add(std::uint32_t client);
  void plan_anew(std::uint32_t client);
  void plan_next(std::uint32_t client);
  void think(std::uint32_t client);
  void click(std::uint32_t client);
  void go_on_clicking(std::uint32_t client, std::uint64_t left);
  std::uint64_t whole(Group& group, double mean);
  void ask_one_of(std::uint32_t client);
  void ask(std::uint32_t asker);

  Site& site_;
  Calls* calls_ = nullptr;
  std::vector<Group> groups_;
};

}  // namespace springtide::models::chain
