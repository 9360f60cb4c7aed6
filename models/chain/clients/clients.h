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
  void due(std::uint32_t client);  // one request
  void ended(std::uint32_t client, Instant began, Outcome outcome) override;

 private:
  static constexpr std::size_t at_once = 64;
  struct Group {
    std::optional<workload::Arrivals> arrivals;  // of open clients
    std::array<Instant, at_once> instants{};
    std::size_t used = 0, known = 0;
    std::optional<Stream> think;
    std::int64_t users = 0;
  };

  void add(std::uint32_t client);
  void plan_next(std::uint32_t client);
  void think(std::uint32_t client);
  void ask(std::uint32_t client);

  Site& site_;
  Calls* calls_ = nullptr;
  std::vector<Group> groups_;
};

}  // namespace springtide::models::chain
