// Ranks over MPI; the only place that knows it is mpi.cc.
#pragma once

#include <memory>

#include "sim/ranks/ranks.h"

namespace springtide::sim {

// Nothing: built without MPI.
std::unique_ptr<Ranks> join_mpi();

}  // namespace springtide::sim
