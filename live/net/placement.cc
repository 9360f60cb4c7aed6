#include "live/net/placement.h"

#include <algorithm>
#include <cstdint>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace springtide::live::net {
namespace {

cpu_set_t allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  return set;
}

// The kernel's struct sched_attr in its first form; the C library has none.
struct SchedulingWish {
  std::uint32_t size = 48, policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0, deadline = 0, period = 0;
};
static_assert(sizeof(SchedulingWish) == 48);

}  // namespace

int processors() {
  const cpu_set_t set = allowed();
  return std::max(1, CPU_COUNT(&set));
}

int processor_of(int number) {
  const cpu_set_t set = allowed();
  int place = number % std::max(1, CPU_COUNT(&set));
  for (int processor = 0; processor < CPU_SETSIZE; ++processor)
    if (CPU_ISSET(processor, &set) && place-- == 0) return processor;
  return 0;
}

bool stay_on(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

void be_punctual(Duration turn) {
  prctl(PR_SET_TIMERSLACK, 1);
  SchedulingWish wish;
  if (syscall(SYS_sched_getattr, 0, &wish, sizeof wish, 0) != 0) return;
  wish.runtime = static_cast<std::uint64_t>(turn.ns);
  syscall(SYS_sched_setattr, 0, &wish, 0);
}

}  // namespace springtide::live::net
