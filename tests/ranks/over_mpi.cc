// Started by mpirun from ranks_test.py:
//
//   over_mpi           all exchanges; ends with 7 on every rank where all went well
//   over_mpi leave N   rank N goes without end(), the others wait for it
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/ranks/exchanges.h"

int main(int count, char** arguments) {
  using namespace springtide::sim;
  const auto ranks = join();
  if (ranks == nullptr) return 2;
  if (count > 2 && std::string_view(arguments[1]) == "leave" &&
      std::atoi(arguments[2]) == ranks->rank())
    return 1;
  const std::string problems = problems_of_exchanges(*ranks);
  if (!problems.empty()) std::fprintf(stderr, "rank %d: %s\n", ranks->rank(), problems.c_str());
  bool well = true;
  for (const Block& block : ranks->all_gather(Block(problems.size()))) well = well && block.empty();
  return ranks->end(well ? 7 : 1);
}
