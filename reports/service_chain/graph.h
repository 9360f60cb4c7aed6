// Who calls whom in a service chain, as a record tells it: a node for each service, queue, cache
// and group of clients, an edge for each pair that calls.
//
//   visitors --9.6k/s--> gate --9.6k/s--> web --------> session
//                                          |---------> lists (cache) --> lists
//                                          +- - - - -> reporting            (one-way)
//
// It comes from the tables "call-graph" (edges), "services", "queues" and "caches". What a
// scenario's rule has made many of, such as component-1 ... component-104, is one node, or
// nobody could read the picture: names that differ in their numbers only, three or more of them.
// The sites of a service are one node too. Where nodes are put together, rates are sums and
// utilisations are those of the worst.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "measure/record.h"

namespace springtide::reports {

struct GraphNode {
  enum class Kind { clients, service, cache, queue };
  std::string name;  // of a family "component-{1..104}"
  Kind kind = Kind::service;
  std::size_t members = 1;  // of a family
  std::string worst;        // the member of a family that was busiest
  double utilisation = std::numeric_limits<double>::quiet_NaN();  // of the measured time, 0..1
  double busiest = std::numeric_limits<double>::quiet_NaN();      // in the busiest slice, 0..1
  double arrived = 0, refused = 0;                                // calls; refused by itself

  double backlog = 0;  // of a queue: the longest, messages

  double refused_share() const { return arrived > 0 ? refused / arrived : 0; }
};

struct GraphEdge {
  std::size_t from = 0, to = 0;            // nodes
  double calls = 0, per_second = 0;        // calls that were made, retries included
  double answered = 0;                     // of them
  bool one_way = false, by_queue = false;  // nobody waits
  double carried_per_second() const { return calls > 0 ? per_second * answered / calls : 0; }
};

struct ServiceGraph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

// Empty where the record has no table "call-graph".
ServiceGraph service_graph(const measure::Record& record);

// Of this name, its family: "shard-17-b" -> "shard-#-b".
std::string family_of(const std::string& name);

}  // namespace springtide::reports
