#include "models/run.h"

#include "models/chain/world.h"
#include "models/fleet/world.h"
#include "models/red_packet/world.h"
#include "models/station/layout.h"
#include "models/station/world.h"
#include "models/unheeded.h"
#include "spec/chain_words.h"

namespace springtide::models {

Result<measure::Record> run_scenario(const spec::Scenario& scenario, const RunOptions& options) {
  if (spec::is_chain_scenario(scenario)) return chain::run_chain_world(scenario, options);
  if (Diagnostics unheeded = unheeded_words(scenario); !unheeded.empty()) return unheeded;
  if (is_fleet_scenario(scenario)) return run_fleet_world(scenario, options);
  if (options.ranks != nullptr && options.ranks->size() > 1) {
    Diagnostic problem;
    problem.pointer = "/clients";
    problem.what = "only the fleet road runs on several ranks";
    problem.hint = "start it without mpirun; the threads of one process share this road's work";
    return problem;
  }
  if (options.sample > 0) {
    Diagnostic problem;
    problem.what = "only a fleet can be sampled";
    problem.hint = "run it without --sample";
    return problem;
  }
  if (const Checkpoints& wish = options.checkpoints; !wish.file.empty() || !wish.resume.empty()) {
    Diagnostic problem;
    problem.what = "only a run on the fleet road can be kept in a checkpoint and go on from one";
    problem.hint = "run without --checkpoint and --resume";
    return problem;
  }
  if (is_red_packet_scenario(scenario)) return run_red_packet_world(scenario, options);
  if (station::is_station_scenario(scenario)) return station::run_station_world(scenario, options);
  Diagnostic problem;
  problem.pointer = "/services";
  problem.what = "no model runs services of these kinds together";
  problem.hint = "let all services be stations, or one a red-packet service";
  return problem;
}

}  // namespace springtide::models
