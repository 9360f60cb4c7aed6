#include "live/preflight/machine.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace springtide::live::preflight {
namespace {

// The numbers at the begin of a file; none where it cannot be read or says "max".
std::vector<std::int64_t> numbers_in(const std::string& path) {
  std::vector<std::int64_t> numbers;
  std::ifstream file(path);
  for (std::int64_t number; file >> number;) numbers.push_back(number);
  return numbers;
}

std::optional<std::int64_t> number_in(const std::string& path) {
  const auto numbers = numbers_in(path);
  return numbers.empty() ? std::nullopt : std::optional(numbers.front());
}

std::optional<std::int64_t> hard_limit(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return {};
  return static_cast<std::int64_t>(limit.rlim_max);
}

std::optional<std::int64_t> available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("MemAvailable:"))
      return std::stoll(line.substr(line.find_first_of("0123456789"))) * 1024;
  return {};
}

// The folder of this process's control group: of a controller (version 1), or of all (version 2).
std::string group_folder(const std::string& controller) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers == controller) return "/sys/fs/cgroup/" + controller + path + "/";
    if (controllers.empty() && number_in("/sys/fs/cgroup" + path + "/cgroup.procs"))
      return "/sys/fs/cgroup" + path + "/";
  }
  return "/sys/fs/cgroup/";
}

// Of control groups of both versions, whichever says something. What counts as no limit is so
// large that no machine has it.
std::optional<std::int64_t> group_memory_left() {
  const std::string folder = group_folder("memory");
  for (const auto& [limit_name, use_name] :
       {std::pair{"memory.max", "memory.current"},
        std::pair{"memory.limit_in_bytes", "memory.usage_in_bytes"}}) {
    const auto limit = number_in(folder + limit_name), use = number_in(folder + use_name);
    if (limit && use && *limit < std::int64_t{1} << 60)
      return std::max<std::int64_t>(0, *limit - *use);
  }
  return {};
}

}  // namespace

Machine read_machine() {
  Machine machine;
  machine.cores = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  machine.files_per_process = hard_limit(RLIMIT_NOFILE);
  machine.files_of_all = number_in("/proc/sys/fs/file-max");
  machine.files_in_use = number_in("/proc/sys/fs/file-nr").value_or(0);
  machine.processes = hard_limit(RLIMIT_NPROC);
  machine.processes_of_group = number_in(group_folder("pids") + "pids.max");
  const auto ports = numbers_in("/proc/sys/net/ipv4/ip_local_port_range");
  if (ports.size() == 2) {
    machine.first_port = ports[0];
    machine.last_port = ports[1];
  }
  machine.accept_backlog = number_in("/proc/sys/net/core/somaxconn");
  machine.handshake_backlog = number_in("/proc/sys/net/ipv4/tcp_max_syn_backlog");
  machine.epoll_watches = number_in("/proc/sys/fs/epoll/max_user_watches");
  // The module may be there without any rule that makes it track: then it counts nothing.
  if (number_in("/proc/sys/net/netfilter/nf_conntrack_count").value_or(0) > 0)
    machine.tracked_connections = number_in("/proc/sys/net/netfilter/nf_conntrack_max");
  machine.memory_available = available_memory();
  machine.memory_of_group_left = group_memory_left();
  const auto tcp = numbers_in("/proc/sys/net/ipv4/tcp_mem");
  if (tcp.size() == 3) machine.tcp_memory = tcp[2] * sysconf(_SC_PAGESIZE);
  return machine;
}

}  // namespace springtide::live::preflight
