// A site's side of the control room: tells once a second what it saw, does what is decided there.
#pragma once

#include "models/chain/clients/clients.h"
#include "models/chain/queues/queues.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"
#include "models/chain/stations/stations.h"

namespace springtide::models::chain {

class SiteControl {
 public:
  SiteControl(Site& site, Network& network, Devices& devices, Stations& stations, Queues& queues,
              Clients& clients)
      : site_(site),
        network_(network),
        devices_(devices),
        stations_(stations),
        queues_(queues),
        clients_(clients) {}

  void start();
  // A whole second is over.
  void look();
  // A playbook takes effect, or is undone.
  void act(std::uint32_t playbook, bool begins);

 private:
  void change_queues();

  Site& site_;
  Network& network_;
  Devices& devices_;
  Stations& stations_;
  Queues& queues_;
  Clients& clients_;
  std::vector<std::uint32_t> in_effect_;  // playbooks, in the order in which they took effect
};

}  // namespace springtide::models::chain
