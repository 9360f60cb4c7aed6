// What a scenario asks of the red-packet world, resolved into the specs of its processes.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "models/red_packet/access_server.h"
#include "models/red_packet/client_machine.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

struct StandStill {
  bool of_server = false;
  std::size_t client_machine = 0;
  Instant from, to;
};

struct Layout {
  std::string operation;  // that the clients ask
  AccessServerSpec server;
  std::vector<ClientMachineSpec> clients;
  Duration delay{};  // smallest, one way
  std::vector<StandStill> stand_stills;
};

Result<Layout> lay_out(const spec::Scenario& scenario, std::uint64_t seed);

}  // namespace springtide::models::red_packet
