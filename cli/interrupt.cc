#include "cli/interrupt.h"

#include <signal.h>
#include <thread>
#include <unistd.h>

#include "base/check.h"
#include "cli/console.h"
#include "cli/exit_code.h"

namespace springtide::cli {
namespace {

std::atomic<bool> stop_requested{false};

// The writer works in "<name>.partial-<process>" and may add files while they are removed here,
// hence the second and third look.
void remove_what_is_half_written(const std::filesystem::path& destination) {
  std::filesystem::path partial = destination;
  partial += ".partial-" + std::to_string(getpid());
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::error_code ignored;
    std::filesystem::remove_all(partial, ignored);
  }
}

void wait_for_signals(const sigset_t& signals, const std::filesystem::path& destination) {
  int signal_number = 0;
  while (sigwait(&signals, &signal_number) == 0) {
    if (!stop_requested.exchange(true)) {
      print_error("\nspringtide: stopping; once more to stop at once without a result\n");
      continue;
    }
    remove_what_is_half_written(destination);
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

}  // namespace springtide::cli
