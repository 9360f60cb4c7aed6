#include "live/preflight/preflight.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace springtide::live::preflight;

namespace {

Machine large() {
  Machine machine;
  machine.cores = 2;
  machine.files_per_process = 20'000;
  machine.files_of_all = 2'400'000;
  machine.accept_backlog = machine.handshake_backlog = 4096;
  machine.epoll_watches = 5'000'000;
  machine.memory_available = std::int64_t{24} << 30;
  return machine;
}

Demand of(std::int64_t connections) {
  Demand demand;
  demand.connections = connections;
  return demand;
}

const Need* broken(const Preflight& preflight) {
  for (const Need& need : preflight.needs)
    if (!need.fits) return &need;
  return nullptr;
}

}  // namespace

TEST_CASE("a million connections fit where 20 000 files do, spread over processes") {
  const Preflight result = check(large(), of(1'000'000));
  CHECK(result.fits());
  CHECK(result.driver_processes == 53);
  CHECK(result.server_processes == 53);
  CHECK(result.source_addresses >= 1'000'000 / 28'000);
}

TEST_CASE("each limit that is too low is named with the command that raises it") {
  const auto names = [](Machine machine, const std::string& command) {
    const Preflight result = check(machine, of(1'000'000));
    const Need* need = broken(result);
    REQUIRE(need != nullptr);
    CHECK(need->command.find(command) != std::string::npos);
    return !result.fits();
  };
  Machine machine = large();
  machine.files_of_all = 1'000'000;
  CHECK(names(machine, "fs.file-max="));
  machine = large();
  machine.files_per_process = 1024;
  CHECK(names(machine, "ulimit -Hn"));
  machine = large();
  machine.processes_of_group = 100;
  CHECK(names(machine, "ulimit -u"));
  machine = large();
  machine.first_port = 60'000;
  CHECK(names(machine, "ip_local_port_range"));
  machine = large();
  machine.tracked_connections = 262'144;
  CHECK(names(machine, "nf_conntrack_max="));
  machine = large();
  machine.epoll_watches = 1'500'000;
  CHECK(names(machine, "max_user_watches="));
  machine = large();
  machine.memory_of_group_left = std::int64_t{4} << 30;
  CHECK(names(machine, "--connections"));
}

TEST_CASE("what only makes it slower does not keep it from being started") {
  Machine machine = large();
  machine.accept_backlog = 128;
  const Preflight result = check(machine, of(1000));
  CHECK(result.fits());
  REQUIRE(broken(result) != nullptr);
  CHECK(broken(result)->advice);
}

TEST_CASE("as many processes as were asked for must hold the connections") {
  Demand demand = of(40'000);
  demand.processes = 2;
  CHECK_FALSE(check(large(), demand).fits());
  demand.processes = 3;
  CHECK(check(large(), demand).fits());
}

TEST_CASE("the memory that is said to suffice suffices") {
  Machine machine = large();
  machine.memory_available = std::int64_t{4} << 30;
  const Preflight result = check(machine, of(1'000'000));
  const std::string command = broken(result)->command;
  const std::int64_t fewer = std::stoll(command.substr(command.find(' ')));
  CHECK(fewer > 100'000);
  CHECK(fewer < 500'000);
}

TEST_CASE("the JSON of a preflight says what its text says") {
  const Preflight result = check(large(), of(1'000'000));
  const auto json = nlohmann::json::parse(to_json(result));
  CHECK(json["fits"] == true);
  CHECK(json["driver_processes"] == 53);
  CHECK(json["needs"].size() == result.needs.size());
  for (const Need& need : result.needs) CHECK(to_text(result).find(need.what) != std::string::npos);
}

TEST_CASE("this machine can be read") {
  const Machine machine = read_machine();
  CHECK(machine.cores >= 1);
  CHECK(machine.last_port > machine.first_port);
  CHECK(machine.memory_available.value_or(0) > 0);
}
