#include "cli/checkpoint_options.h"

#include <utility>

#include <CLI/CLI.hpp>

#include "base/quantity.h"

namespace springtide::cli {

void add_checkpoint_options(CLI::App& verb, CheckpointArguments& arguments) {
  CLI::Option* const file = verb.add_option("--checkpoint", arguments.file,
                                            "keep the run in this file while it goes on, so that "
                                            "--resume can take it up again (fleet road)")
                                ->type_name("FILE");
  verb.add_option("--checkpoint-every", arguments.every,
                  "so often, in real time; default: 1min; 0s: as often as possible")
      ->type_name("TIME")
      ->needs(file)
      ->check(CLI::Validator(
          [](const std::string& text) {
            const auto every = parse_duration(text);
            return every && every->ns >= 0 ? std::string()
                                           : "expected a time such as 30s, received " + text;
          },
          ""));
  verb.add_option("--resume", arguments.resume,
                  "go on from a checkpoint, which has the scenario in it; the result is the same "
                  "as if the run had never ended")
      ->type_name("FILE");
}

models::Checkpoints checkpoints_of(const CheckpointArguments& arguments,
                                   const models::CheckpointHead& head,
                                   std::function<double()> elapsed) {
  models::Checkpoints checkpoints;
  checkpoints.file = arguments.file;
  checkpoints.resume = arguments.resume;
  checkpoints.head = head;
  const double every = parse_duration(arguments.every).value_or(minute).seconds();
  checkpoints.due = [every, elapsed = std::move(elapsed), last = 0.0]() mutable {
    if (elapsed() - last < every) return false;
    last = elapsed();
    return true;
  };
  return checkpoints;
}

}  // namespace springtide::cli
