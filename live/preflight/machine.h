// What this machine allows, as far as many connections need it: read from the kernel, not guessed.
#pragma once

#include <cstdint>
#include <optional>

namespace springtide::live::preflight {

// Nothing where the kernel does not tell, or sets no limit.
struct Machine {
  int cores = 1;
  std::optional<std::int64_t> files_per_process;       // hard limit, RLIMIT_NOFILE
  std::optional<std::int64_t> files_of_all;            // fs.file-max
  std::int64_t files_in_use = 0;                       // fs.file-nr
  std::optional<std::int64_t> processes;               // hard limit of the user, RLIMIT_NPROC
  std::optional<std::int64_t> processes_of_group;      // pids.max of the control group
  std::int64_t first_port = 32768, last_port = 60999;  // net.ipv4.ip_local_port_range
  std::optional<std::int64_t> accept_backlog;          // net.core.somaxconn
  std::optional<std::int64_t> handshake_backlog;       // net.ipv4.tcp_max_syn_backlog
  std::optional<std::int64_t> epoll_watches;           // fs.epoll.max_user_watches
  std::optional<std::int64_t> tracked_connections;     // nf_conntrack_max, where it tracks
  std::optional<std::int64_t> memory_available;        // bytes, MemAvailable
  std::optional<std::int64_t> memory_of_group_left;    // bytes: the control group's limit less use
  std::optional<std::int64_t> tcp_memory;              // bytes, net.ipv4.tcp_mem, upper limit
};

Machine read_machine();

}  // namespace springtide::live::preflight
