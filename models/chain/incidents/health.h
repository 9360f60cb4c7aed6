// Who is up, in all sites, as every site knows it; and so where a call goes.
//
//   own site has a machine of the service that is up ----------------------> stays
//     | no, or it never had any
//     +--> the nearest site that has one and can be reached (failover) ----> goes there
//            | none, or the service has no failover
//            +--> the nearest site where the scenario places it: there the call ends badly
//
// Every site knows at once: that somebody notices later is left out. Among equally near sites the
// first in order of names. A site behind a link that is cut cannot be reached.
#pragma once

#include <cstdint>
#include <vector>

#include "models/chain/plan/plan.h"

namespace springtide::models::chain {

class Health {
 public:
  explicit Health(const Plan& plan);

  // One more, or one less, reason (+1, -1) for these to be gone.
  void lose(const MachineRange& machines, int by);
  // A service has so many machines in each of its sites; 0: those of the scenario.
  void set_machines(std::uint32_t service, std::uint32_t count);
  void lose_site(std::uint32_t site, int by) { lost_sites_[site] += by; }
  void cut(std::uint32_t site, std::uint32_t other, int by);

  // The numbers of a service's machines in a site that are up, in order.
  const std::vector<std::uint32_t>& up(std::uint32_t service, std::uint32_t site) const {
    return services_[service][site].up;
  }
  bool is_up(std::uint32_t service, std::uint32_t site, std::uint32_t machine) const {
    return services_[service][site].reasons[machine] == 0;
  }
  // Nothing gets from one of the two sites to the other.
  bool is_cut(std::uint32_t site, std::uint32_t other) const { return cuts_[site][other] > 0; }
  // All that stands there, so that not even a refusal comes from it.
  bool is_lost(std::uint32_t site) const { return lost_sites_[site] > 0; }

  // The site that answers the calls of `from` to this service.
  std::uint32_t target(std::uint32_t service, std::uint32_t from) const;

 private:
  struct Machines {
    std::vector<std::int32_t> reasons;  // by machine: why it is gone, how many
    std::uint32_t count = 0;            // those that there are: the first ones
    std::vector<std::uint32_t> up;

    void find_up();
  };

  template <typename Serves>
  std::uint32_t nearest(std::uint32_t from, const Serves& serves) const;

  const Plan& plan_;
  std::vector<std::vector<Machines>> services_;  // by service and site
  std::vector<std::int32_t> lost_sites_;
  std::vector<std::vector<std::int32_t>> cuts_;  // between sites
};

}  // namespace springtide::models::chain
