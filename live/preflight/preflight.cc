#include "live/preflight/preflight.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "live/load/driver.h"
#include "live/load/load.h"

namespace springtide::live::preflight {
namespace {

constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
constexpr int most_processes = 250;  // of one driver (live/load)

std::string grouped(std::int64_t count) {
  if (count == unlimited) return "no limit";
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, " ");
  return text;
}

std::string gibibytes(std::int64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1 << 30));
}

class Checker {
 public:
  Checker(const Machine& machine, const Demand& demand) : machine_(machine), demand_(demand) {
    result_.connections = demand.connections;
    sides_ = demand.with_server ? 2 : 1;
  }

  Preflight check() {
    check_files();
    check_processes();
    check_ports();
    check_backlog();
    check_watches();
    check_memory();
    return std::move(result_);
  }

 private:
  std::int64_t n() const { return demand_.connections; }
  std::int64_t processes() const { return result_.driver_processes + result_.server_processes; }

  void limit(std::string what, std::int64_t found, std::int64_t needed, std::string command,
             std::string why) {
    result_.needs.push_back({std::move(what), grouped(found), grouped(needed), needed <= found,
                             false, needed <= found ? "" : std::move(command), std::move(why)});
  }

  void check_files() {
    const std::int64_t hard = machine_.files_per_process.value_or(unlimited);
    const int least = hard < 64 ? most_processes + 1 : load::processes_for(n(), hard);
    result_.driver_processes = demand_.processes > 0 ? demand_.processes : least;
    if (demand_.with_server) result_.server_processes = std::max(least, machine_.cores);
    const std::int64_t each = (n() + result_.driver_processes - 1) / result_.driver_processes;
    limit("files of a process", hard, each + each / 20 + 64,
          fmt::format("ulimit -Hn {} (as root), or more --processes: {} are enough",
                      each + each / 20 + 64, least),
          "a connection is a file in the driver and one in the server");
    limit("processes of the driver", most_processes, result_.driver_processes,
          "raise the limit on files of a process: ulimit -Hn",
          "each has source addresses of its own");
    const std::int64_t files = sides_ * n() + 64 * processes();
    const std::int64_t free =
        machine_.files_of_all ? *machine_.files_of_all - machine_.files_in_use : unlimited;
    limit("files of all processes", free, files,
          fmt::format("sysctl -w fs.file-max={}", files + machine_.files_in_use + 10'000),
          "both ends of every connection are on this machine");
  }

  void check_processes() {
    const std::int64_t found = std::min(machine_.processes.value_or(unlimited),
                                        machine_.processes_of_group.value_or(unlimited));
    limit("processes", found, processes() + 16, fmt::format("ulimit -u {}", processes() + 100),
          fmt::format("{} of the driver, {} of the server", result_.driver_processes,
                      result_.server_processes));
  }

  void check_ports() {
    const std::int64_t ports = machine_.last_port - machine_.first_port + 1;
    const std::int64_t each = load::Driver::connections_per_source;
    const std::int64_t of_process = (n() + result_.driver_processes - 1) / result_.driver_processes;
    result_.source_addresses =
        static_cast<int>((of_process + each - 1) / each * result_.driver_processes);
    limit("local ports of a source address", ports, std::min(of_process, each) * 12 / 10,
          "sysctl -w net.ipv4.ip_local_port_range='1024 65535'",
          fmt::format("{} source addresses of 127.0.0.0/8 are used", result_.source_addresses));
    if (machine_.tracked_connections)
      limit("connections that the firewall tracks", *machine_.tracked_connections, n() + 1000,
            fmt::format("sysctl -w net.netfilter.nf_conntrack_max={}", n() + 10'000),
            "a full table drops connections without a word");
  }

  void check_backlog() {
    const std::int64_t wanted = 1024;
    const std::int64_t found = std::min(machine_.accept_backlog.value_or(unlimited),
                                        machine_.handshake_backlog.value_or(unlimited));
    result_.needs.push_back(
        {"connections waiting to be accepted", grouped(found), grouped(wanted), wanted <= found,
         true,
         wanted <= found
             ? ""
             : fmt::format("sysctl -w net.core.somaxconn={0} net.ipv4.tcp_max_syn_backlog={0}",
                           wanted),
         "above it a handshake is repeated a second later"});
  }

  void check_watches() {
    const std::int64_t needed = sides_ * n() + 1000;
    limit("epoll entries of a user", machine_.epoll_watches.value_or(unlimited), needed,
          fmt::format("sysctl -w fs.epoll.max_user_watches={}", needed * 2),
          "one for each end of a connection");
  }

  void check_memory() {
    const std::int64_t kernel = kernel_bytes_per_connection * n();
    result_.bytes =
        kernel + user_bytes_per_connection * n() + bytes_per_process * processes() + static_bytes;
    const std::int64_t found = std::min(machine_.memory_available.value_or(unlimited),
                                        machine_.memory_of_group_left.value_or(unlimited));
    const bool fits = result_.bytes + result_.bytes / 10 <= found;
    const std::int64_t most = (found == unlimited ? n() : (found / 11 * 10 - static_bytes)) /
                              (kernel_bytes_per_connection + user_bytes_per_connection);
    result_.needs.push_back(
        {"memory", found == unlimited ? "no limit" : gibibytes(found), gibibytes(result_.bytes),
         fits, false,
         fits ? "" : fmt::format("--connections {}", std::max<std::int64_t>(0, most) / 1000 * 1000),
         fmt::format("{} bytes of the kernel and {} of the programs a connection",
                     kernel_bytes_per_connection, user_bytes_per_connection)});
    if (machine_.tcp_memory) {
      // Data on its way, not idle sockets: a few hundred bytes a busy connection.
      const std::int64_t in_flight = 64'000'000 + 256 * n();
      result_.needs.push_back(
          {"memory for data in sockets", gibibytes(*machine_.tcp_memory), gibibytes(in_flight),
           in_flight <= *machine_.tcp_memory, true,
           in_flight <= *machine_.tcp_memory
               ? ""
               : fmt::format("sysctl -w net.ipv4.tcp_mem='{0} {0} {0}'", in_flight / 4096),
           "above it the kernel holds connections back"});
    }
  }

  const Machine& machine_;
  const Demand& demand_;
  std::int64_t sides_;
  Preflight result_;
};

}  // namespace

bool Preflight::fits() const {
  return std::all_of(needs.begin(), needs.end(),
                     [](const Need& need) { return need.fits || need.advice; });
}

Preflight check(const Machine& machine, const Demand& demand) {
  return Checker(machine, demand).check();
}

}  // namespace springtide::live::preflight
