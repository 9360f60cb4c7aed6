// The textbook world: clients, links and stations, run by the engine; nothing here is a formula.
//
//   layout --> Built (cells, entities, channels) --> engine --> results/ --> measure::Record
//
// Requests are sent for the scenario's duration; the run then goes on until the last has ended, but
// for at most `drain_limit`: what is left counts as in flight.
#pragma once

#include <memory>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "models/run.h"
#include "models/station/cell.h"
#include "models/station/clients/source.h"
#include "models/station/clients/users.h"
#include "models/station/disciplines/station.h"
#include "models/station/layout.h"
#include "sim/simulation.h"

namespace springtide::models::station {

inline constexpr Duration drain_limit = second * 30;

// One group of clients: either users, or a source and a receiver.
struct BuiltClient {
  std::unique_ptr<Source> source;
  std::unique_ptr<Receiver> receiver;
  std::unique_ptr<Users> users;
  std::vector<Leg*> onward, back;  // as in the layout

  const Offers& offers() const { return users ? users->offers() : source->offers(); }
  const Outcomes& outcomes() const { return users ? users->outcomes() : receiver->outcomes(); }
  Outcomes& outcomes() { return users ? users->outcomes() : receiver->outcomes(); }
};

struct World {
  Layout layout;
  MeasuredWindow window;
  sim::Simulation simulation;
  std::vector<std::unique_ptr<Leg>> legs;
  std::vector<std::unique_ptr<Station>> stations;  // by service of the layout
  std::vector<BuiltClient> clients;                // by client of the layout
};

// The record of a run that has not begun: every name and unit that the run's own will have.
Result<measure::Record> empty_station_record(const spec::Scenario& scenario);

std::unique_ptr<World> build_world(const spec::Scenario& scenario, Layout layout,
                                   std::uint64_t seed);

Result<measure::Record> run_station_world(const spec::Scenario& scenario,
                                          const RunOptions& options);

}  // namespace springtide::models::station
