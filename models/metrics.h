// What a run will measure, known before it runs; so a threshold that no run could judge is told
// before the run and not after it.
//
// Nothing here is a list of its own: the record comes from the very code that fills it after a run.
#pragma once

#include "base/diagnostic.h"
#include "measure/record.h"
#include "spec/scenario.h"

namespace springtide::models {

// The record of a run that has measured nothing: all its distributions, series, ledgers and figures
// by name and unit, their values missing. Fails where the scenario asks for what the models cannot
// do. Takes milliseconds, whatever the size of the scenario.
Result<measure::Record> empty_record(const spec::Scenario& scenario);

// Problems of a scenario that only the models see: what they cannot do, and thresholds that name a
// metric of no run, a statistic that the metric does not have, or a unit that does not fit it.
// Pointers lead to the value; file and line are for the caller to fill.
Diagnostics problems_of(const spec::Scenario& scenario);

}  // namespace springtide::models
