// springtide live: the real world, over sockets of this machine. One file a verb below it.

#include "cli/verbs/live/live.h"

#include <string>

#include <CLI/CLI.hpp>

#include "cli/verbs/verbs.h"

namespace springtide::cli {
namespace {

constexpr const char* examples =
    "Examples:\n"
    "  springtide live run scenarios/hongbao-2017/60k.json --connections 15000\n"
    "  springtide live serve --listen 127.0.0.1:1025 --connections 15000\n"
    "  springtide live load --target 127.0.0.1:1025 --connections 15000 --rate 60k/s\n"
    "  springtide live check --connections 1000000\n"
    "  springtide live monitor -o results/night\n"
    "\n"
    "`springtide live VERB --help` tells more, with examples.\n"
    "Nothing but 127.0.0.0/8 is ever listened on or connected to.";

}  // namespace

void add_live(CLI::App& program, int& exit_code) {
  CLI::App& live = *program.add_subcommand("live", "the same night over real sockets");
  live.require_subcommand(1);
  live.footer(examples);
  add_live_run(live, exit_code);
  add_live_serve(live, exit_code);
  add_live_load(live, exit_code);
  add_live_check(live, exit_code);
  add_live_monitor(live, exit_code);
}

void add_backend_option(CLI::App& verb, live::net::Backend& backend) {
  using live::net::Backend;
  const auto take = [&backend](const std::string& name) {
    backend = name == "epoll"      ? Backend::epoll
              : name == "io_uring" ? Backend::io_uring
                                   : Backend::automatic;
  };
  verb.add_option_function<std::string>("--backend", take,
                                        "of the kernel for many sockets: io_uring, epoll; default: "
                                        "auto, io_uring if there is one")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "epoll", "io_uring"}));
}

}  // namespace springtide::cli
