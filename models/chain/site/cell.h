// A site as one process of the engine: its parts, and who gets which letter.
//
//   clients --> calls --> network --> stations --> tasks --> calls ...
//      ^          ^ ended                             |
//      +----------+<------------- answers ------------+
//
// Each arrow to the right is a call of a function or a letter; each to the left is a letter
// (site/mail.h), so no part is entered while it is at work.
#pragma once

#include "models/chain/calls/calls.h"
#include "models/chain/calls/tasks.h"
#include "models/chain/clients/clients.h"
#include "models/chain/control/site_control.h"
#include "models/chain/incidents/incidents.h"
#include "models/chain/queues/queues.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"
#include "models/chain/stations/stations.h"
#include "sim/simulation.h"

namespace springtide::models::chain {

class Cell final : public sim::InlinedProcess<Cell> {
 public:
  Cell(const Plan& plan, std::uint32_t number);

  void start(sim::Context& context) override;
  void handle(sim::Context& context, const sim::Event& event) override;

  // The end of what was measured; counts who is still there.
  void finish_at(Instant end) {
    stations_.finish(end);
    queues_.finish(end);
    network_.finish(end);
    devices_.finish(end);
    site_.traces.finish(end);
  }

  void set_channels(std::vector<sim::ChannelId> channels) {
    site_.mail.set_channels(std::move(channels));
  }

  void set_control(sim::ChannelId channel) { site_.mail.set_control(channel); }

  Site& site() { return site_; }
  const Site& site() const { return site_; }
  Clients& clients() { return clients_; }
  const Clients& clients() const { return clients_; }
  const Calls& calls() const { return calls_; }
  Stations& stations() { return stations_; }
  Queues& queues() { return queues_; }
  const Queues& queues() const { return queues_; }
  Devices& devices() { return devices_; }
  const Network& network() const { return network_; }
  const Devices& devices() const { return devices_; }

 private:
  void read(const Letter& letter, std::uint32_t from_site);

  Site site_;
  Devices devices_;
  Network network_;
  Clients clients_;
  Calls calls_;
  Tasks tasks_;
  Stations stations_;
  Queues queues_;
  Incidents incidents_;
  SiteControl control_;
};

}  // namespace springtide::models::chain
