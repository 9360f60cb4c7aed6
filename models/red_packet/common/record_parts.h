// What the record of any red-packet world has, whichever runtime carried it.
#pragma once

#include <string>

#include "measure/record.h"
#include "models/record_writer.h"
#include "models/red_packet/access_service.h"
#include "models/red_packet/common/client_books.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

// Series of both sides.
void write_traffic(const AccessService& server, const ClientCounts& clients, RecordWriter& out);

// Where the requests of a run are, hop by hop.
struct Hops {
  std::int64_t requests_arrived = 0;  // at the server
  std::int64_t in_server = 0;         // of them, neither answered nor dropped
  std::int64_t answers_arrived = 0;   // at the clients
  std::int64_t unread_answers = 0;    // of them
};
void write_ledgers(const std::string& operation, const AccessService& server,
                   const ClientCounts& clients, const Hops& hops, measure::Record& record);

// After write_ledgers.
void write_money(const AccessService& server, const ClientCounts& clients, measure::Record& record);

// Phases, packets, incidents.
void write_marks(const spec::Scenario& scenario, measure::Record& record);

}  // namespace springtide::models::red_packet
