// Who started this process. The environment says only how many processes share the work, and the
// result is the same for any number.
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "sim/ranks/ranks.h"

namespace springtide::sim {
namespace {

// The first of the variables that is there and a number.
std::optional<int> number_of(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* text = std::getenv(name);
    if (text == nullptr) continue;
    const std::string_view view(text);
    int value = 0;
    const auto [end, error] = std::from_chars(view.begin(), view.end(), value);
    if (error == std::errc() && end == view.end() && value >= 0) return value;
  }
  return {};
}

}  // namespace

// Names: Open MPI (mpirun(1), "Exported Environment Variables"); PMI, as MPICH, Intel MPI and
// Slurm's srun --mpi=pmi2 set it; MVAPICH2.
Launch launched() {
  Launch launch;
  const auto size = number_of({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE"});
  const auto rank = number_of({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "MV2_COMM_WORLD_RANK"});
  if (!size || !rank || *size <= 1 || *rank >= *size) return launch;
  launch.rank = *rank;
  launch.size = *size;
  const auto here =
      number_of({"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "MV2_COMM_WORLD_LOCAL_SIZE"});
  launch.on_this_machine = here && *here > 0 ? *here : launch.size;
  return launch;
}

}  // namespace springtide::sim
