#include "sim/engine/crew.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace springtide::sim {
namespace {

constexpr int spins_before_sleep = 2000;  // some 20 to 60 us
constexpr int spins_before_yield = 200;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#endif
}

bool has_job(std::uint64_t batch) {
  return static_cast<std::uint32_t>(batch) < static_cast<std::uint32_t>(batch >> 32);
}

}  // namespace

Crew::Crew(int threads, std::function<void(std::uint32_t)> work) : work_(std::move(work)) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { worker(); });
}

Crew::~Crew() {
  leaving_.store(true);
  calls_.fetch_add(1);
  calls_.notify_all();
  for (std::thread& thread : workers_) thread.join();
}

void Crew::run(std::uint32_t jobs) {
  if (jobs == 0) return;
  remaining_.store(jobs, std::memory_order_relaxed);
  batch_.store(std::uint64_t{jobs} << 32, std::memory_order_seq_cst);
  if (jobs > 1 && sleepers_.load(std::memory_order_seq_cst) > 0) {
    calls_.fetch_add(1, std::memory_order_seq_cst);
    calls_.notify_all();
  }
  while (take_and_work()) {}
  for (int spins = 0; remaining_.load(std::memory_order_acquire) > 0; ++spins) {
    if (spins < spins_before_yield)
      relax();
    else
      std::this_thread::yield();
  }
}

bool Crew::take_and_work() {
  if (!has_job(batch_.load(std::memory_order_relaxed))) return false;
  const std::uint64_t ticket = batch_.fetch_add(1, std::memory_order_seq_cst);
  if (!has_job(ticket)) return false;
  work_(static_cast<std::uint32_t>(ticket));
  remaining_.fetch_sub(1, std::memory_order_acq_rel);
  return true;
}

void Crew::worker() {
  int spins = 0;
  while (!leaving_.load(std::memory_order_relaxed)) {
    const std::uint32_t seen = calls_.load(std::memory_order_seq_cst);
    if (take_and_work()) {
      spins = 0;
    } else if (++spins < spins_before_sleep) {
      relax();
    } else {
      sleep_until_called(seen);
      spins = 0;
    }
  }
}

// Announces itself first and looks for a batch again afterwards: either it sees a batch that was
// stored before, or whoever stores one later sees the sleeper and changes `calls_`.
void Crew::sleep_until_called(std::uint32_t seen) {
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  if (!has_job(batch_.load(std::memory_order_seq_cst)) && !leaving_.load())
    calls_.wait(seen, std::memory_order_seq_cst);
  sleepers_.fetch_sub(1, std::memory_order_seq_cst);
}

}  // namespace springtide::sim
