// The record of a small service chain, as models/chain/results writes it.
#pragma once

#include <string>
#include <vector>

#include "measure/record.h"
#include "tests/reports/sample_record.h"

namespace springtide::reports::testing {

using Table = std::vector<std::vector<std::string>>;

// Visitors ask web, which looks into a cache before it calls the store, tells the log one-way, and
// calls three shards.
inline measure::Record chain_record() {
  measure::Record record;
  record.title = "A shop";
  record.duration = second * 60;
  record.tables["call-graph"] = Table{
      {"from", "to", "kind", "calls", "calls_per_s", "answered", "refused", "timed out", "failed"},
      {"visitors", "web", "asks", "60000", "1000", "45000", "15000", "0", "0"},
      {"web", "lists", "look-up", "45000", "750", "45000", "0", "0", "0"},
      {"lists", "store", "fetch", "6000", "100", "6000", "0", "0", "0"},
      {"web", "shard-1", "call", "600", "10", "600", "0", "0", "0"},
      {"web", "shard-2", "call", "1200", "20", "1200", "0", "0", "0"},
      {"web", "shard-3", "call", "600", "10", "540", "0", "60", "0"},
      {"web", "log", "one-way", "45000", "750", "45000", "0", "0", "0"}};
  record.tables["services"] =
      Table{{"service", "arrived", "utilisation", "state", "workers", "busiest", "turned away",
             "expired"},
            {"log", "45000", "0.2000", "held", "2", "0.3000", "0", "0"},
            {"shard-1", "600", "0.1000", "held", "1", "0.2000", "0", "0"},
            {"shard-2", "1200", "0.4000", "saturated", "1", "0.8000", "0", "0"},
            {"shard-3", "600", "0.1000", "held", "1", "0.2000", "0", "0"},
            {"store.east", "4000", "0.5000", "held", "4", "0.6000", "0", "0"},
            {"store.west", "2000", "0.3000", "held", "4", "0.9600", "0", "0"},
            {"web", "60000", "0.9000", "saturated", "8", "1.0000", "15000", "0"}};
  record.tables["operations"] =
      Table{{"operation", "offered", "answered", "within the deadline", "degraded", "refused",
             "timed out", "failed", "in flight"},
            {"view", "60000", "45000", "30000", "0", "15000", "0", "0", "0"}};
  record.tables["clients"] = Table{{"clients", "operation"}, {"visitors", "view"}};
  add_latency(record, "view.latency", 20'000, 6, 5);
  for (const auto& row : record.tables["services"])
    if (row[0] != "service")
      add_series(record, row[0] + ".arrivals", "requests/s", 60)
          .values.assign(60, std::stod(row[1]) / 60);
  add_series(record, "view.goodput", "requests/s", 60).values.assign(60, 500);
  record.ledgers["view"] = {60000, 45000, 15000, 0, 0, 0, 0, 0};
  return record;
}

}  // namespace springtide::reports::testing
