// Begins and ends the disturbances of a site, and keeps what it knows of the other sites.
//
//   machine, node or service lost   what is in progress there ends *failed* for its callers at
//                                   once: the connection breaks. New calls fail at once where no
//                                   machine is left and nobody takes over. Back empty.
//   site lost                       the same work is gone, but nobody is left to say so: callers,
//                                   the users of the site among them, find out by their time-outs
//   link cut, or lossy              messages are lost; callers find out by their time-outs
//   disk                            what is left of its bandwidth serves what waits, too
//   failures                        calls that arrive fail at once, so many in each site
//   slow, standstill                incidents/pace.h
//
// Calls that a lost machine had made run on at their callees: these do not know.
#pragma once

#include "models/chain/queues/queues.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"
#include "models/chain/stations/stations.h"

namespace springtide::models::chain {

class Calls;

class Incidents {
 public:
  Incidents(Site& site, Network& network, Devices& devices, Stations& stations, Queues& queues,
            Calls& calls)
      : site_(site),
        network_(network),
        devices_(devices),
        stations_(stations),
        queues_(queues),
        calls_(calls) {}

  void start();
  void due(std::uint32_t number, bool begins);

 private:
  void lose(const IncidentPlan& incident, int by);
  void lose(const MachineRange& range, bool silent);
  void worsen(const IncidentPlan& incident, bool begins);
  void slow_disks(const IncidentPlan& incident, bool begins);
  double left_of_disk(std::uint32_t node, std::uint32_t machine) const;

  Site& site_;
  Network& network_;
  Devices& devices_;
  Stations& stations_;
  Queues& queues_;
  Calls& calls_;
  std::vector<const IncidentPlan*> slow_disks_;  // that last
};

}  // namespace springtide::models::chain
