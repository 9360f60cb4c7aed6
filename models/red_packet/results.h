// From the counters of a red-packet world to the record of a run.
#pragma once

#include <vector>

#include "measure/record.h"
#include "models/red_packet/access_server.h"
#include "models/red_packet/client_machine.h"
#include "models/red_packet/layout.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

measure::Record make_record(const spec::Scenario& scenario, const Layout& layout,
                            const AccessServer& server,
                            const std::vector<const ClientMachine*>& clients, Instant reached);

}  // namespace springtide::models::red_packet
