#include "sim/ranks/ranks.h"

#include <utility>

#include "sim/ranks/mpi.h"

namespace springtide::sim {
namespace {

class Alone final : public Ranks {
 public:
  Alone() : Ranks(0, 1) {}
  std::vector<Block> all_gather(Block own) override {
    std::vector<Block> blocks;
    blocks.push_back(std::move(own));
    return blocks;
  }
  void gather(Block own, const Take& take) override { take(0, std::move(own)); }
  Block scatter(int, std::vector<Block> parts) override { return std::move(parts.front()); }
  int end(int code) override { return code; }
};

}  // namespace

std::unique_ptr<Ranks> alone() { return std::make_unique<Alone>(); }

std::unique_ptr<Ranks> join() { return launched().size > 1 ? join_mpi() : alone(); }

}  // namespace springtide::sim
