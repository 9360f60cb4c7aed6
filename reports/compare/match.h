// Which series of one side a series of the other side means.
//
//   other                                            means
//   a series of the same name                        that
//   column "requests_per_s" of client_30k.csv        client.requests
//   column "packets_per_s" of packets_received.csv   packets.received
//   column "pause_ns" of server_gc_pauses.csv        the distribution server.gc-pause
//
// A recording says in the names of its file and its column what it holds: a series is meant when
// every word of its name stands there. Units must be the same; a column without one may be
// anything.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "measure/histogram.h"
#include "measure/record.h"
#include "reports/compare.h"

namespace springtide::reports {

struct SeriesPair {
  const measure::Series* here;
  const measure::Series* there;
  std::string note;  // what else it might have been; empty where nothing was guessed
};
struct DistributionPair {
  std::string here, there;  // names
  const measure::Histogram *here_values, *there_values;
};
struct Pairs {
  std::vector<SeriesPair> series;
  std::vector<DistributionPair> distributions;
};

// `names`: only these of `here`; empty: all that both sides have. Never empty-handed: one
// diagnostic says what is missing, ambiguous or in another unit.
Result<Pairs> pairs_of(const ComparisonSide& here, const ComparisonSide& there,
                       const std::vector<std::string>& names);

// What is wrong with a file or an option, in one line and a hint.
Diagnostic problem_of(std::string file, std::string what, std::string hint = "");

}  // namespace springtide::reports
