// What a scenario asks of the textbook world, resolved: routes, which link each message takes,
// priorities as levels, and which entities must share a cell.
//
//   client k asks an operation of n calls      routes: first[k] .. first[k] + n - 1, one a call
//
// No randomness and no state of a run: the same scenario gives the same layout. Pointers lead into
// the scenario, which must outlive it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "models/station/message.h"
#include "spec/scenario.h"

namespace springtide::models::station {

struct ClientLayout {
  std::string name;
  const spec::Clients* clients = nullptr;
  std::vector<std::size_t> services;  // of its calls, in order
  Route first = 0;
  std::vector<const spec::Link*> onward;  // into call 0, 1, ..., and from the last call back
  std::vector<const spec::Link*> back;    // from each call back, for refusals
  bool closed = false;
  std::size_t sender_cell = 0, receiver_cell = 0;  // the same for closed clients

  Route route(std::size_t call) const { return static_cast<Route>(first + call); }
};

struct ServiceLayout {
  std::string name;
  const spec::Station* station = nullptr;
  std::int64_t workers = 1;
  std::map<int, std::uint32_t> levels;  // level of each priority that comes here
  std::size_t cell = 0;
};

struct Layout {
  std::vector<ClientLayout> clients;
  std::vector<ServiceLayout> services;
  std::size_t routes = 0;
  std::size_t cells = 0;  // numbered so that messages flow to higher numbers
};

// All services are stations: this world is asked.
bool is_station_scenario(const spec::Scenario& scenario);

// Problems: what a textbook world does not have (slots, red packets, connections, incidents, sizes
// of messages, runtimes, several machines a node), names that nothing has, and loops that would ask
// for ever within one instant.
Result<Layout> lay_out(const spec::Scenario& scenario);

}  // namespace springtide::models::station
