// What `live run` and `live load` have in common: the options of a driver, the scenario with what
// the command line puts in its place, and what is told while it drives and at the end.
//
// --connections and --rate take the place of what the scenario says; --duration is that of the
// sending, which begins with the first request of the scenario's plan.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/diagnostic.h"
#include "cli/scenario_input.h"
#include "live/load/from_scenario.h"
#include "live/load/load.h"
#include "live/run/company.h"
#include "measure/record.h"
#include "measure/result_directory.h"
#include "spec/scenario_reader.h"

namespace springtide::cli {

struct DrivingArguments {
  std::string file, directory, rate, duration, spread = "evenly";
  std::string connect_rate, ramp_limit, reconnect_after, round, drain, patience, lateness_bound;
  std::string monitor, control;
  ScenarioInput input;
  std::int64_t connections = 0;  // 0: as the scenario says
  int processes = 0;
  live::net::Backend backend = live::net::Backend::automatic;
  bool pin = false;
  bool force = false, json = false, no_report = false;
};

void add_driving_options(CLI::App& verb, DrivingArguments& to);

// "results/live-NAME" for NAME.json, where no directory was named.
void name_directory(DrivingArguments& arguments, const std::string& without_file);

struct Driving {
  spec::LoadedScenario scenario;
  live::load::ScenarioLoad load;  // without its target
  live::run::CompanyOptions company;
};

// Reads the scenario with these overlays and settings.
using ScenarioReader = std::function<Result<spec::LoadedScenario>(const ScenarioInput&)>;

// All problems of the command line at once, where the scenario is good.
Result<Driving> prepare(const DrivingArguments& arguments, const ScenarioReader& read);

// Appends the problem of an address that is none, or of another machine.
template <typename Place>
void read_address(const std::string& text, const char* option, Place& place,
                  Diagnostics& problems) {
  if (text.empty()) return;
  const auto address = live::net::parse_address(text, option);
  if (address)
    place = address.value();
  else
    problems.insert(problems.end(), address.problems().begin(), address.problems().end());
}

// False: this machine cannot hold them, and it was told why.
bool fits(const live::load::LoadOptions& options, bool with_server);

// What is listened at, for whoever opens a page or sends orders.
void tell_company(const live::run::Company& company);

// One line that writes over itself, where somebody watches.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  void tell(const live::load::Load& load, bool sending);  // some times a second

 private:
  bool terminal_;
  std::int64_t told_ns_ = 0;
};

void tell_not_connected(const live::load::Load& load);

// `command` is the verb with what is its own: "springtide live load --target 127.0.0.1:1025".
measure::Manifest manifest_of(const std::string& command, const DrivingArguments& arguments,
                              const Driving& driving, const std::string& started);

}  // namespace springtide::cli
