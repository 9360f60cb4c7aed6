#include "models/run.h"

#include "models/chain/world.h"
#include "models/fleet/world.h"
#include "models/red_packet/world.h"
#include "models/station/layout.h"
#include "models/station/world.h"
#include "models/unheeded.h"
#include "spec/chain_words.h"

namespace springtide::models {
namespace {

Diagnostic problem(const char* what, const char* hint, const char* pointer = "") {
  Diagnostic made;
  made.pointer = pointer;
  made.what = what;
  made.hint = hint;
  return made;
}

// What is asked of a run that only the fleet road can do.
Diagnostics beyond_all_but_fleets(const RunOptions& options) {
  if (options.ranks != nullptr && options.ranks->size() > 1)
    return {problem("only the fleet road runs on several ranks",
                    "start it without mpirun; the threads of one process share this road's work",
                    "/clients")};
  if (options.sample > 0)
    return {problem("only a fleet can be sampled", "run it without --sample")};
  if (const Checkpoints& wish = options.checkpoints; !wish.file.empty() || !wish.resume.empty())
    return {problem("only a run on the fleet road can be kept in a checkpoint and go on from one",
                    "run without --checkpoint and --resume")};
  return {};
}

}  // namespace

Result<measure::Record> run_scenario(const spec::Scenario& scenario, const RunOptions& options) {
  const bool is_chain = spec::is_chain_scenario(scenario);
  if (!is_chain) {
    if (Diagnostics unheeded = unheeded_words(scenario); !unheeded.empty()) return unheeded;
    if (is_fleet_scenario(scenario)) return run_fleet_world(scenario, options);
  }
  if (Diagnostics beyond = beyond_all_but_fleets(options); !beyond.empty()) return beyond;
  if (is_chain) return chain::run_chain_world(scenario, options);
  if (is_red_packet_scenario(scenario)) return run_red_packet_world(scenario, options);
  if (station::is_station_scenario(scenario)) return station::run_station_world(scenario, options);
  return problem("no model runs services of these kinds together",
                 "let all services be stations, or one a red-packet service", "/services");
}

}  // namespace springtide::models
