#include "models/run.h"

namespace springtide::models {

Result<measure::Record> run_scenario(const spec::Scenario& scenario, const RunOptions&) {
  Diagnostic problem;
  problem.file = scenario.title;
  problem.what = "no model runs this scenario yet";
  return problem;
}

}  // namespace springtide::models
