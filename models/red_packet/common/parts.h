// The parts of a scenario that make a red-packet world: one group of clients and one service.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

struct Parts {
  const std::string* clients_name = nullptr;
  const spec::Clients* clients = nullptr;
  const std::string* service_name = nullptr;
  const spec::Service* service = nullptr;
};

Diagnostic problem(const spec::Scenario& scenario, std::string pointer, std::string what);

// Problems: more than one of them, clients without users or without a node; what does not fit into
// a message (Payload).
Diagnostics find_parts(const spec::Scenario& scenario, Parts& parts);

// The service runs on a node whose processes are event loops.
bool on_event_loop(const spec::Scenario& scenario);

}  // namespace springtide::models::red_packet
