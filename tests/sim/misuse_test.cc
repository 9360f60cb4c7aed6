// Misuse of the engine ends the program with a message that names the process.
#include <functional>
#include <memory>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/check.h"
#include "sim/simulation.h"

namespace springtide::sim {
namespace {

class Scripted final : public Process {
 public:
  explicit Scripted(std::function<void(Context&)> script) : script_(std::move(script)) {}
  void start(Context& context) override {
    if (context.id() == 0) context.schedule(Instant{} + second, 0);
  }
  void handle(Context& context, const Event&) override { script_(context); }

 private:
  std::function<void(Context&)> script_;
};

// What a child process that runs the script says before it aborts; empty if it does not.
std::string last_words(const std::function<void(Context&)>& script) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 2);
    signal(SIGABRT, SIG_DFL);
    Simulation simulation;
    simulation.emplace<Scripted>("actor", script);
    simulation.emplace<Scripted>("other", script);
    simulation.connect(0, 1, millisecond);
    simulation.connect(1, 0, millisecond, Flow::feedback);
    RunOptions options;
    options.until = Instant{} + minute;
    static_cast<void>(simulation.run(options));
    _exit(0);
  }
  close(ends[1]);
  std::string words;
  char buffer[512];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    words.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? words : "";
}

bool dies_saying(const std::string& what, const std::function<void(Context&)>& script) {
  const std::string words = last_words(script);
  INFO(words);
  const auto holds = [&](const std::string& text) { return words.find(text) != std::string::npos; };
  CHECK(holds("process 'actor'"));
  CHECK(holds("simulated time 1.000000000 s"));
  return holds(what);
}

TEST_CASE("an event in the past ends the program") {
  CHECK(dies_saying("1 ns in the past", [](Context& c) { c.schedule(c.now() - nanosecond, 0); }));
}

TEST_CASE("an event that never happens ends the program") {
  CHECK(dies_saying("never happens", [](Context& c) { c.schedule(Instant::never(), 0); }));
}

TEST_CASE("a message faster than its channel ends the program") {
  CHECK(dies_saying("whose smallest delay is 1000000 ns",
                    [](Context& c) { c.send(0, c.now() + millisecond - nanosecond, 0); }));
}

TEST_CASE("a message over another process's channel ends the program") {
  CHECK(dies_saying("not its own", [](Context& c) { c.send(1, c.now() + second, 0); }));
}

TEST_CASE("correct use does not end the program") {
  CHECK(last_words([](Context& c) {
          if (c.id() == 0) c.send(0, c.now() + millisecond, 0);
        }).empty());
}

}  // namespace
}  // namespace springtide::sim
