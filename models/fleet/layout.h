// What a scenario asks of a fleet, resolved into its clusters and servers.
//
//   population --carrier shares--> clusters of the carrier --evenly--> servers
//
// Bandwidths: a server takes frames off the wire at the least of its card's, its link's and its
// even share of its cluster's. What a server leaves of its share the others of the cluster do not
// get.
//
// Servers are numbered through in the order of the clusters' names; a server's users are a range of
// the population, its first ones online. Where there are no clusters, all machines of the service's
// node are one, "all". Each machine is faster or slower than its kind by a share drawn for it
// (Node::speed_spread), and its clock is off by an error drawn for it; streams go by its number.
// Client machines with a plan of slots: clients/machines_layout.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "models/fleet/server/server.h"
#include "spec/scenario.h"
#include "workload/crowd/crowd.h"

namespace springtide::models::red_packet {
struct Layout;
}

namespace springtide::models::fleet {

struct ClusterLayout {
  std::string name, site, carrier;
  std::uint32_t first_server = 0, servers = 0;
  std::int64_t cores = 0;            // of all its servers
  std::optional<BitRate> bandwidth;  // of its link, shared evenly by its servers
};

struct ServerLayout {
  std::size_t cluster = 0;
  std::string label;            // "CLUSTER/NUMBER", numbers with leading zeros
  std::int64_t first_user = 0;  // of the population
  ServerSpec server;
  workload::CrowdSpec crowd;
};

struct Layout {
  std::string operation;  // that is asked
  std::shared_ptr<const workload::CrowdPlan> plan;
  // In place of a crowd and its plan; then there is one server.
  std::shared_ptr<const red_packet::Layout> machines;
  std::vector<ClusterLayout> clusters;
  std::vector<ServerLayout> servers;
  std::int64_t population = 0, online = 0, cores = 0;
};

// Problems: what this road cannot run, each with the place in the scenario.
Result<Layout> lay_out(const spec::Scenario& scenario, std::uint64_t seed);

}  // namespace springtide::models::fleet
