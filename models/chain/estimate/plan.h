// All that an estimate knows, for those who write it down.
#pragma once

#include <string>
#include <vector>

#include "measure/record.h"
#include "models/chain/estimate/demand.h"
#include "models/chain/estimate/flow.h"
#include "models/chain/estimate/geography.h"
#include "models/chain/estimate/links.h"
#include "models/chain/estimate/times.h"
#include "models/chain/estimate/uncertainty.h"

namespace springtide::models::chain::estimate {

struct Estimate {
  const spec::Scenario& scenario;
  const Geography& geography;
  const Demand& demand;
  const Draws& draws;
  const Hits& hits;  // at the busiest moment
  const Flow& flow;
  const Times& times;                   // at the busiest moment
  const std::vector<ChainLink>& links;  // the first to give way first
  const std::vector<double>& sources;   // at the busiest moment, mid
  // The same chain at its mean over the measured time.
  const std::vector<double>& mean_sources;
  const Times& mean_times;
  const std::vector<ChainLink>& mean_links;
};

// Series, figures and tables.
measure::Record record_of(const Estimate& estimate);

// The tables, by name (estimate.h).
using Table = std::vector<std::vector<std::string>>;
Table funnel_table(const Estimate& estimate);
Table operations_table(const Estimate& estimate);
Table links_table(const Estimate& estimate);
Table services_table(const Estimate& estimate);
Table queues_table(const Estimate& estimate);
Table caches_table(const Estimate& estimate);
Table inputs_table(const Estimate& estimate);
Table not_planned_table(const Estimate& estimate);

}  // namespace springtide::models::chain::estimate
