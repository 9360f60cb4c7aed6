#include "cli/interrupt.h"

#include <signal.h>
#include <thread>
#include <unistd.h>

#include "base/check.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "measure/result_directory.h"
#include "sim/ranks/ranks.h"

namespace springtide::cli {
namespace {

std::atomic<bool> stop_requested{false}, ending{false};

void wait_for_signals(const sigset_t& signals, const std::filesystem::path& destination) {
  int signal_number = 0;
  while (sigwait(&signals, &signal_number) == 0) {
    if (!stop_requested.exchange(true)) {
      if (sim::launched().rank == 0)
        print_error("\nspringtide: stopping; once more to stop at once without a result\n");
      continue;
    }
    ending = true;  // first: what fails from here on fails because of this
    measure::discard_partial_result(destination);
    _exit(exit_interrupted);
  }
}

}  // namespace

Interrupt::Interrupt(std::filesystem::path destination) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  SPRINGTIDE_CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0, "cannot block signals");
  std::thread([signals, destination = std::move(destination)] {
    wait_for_signals(signals, destination);
  }).detach();
}

const std::atomic<bool>* Interrupt::stop() const { return &stop_requested; }

void Interrupt::stay_if_ending() const {
  while (ending) pause();
}

}  // namespace springtide::cli
