// A live run: the reference server and the driver on this machine, by one scenario, as one record.
//
//   auto run = Run::start(scenario, load, server)      both are there, users connect
//   while (run.value()->turn()) ...                    every few milliseconds; it never waits
//   measure::Record record = run.value()->finish();
//
//        connecting ------------> sending ----------------> ended
//            |    all logged in      |   plan is over, answers have come
//            '--> not connected      '-> packets are issued at their instants
//
// The scenario's instants: the time before the first request of its plan, in which a simulated
// population connects, takes as long here as connecting takes. What comes later (packets, phases)
// keeps its distance from that first request. In the record second 0 is the run's.
//
// Whoever calls start() must have no threads yet: it forks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "live/load/from_scenario.h"
#include "live/load/load.h"
#include "live/server/server.h"
#include "measure/record.h"
#include "spec/scenario.h"

namespace springtide::live::run {

// The scenario's red-packet service as options of a server at a free port; its pools are left to
// the run. Fails where there is no such service.
Result<server::ServerOptions> server_of(const spec::Scenario& scenario,
                                        const load::ScenarioLoad& load);

class Run {
 public:
  static Result<std::unique_ptr<Run>> start(const spec::Scenario& scenario,
                                            const load::ScenarioLoad& load,
                                            const server::ServerOptions& server);

  enum class State { connecting, sending, ended, not_connected };

  // Looks after both sides; false once there is nothing left to do.
  bool turn();
  State state() const { return state_; }
  std::vector<std::string> take_notes();  // what went wrong since the last call

  load::Load& driver() { return *load_; }
  server::Server& reference_server() { return *server_; }

  // Ends both sides. Once.
  measure::Record finish();

 private:
  Run(const spec::Scenario& scenario, const load::ScenarioLoad& load)
      : scenario_(scenario), wanted_(load) {}
  void begin();
  void issue_due_packets();
  Instant in_run(Duration of_scenario) const;
  void write_marks(measure::Record& record) const;
  void settle(const load::LoadReport& driven, const server::ServerReport& served,
              measure::Record& record) const;

  spec::Scenario scenario_;
  load::ScenarioLoad wanted_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<load::Load> load_;
  State state_ = State::connecting;
  Duration begun_{};                  // since the run's zero: the plan's first instant
  std::vector<std::string> pending_;  // pools not issued yet, by instant
  std::vector<std::string> notes_;
};

}  // namespace springtide::live::run
