// Ranks that are threads of a test: what every rank says goes through one board.
//
//   run_ranks(4, [](sim::Ranks& ranks) { ... });      the same code on four threads
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "sim/ranks/ranks.h"

namespace springtide::sim {

// Each exchange: all put down what they give, all read, all go on.
class Board {
 public:
  explicit Board(int size) : size_(size), given_(static_cast<std::size_t>(size)) {}

  std::vector<std::vector<Block>> exchange(int rank, std::vector<Block> own) {
    std::unique_lock lock(mutex_);
    given_[static_cast<std::size_t>(rank)] = std::move(own);
    meet(lock);
    std::vector<std::vector<Block>> all = given_;
    meet(lock);
    return all;
  }

 private:
  void meet(std::unique_lock<std::mutex>& lock) {
    const std::uint64_t meeting = meeting_;
    if (++arrived_ == size_) {
      arrived_ = 0;
      ++meeting_;
      changed_.notify_all();
    } else {
      changed_.wait(lock, [&] { return meeting_ != meeting; });
    }
  }

  int size_, arrived_ = 0;
  std::uint64_t meeting_ = 0;
  std::vector<std::vector<Block>> given_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

class ThreadRanks final : public Ranks {
 public:
  ThreadRanks(int rank, int size, Board& board) : Ranks(rank, size), board_(board) {}

  std::vector<Block> all_gather(Block own) override {
    std::vector<Block> blocks;
    for (auto& given : board_.exchange(rank(), {std::move(own)}))
      blocks.push_back(std::move(given.front()));
    return blocks;
  }
  void gather(Block own, const Take& take) override {
    auto blocks = all_gather(std::move(own));
    for (int from = 0; is_first() && from < size(); ++from)
      take(from, std::move(blocks[static_cast<std::size_t>(from)]));
  }
  Block scatter(int from, std::vector<Block> parts) override {
    auto all = board_.exchange(rank(), std::move(parts));
    return std::move(all[static_cast<std::size_t>(from)][static_cast<std::size_t>(rank())]);
  }
  int end(int code) override {
    return std::to_integer<int>(all_gather({static_cast<std::byte>(code)}).front().front());
  }

 private:
  Board& board_;
};

inline void run_ranks(int size, const std::function<void(Ranks&)>& body) {
  Board board(size);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank)
    threads.emplace_back([&, rank] {
      ThreadRanks ranks(rank, size, board);
      body(ranks);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace springtide::sim
