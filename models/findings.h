// Problems of a scenario that a model cannot run, collected in the order in which they are found.
#pragma once

#include <string>
#include <utility>

#include "base/diagnostic.h"

namespace springtide::models {

// A problem of the value that this JSON pointer names.
inline Diagnostic problem_at(std::string pointer, std::string what, std::string hint = "") {
  Diagnostic problem;
  problem.pointer = std::move(pointer);
  problem.what = std::move(what);
  problem.hint = std::move(hint);
  return problem;
}

class Findings {
 public:
  void add(std::string pointer, std::string what, std::string hint = "") {
    problems_.push_back(problem_at(std::move(pointer), std::move(what), std::move(hint)));
  }
  bool empty() const { return problems_.empty(); }
  Diagnostics take() { return std::move(problems_); }

 private:
  Diagnostics problems_;
};

}  // namespace springtide::models
