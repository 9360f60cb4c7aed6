#include "live/net/shared_memory.h"

#include <sys/mman.h>

#include <fmt/format.h>

#include "live/net/problem.h"

namespace springtide::live::net {

void* map_shared(std::size_t bytes) {
  void* memory = mmap(nullptr, bytes == 0 ? 1 : bytes, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void unmap_shared(void* memory, std::size_t bytes) { munmap(memory, bytes == 0 ? 1 : bytes); }

Diagnostic no_shared_memory(std::size_t bytes) {
  return kernel_problem("shared memory", fmt::format("{} bytes could not be mapped", bytes));
}

}  // namespace springtide::live::net
