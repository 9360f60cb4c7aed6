// Ranks: processes, on one machine or several, that run one simulation together.
//
//   mpirun -n 3 springtide run ...        rank 0      rank 1      rank 2
//     all_gather   each gives a block     a b c       a b c       a b c     all get all
//     gather       each gives a block     a, b, c     -           -         the first gets all
//     scatter      one gives a block      a           b           c         each gets its own
//                  for each
//     end          the first says how     code        code        code      all end alike
//
// Blocks are bytes of any length. All ranks call the same functions in the same order, each from
// the thread that joined; a call may wait for the others. Blocks come in the order of the ranks,
// never in that of their arrival, so what is made of them is the same every time.
//
// A rank that dies, or goes without end(), takes all others with it: none waits for ever.
// Left out: sending while computing. What is exchanged at the end of a window is small.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace springtide::sim {

using Block = std::vector<std::byte>;

class Ranks {
 public:
  virtual ~Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const { return rank_; }  // from 0
  int size() const { return size_; }
  bool is_first() const { return rank_ == 0; }

  // Parts of the simulation are dealt to the ranks in turn.
  int owner_of(std::size_t part) const {
    return static_cast<int>(part % static_cast<std::size_t>(size_));
  }
  bool owns(std::size_t part) const { return owner_of(part) == rank_; }

  // Meant for small blocks: all of them together below 2 GiB.
  virtual std::vector<Block> all_gather(Block own) = 0;
  // The first rank is handed one block after the other, its own first; `take` is not called
  // elsewhere.
  using Take = std::function<void(int rank, Block block)>;
  virtual void gather(Block own, const Take& take) = 0;
  // `parts`: one for each rank, where this is `from`; elsewhere they do not count.
  virtual Block scatter(int from, std::vector<Block> parts) = 0;

  // The last call: returns what the first rank gave, when all have come here.
  virtual int end(int code) = 0;

 protected:
  Ranks(int rank, int size) : rank_(rank), size_(size) {}

 private:
  int rank_, size_;
};

// One process alone: everything it gives comes back to it.
std::unique_ptr<Ranks> alone();

// What the environment says about how this process was started, by mpirun or its like.
struct Launch {
  int rank = 0, size = 1;
  int on_this_machine = 1;  // ranks
};
Launch launched();

// Joins the ranks of the launch; nothing where there are several and this program was built without
// MPI. Costs nothing where this process is the only one. To be called once, before other threads
// exist that should not inherit the mask of signals.
std::unique_ptr<Ranks> join();

// "Open MPI v4.1.4 ..."; empty: built without.
std::string mpi_library();

}  // namespace springtide::sim
