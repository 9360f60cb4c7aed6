// How often each call of the chain is made: through the trees of calls, the caches, the queues.
//
//   outside --> operation --> calls, each so often a request --> queue --> its deliveries --> ...
//
// A *root* is an operation as clients of a site ask it, or the deliveries of a queue in a site. Its
// calls per request follow from the tree alone; how often the roots themselves begin are the
// traffic equations lambda = outside + calls^T lambda (theory/networks/open.h), with a column for
// each source of demand. A queue that ends up filling itself without end has no solution.
//
// Every call is taken to be answered at the first attempt, in time.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/chain/estimate/demand.h"
#include "models/chain/estimate/geography.h"

namespace springtide::models::chain::estimate {

struct Visit {
  const spec::Call* call = nullptr;
  std::string caller;            // clients, a service or a queue
  std::size_t from = 0, to = 0;  // sites
  double asked = 0;              // per request of the root: so often it comes to this call
  double made = 0;               // so often it is not answered by a cache
};

struct Root {
  std::string name, client;  // an operation and who asks it; or a queue, and nobody
  std::size_t site = 0;
  std::vector<Visit> visits;
  std::vector<double> per_source;  // begins per second, for one per second of each source
};

// Share of hits of each cache in each site.
using Hits = std::map<std::string, std::vector<double>>;

class Flow {
 public:
  Flow(const spec::Scenario& scenario, const Geography& geography, const Demand& demand)
      : scenario_(scenario), geography_(geography), demand_(demand) {}

  // False where messages set off messages without end.
  bool solve(const Hits& hits);

  const std::vector<Root>& roots() const { return roots_; }
  // Begins of a root per second at given rates of the sources.
  static double begins(const Root& root, const std::vector<double>& sources);

 private:
  void add_roots();
  void visit_all(const std::vector<spec::Call>& calls, const std::string& caller, std::size_t site,
                 double times, Root& root);
  void visit(const spec::Call& call, const std::string& caller, std::size_t site, double times,
             Root& root);

  const spec::Scenario& scenario_;
  const Geography& geography_;
  const Demand& demand_;
  const Hits* hits_ = nullptr;
  std::vector<Root> roots_;
};

}  // namespace springtide::models::chain::estimate
