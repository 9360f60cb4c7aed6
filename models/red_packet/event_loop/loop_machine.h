// One machine with the reference server and the load driver on it, as a live run has them: workers,
// driver processes and the issuer of packets share the cores, and loopback joins the sockets.
//
//   cores: models/event_loop/host.h     processes: 0 .. W-1 workers, then the drivers, then issuer
//
// The machine's clock is true time: both sides read the same one.
#pragma once

#include <map>
#include <string>

#include "models/event_loop/host.h"
#include "models/red_packet/access_service.h"
#include "models/red_packet/event_loop/loop_driver.h"
#include "models/red_packet/event_loop/loop_server.h"
#include "sim/simulation.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

struct LoopMachineSpec {
  std::string name;
  std::uint64_t seed = 1;
  std::int64_t cores = 1;
  std::size_t workers = 1;
  spec::EventLoop costs;
  spec::RedPacketAccess service;
  std::map<std::string, spec::PacketPool> pools;
  LoopDriverSpec driver;
  Instant end;  // of sending
};

class LoopMachine final : public sim::InlinedProcess<LoopMachine> {
 public:
  explicit LoopMachine(const LoopMachineSpec& spec);

  void start(sim::Context& context) override;
  void handle(sim::Context&, const sim::Event& event) override { host_.handle(event); }
  void finish(sim::Context& context) override;

  // For the host.
  event_loop::Step begin(event_loop::ProcessNumber p, Instant at);
  void end(event_loop::ProcessNumber p, Instant at);

  const event_loop::Host<LoopMachine>& host() const { return host_; }
  const AccessService& service() const { return service_; }
  const LoopServer& server() const { return server_; }
  const LoopDriver& driver() const { return driver_; }
  std::int64_t not_sent_behind() const { return not_sent_behind_; }
  Duration server_time() const;  // processor time of the workers and the issuer
  Duration driver_time() const;
  measure::SecondCounter server_busy() const;
  measure::SecondCounter driver_busy() const;

 private:
  std::size_t workers() const { return spec_.workers; }
  event_loop::ProcessNumber issuer() const {
    return static_cast<event_loop::ProcessNumber>(workers() + drivers_);
  }
  event_loop::Step issue(Instant at);

  LoopMachineSpec spec_;
  std::size_t drivers_;
  event_loop::Host<LoopMachine> host_;
  AccessService service_;
  LoopServer server_;
  LoopDriver driver_;
  std::vector<bool> exhausted_;  // by pool
  std::int64_t issued_second_ = -1;
  Duration issuing_{};  // of what was issued just now
  std::int64_t not_sent_behind_ = 0;
};

}  // namespace springtide::models::red_packet
