// Which servers are gone when: the incidents of kind loss, resolved.
//
// An incident takes all servers of a site, of a carrier, of both, of one cluster, or one machine of
// a node. Instants are whole seconds: what the scenario says is rounded down. A server that two
// incidents take is back when both are over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

// Where a server stands.
struct Place {
  std::string site, carrier, cluster;
  std::string node;        // the kind of machine
  std::int64_t index = 0;  // which of the node's machines
};

struct Outage {
  std::string incident;
  std::int64_t from = 0, to = 0;       // seconds; [from, to)
  std::vector<std::uint32_t> servers;  // ascending
};

class Outages {
 public:
  Outages() = default;
  Outages(std::vector<Outage> outages, std::vector<Place> places);

  const std::vector<Outage>& all() const { return outages_; }  // by incident's name
  bool down(std::uint32_t server, std::int64_t second) const;

  // Seconds as which begin servers go or come back; ascending, each once.
  const std::vector<std::int64_t>& changes() const { return changes_; }
  std::vector<std::uint32_t> lost_at(std::int64_t second) const;  // up in the second before
  std::vector<std::uint32_t> back_at(std::int64_t second) const;  // down in the second before

  // Where users of a lost server go: servers of the same carrier that are up, in the same site if
  // there is one, else in any. May be empty.
  std::vector<std::uint32_t> refuges(std::uint32_t server, std::int64_t second) const;

 private:
  std::vector<Outage> outages_;
  std::vector<Place> places_;
  std::vector<std::int64_t> changes_;
};

// The enabled incidents of kind loss. Tells which of them takes no server.
Result<Outages> plan_outages(const spec::Scenario& scenario, std::vector<Place> places);

}  // namespace springtide::models::fleet
