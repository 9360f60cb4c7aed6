// A crew of threads that works off small batches of independent jobs, thousands of times a
// second.
//
// The calling thread takes part, and a batch is over when its jobs are done, not when every worker
// has looked at it: a worker that the machine does not schedule costs nothing, so more threads
// than cores are slow but never stuck. One atomic word holds the batch:
//
//    63         32 31          0
//   +-------------+-------------+     a job is taken by adding 1; it is valid while
//   | jobs        | next job    |     next job < jobs
//   +-------------+-------------+
//
// Workers look for a batch for a short while, then sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace springtide::sim {

class Crew {
 public:
  // `threads` counts the calling one; work(i) runs job i.
  Crew(int threads, std::function<void(std::uint32_t)> work);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Runs work(0) .. work(jobs - 1), each once, in any order, and waits for all.
  void run(std::uint32_t jobs);

 private:
  void worker();
  bool take_and_work();
  void sleep_until_called(std::uint32_t seen);

  std::function<void(std::uint32_t)> work_;
  alignas(64) std::atomic<std::uint64_t> batch_{0};
  alignas(64) std::atomic<std::uint32_t> remaining_{0};
  alignas(64) std::atomic<std::uint32_t> calls_{0};  // sleepers wait for a change of it
  std::atomic<std::uint32_t> sleepers_{0};
  std::atomic<bool> leaving_{false};
  std::vector<std::thread> workers_;
};

}  // namespace springtide::sim
