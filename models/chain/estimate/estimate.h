// The plan that a capacity engineer writes before the night, in milliseconds and without a run:
//
//   plans of clients -> requests/s -> calls/s of every service -> what each link has to carry
//      (demand.h)                       (flow.h)                     (times.h, links.h)
//                                                              -> what gives way first, and when
//
// Everything is linear in what comes in, but for waiting; {low, mid, high, confidence} of the
// inputs goes through all of it by seeded draws (uncertainty.h). Not planned for, and named in the
// result: retries, hedges, time-outs, fallbacks, refusals, what playbooks and incidents change.
//
// The result is a record like that of a run, with figures of the same names (means over the
// measured time), so a run can be compared with it. Its tables, "plan." and a name, are of the
// busiest moment:
//
//   funnel      exposures, clicks, requests, bytes      links     load, capacity, headroom
//   operations  requests/s by phase, response           services  calls/s, workers, machines
//   queues      puts, consumers, backlog                caches    hit ratios
//   inputs      that are not known exactly
//   not-planned what the estimate leaves out
#pragma once

#include <cstdint>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

// Whether the plan carries what it expects: no link above its capacity at `mid`.
bool holds(const measure::Record& estimate);

// Problems: scenarios whose services are no stations, names that lead nowhere, and messages that
// set off messages without end.
Result<measure::Record> estimate_scenario(const spec::Scenario& scenario, std::uint64_t seed);

}  // namespace springtide::models::chain
