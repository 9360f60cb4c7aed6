#include "cli/ranks.h"

#include <algorithm>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "base/bytes.h"
#include "cli/console.h"
#include "cli/exit_code.h"

namespace springtide::cli {

unsigned default_threads() {
  const unsigned usable = std::max(1u, std::thread::hardware_concurrency());
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  const int ranks = sim::launched().on_this_machine;
  if (cores <= 0 || ranks <= 1) return usable;
  return std::clamp(static_cast<unsigned>(cores / ranks), 1u, usable);
}

bool all_go_on(sim::Ranks& ranks, bool ready, const std::string& scenario) {
  ByteWriter out;
  out(ready, scenario);
  const std::vector<sim::Block> blocks = ranks.all_gather(out.take());
  bool all_ready = true;
  int other = -1;  // a rank with another scenario than the first, or none
  for (int rank = 0; rank < ranks.size(); ++rank) {
    const sim::Block& block = blocks[static_cast<std::size_t>(rank)];
    all_ready = all_ready && block.front() != std::byte{0};
    if (block != blocks.front()) other = rank;
  }
  if (ranks.is_first() && ready && other >= 0)
    print_error(
        fmt::format("springtide: rank {} reads another scenario than rank 0, or none; all "
                    "machines must have the same files\n",
                    other));
  return all_ready && other < 0;
}

int tell_no_mpi() {
  const sim::Launch launch = sim::launched();
  if (launch.rank == 0)
    print_error(
        fmt::format("springtide: {} processes were started to run together, but this "
                    "program was built without MPI; install libopenmpi-dev and build it "
                    "again, or start one process with --threads\n",
                    launch.size));
  return exit_usage;
}

}  // namespace springtide::cli
