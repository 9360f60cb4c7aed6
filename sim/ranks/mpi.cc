// Ranks as processes of MPI_COMM_WORLD. MPI's own answer to an error is to end all ranks, and so it
// stays. Counts of MPI are ints: longer blocks go in pieces.
#include "sim/ranks/mpi.h"

#ifdef SPRINGTIDE_MPI

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <mpi.h>
#include <numeric>

#include "base/check.h"

namespace springtide::sim {
namespace {

constexpr int tag = 1;
constexpr std::size_t longest_piece = std::size_t{1} << 30;

void send(const Block& block, int to) {
  const std::uint64_t length = block.size();
  MPI_Send(&length, 1, MPI_UINT64_T, to, tag, MPI_COMM_WORLD);
  for (std::size_t sent = 0; sent < block.size();) {
    const std::size_t piece = std::min(longest_piece, block.size() - sent);
    MPI_Send(block.data() + sent, static_cast<int>(piece), MPI_BYTE, to, tag, MPI_COMM_WORLD);
    sent += piece;
  }
}

Block receive(int from) {
  std::uint64_t length = 0;
  MPI_Recv(&length, 1, MPI_UINT64_T, from, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  Block block(length);
  for (std::size_t received = 0; received < block.size();) {
    const std::size_t piece = std::min(longest_piece, block.size() - received);
    MPI_Recv(block.data() + received, static_cast<int>(piece), MPI_BYTE, from, tag, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    received += piece;
  }
  return block;
}

class MpiRanks final : public Ranks {
 public:
  MpiRanks(int rank, int size) : Ranks(rank, size) {}

  // Without end() something went wrong here, and the others would wait for ever.
  ~MpiRanks() override {
    if (!ended_) MPI_Abort(MPI_COMM_WORLD, 1);
  }

  std::vector<Block> all_gather(Block own) override {
    const auto count = static_cast<std::size_t>(size());
    const std::uint64_t length = own.size();
    std::vector<std::uint64_t> lengths(count);
    MPI_Allgather(&length, 1, MPI_UINT64_T, lengths.data(), 1, MPI_UINT64_T, MPI_COMM_WORLD);
    std::vector<int> counts(count), begins(count);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      begins[i] = static_cast<int>(sum);
      counts[i] = static_cast<int>(lengths[i]);
      sum += lengths[i];
      SPRINGTIDE_CHECK(sum <= std::numeric_limits<int>::max(), "all blocks are below 2 GiB");
    }
    Block all(sum);
    MPI_Allgatherv(own.data(), static_cast<int>(length), MPI_BYTE, all.data(), counts.data(),
                   begins.data(), MPI_BYTE, MPI_COMM_WORLD);
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < count; ++i)
      blocks.emplace_back(all.begin() + begins[i], all.begin() + begins[i] + counts[i]);
    return blocks;
  }

  void gather(Block own, const Take& take) override {
    if (!is_first()) return send(own, 0);
    take(0, std::move(own));
    for (int other = 1; other < size(); ++other) take(other, receive(other));
  }

  Block scatter(int from, std::vector<Block> parts) override {
    if (rank() != from) return receive(from);
    SPRINGTIDE_CHECK(parts.size() == static_cast<std::size_t>(size()), "a part for each rank");
    for (int other = 0; other < size(); ++other)
      if (other != from) send(parts[static_cast<std::size_t>(other)], other);
    return std::move(parts[static_cast<std::size_t>(from)]);
  }

  int end(int code) override {
    MPI_Bcast(&code, 1, MPI_INT, 0, MPI_COMM_WORLD);
    ended_ = true;
    MPI_Finalize();
    return code;
  }

 private:
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Ranks> join_mpi() {
  int provided = 0, rank = 0, size = 1;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  SPRINGTIDE_CHECK(provided >= MPI_THREAD_FUNNELED, "this MPI does not know threads");
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return std::make_unique<MpiRanks>(rank, size);
}

std::string mpi_library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);  // may be asked before MPI_Init
  std::string name(text.data(), static_cast<std::size_t>(length));
  return name.substr(0, name.find(','));
}

}  // namespace springtide::sim

#else

namespace springtide::sim {

std::unique_ptr<Ranks> join_mpi() { return nullptr; }
std::string mpi_library() { return ""; }

}  // namespace springtide::sim

#endif
