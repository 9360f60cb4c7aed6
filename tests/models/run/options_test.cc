// What is asked of a run that its world cannot do is refused, not passed over.
#include <doctest/doctest.h>

#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

TEST_CASE("stations and chains are not sampled, and keep no checkpoints") {
  for (const char* path : {"scenarios/textbook/mm1.json", "scenarios/mechanisms/timeout.json"}) {
    CAPTURE(path);
    auto loaded =
        spec::load_scenario({path, {}, {"/duration=\"2s\"", "/warmup=\"0s\"", "/thresholds={}"}});
    if (!loaded.ok()) FAIL(to_string(loaded.problems()));
    RunOptions sample, kept, resumed;
    sample.sample = 2;
    kept.checkpoints.file = "night.checkpoint";
    resumed.checkpoints.resume = "night.checkpoint";
    CHECK(run_scenario(loaded.value().scenario, RunOptions{}).ok());
    for (const RunOptions& options : {sample, kept, resumed})
      CHECK_FALSE(run_scenario(loaded.value().scenario, options).ok());
  }
}

}  // namespace
}  // namespace springtide::models
