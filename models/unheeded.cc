#include "models/unheeded.h"

#include "spec/chain_words.h"

namespace springtide::models {

Diagnostics unheeded_words(const spec::Scenario& scenario) {
  Diagnostics problems;
  if (spec::is_chain_scenario(scenario)) return problems;
  for (const std::string& pointer : spec::chain_words(scenario)) {
    Diagnostic problem;
    problem.pointer = pointer;
    problem.what = "the world that runs this scenario does not know this word";
    problem.hint = "it belongs to a chain of stations";
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace springtide::models
