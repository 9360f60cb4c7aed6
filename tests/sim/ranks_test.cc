#include "sim/ranks/ranks.h"

#include <cstdlib>
#include <map>

#include <doctest/doctest.h>

#include "tests/ranks/exchanges.h"
#include "tests/ranks/thread_ranks.h"

namespace springtide::sim {
namespace {

TEST_CASE("every rank gets what it should, alone and among others") {
  const auto one = alone();
  CHECK(problems_of_exchanges(*one) == "");
  CHECK(one->end(99) == 99);
  for (const int size : {2, 3, 5})
    run_ranks(size, [&](Ranks& ranks) {
      CHECK(problems_of_exchanges(ranks) == "");
      CHECK(ranks.end(ranks.is_first() ? 99 : 1) == 99);
    });
}

// The environment of this process for one case.
class Environment {
 public:
  explicit Environment(std::map<std::string, std::string> variables)
      : variables_(std::move(variables)) {
    for (const auto& [name, value] : variables_) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, _] : variables_) unsetenv(name.c_str());
  }

 private:
  std::map<std::string, std::string> variables_;
};

TEST_CASE("who is started by mpirun or its like knows its rank; who is not is alone") {
  CHECK(launched().size == 1);
  CHECK(join()->size() == 1);
  {
    const Environment open_mpi({{"OMPI_COMM_WORLD_SIZE", "8"},
                                {"OMPI_COMM_WORLD_RANK", "5"},
                                {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}});
    CHECK(launched().rank == 5);
    CHECK(launched().size == 8);
    CHECK(launched().on_this_machine == 4);
  }
  {
    const Environment mpich({{"PMI_SIZE", "3"}, {"PMI_RANK", "2"}});
    CHECK(launched().rank == 2);
    CHECK(launched().size == 3);
    CHECK(launched().on_this_machine == 3);
  }
  for (const char* nonsense : {"", "x", "2x", "-1", "1"}) {
    const Environment wrong({{"PMI_SIZE", nonsense}, {"PMI_RANK", "0"}});
    CHECK(launched().size == 1);
  }
}

}  // namespace
}  // namespace springtide::sim
