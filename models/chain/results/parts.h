// The parts of a record that results/assemble.h puts together.
#pragma once

#include "measure/record.h"
#include "models/chain/world.h"
#include "models/station/results/span.h"

namespace springtide::models::chain {

// Of each funnel: series of exposures, clicks, and the requests that came of them. Before the
// operations, which take their counts away.
void add_funnels(const World& world, std::size_t seconds, measure::Record& record);

// Requests of each operation: series, distributions, figures, ledger; the table
// "operations".
void add_operations(World& world, const station::MeasuredSpan& span, std::size_t seconds,
                    measure::Record& record);

// Each service: series, distributions, figures, checks of Little's law and of its ledger, and the
// table "services"; of several, the grid of their utilisation.
void add_services(World& world, const station::MeasuredSpan& span, std::size_t seconds,
                  measure::Record& record);

// Each cache, all sites together: series of hits and misses, share of hits.
void add_caches(const World& world, std::size_t seconds, measure::Record& record);

// The tables "call-graph", a line for each pair of who calls and who is called, and "clients",
// which operations each of them asks.
void add_graph(const World& world, std::size_t seconds, measure::Record& record);

// Cards and disks of each node that has some: bytes, utilisation, and the table "devices". With
// several sites all machines together, and each site for itself.
void add_devices(const World& world, const station::MeasuredSpan& span, std::size_t seconds,
                 measure::Record& record);

// The table "playbooks", and marks of when each was triggered and in effect.
void add_playbooks(const World& world, measure::Record& record);

// Each queue of messages, all sites together: series, figures, the checks of its ledger, and the
// table "queues".
void add_queues(const World& world, bool measured, std::size_t seconds, measure::Record& record);

// The table "slow-requests": of each operation and each sixth of the run the slowest request that
// was followed, a row for each attempt of each of its calls.
void add_traces(const World& world, measure::Record& record);

// The table "calls": what became of each call of each operation, at its caller.
void add_calls(const World& world, measure::Record& record);

// The table "gives-way": all that has a utilisation, what was full for longest first, then by how
// little more it takes. After all others, whose figures it reads.
void add_gives_way(measure::Record& record);

}  // namespace springtide::models::chain
