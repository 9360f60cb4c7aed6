#include "live/shared/memory.h"

#include <sys/mman.h>

#include <fmt/format.h>

#include "live/net/problem.h"

namespace springtide::live::shared {

void* map(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes == 0 ? 1 : bytes, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void unmap(void* memory, std::size_t bytes) { munmap(memory, bytes == 0 ? 1 : bytes); }

Diagnostic no_memory(std::size_t bytes) {
  return net::kernel_problem("shared memory", fmt::format("{} bytes could not be mapped", bytes));
}

}  // namespace springtide::live::shared
