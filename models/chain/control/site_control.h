// A site's side of the control room: tells once a second what it saw, does what is decided there.
#pragma once

#include "models/chain/clients/clients.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"
#include "models/chain/stations/stations.h"

namespace springtide::models::chain {

class SiteControl {
 public:
  SiteControl(Site& site, Network& network, Stations& stations, Clients& clients)
      : site_(site), network_(network), stations_(stations), clients_(clients) {}

  void start();
  // A whole second is over.
  void look();
  // A playbook takes effect, or is undone.
  void act(std::uint32_t playbook, bool begins);

 private:
  Site& site_;
  Network& network_;
  Stations& stations_;
  Clients& clients_;
  std::vector<std::uint32_t> in_effect_;  // playbooks, in the order in which they took effect
};

}  // namespace springtide::models::chain
