// Input and output are anonymous files in memory, not pipes: no deadlock when both are full, and
// no SIGPIPE when the program does not read to the end.
#include "reports/gnuplot/process.h"

#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

extern char** environ;

namespace springtide::reports {
namespace {

class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(memfd_create(name, MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }

  bool write(const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t n = ::write(descriptor_, text.data() + done, text.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      done += static_cast<std::size_t>(n);
    }
    return lseek(descriptor_, 0, SEEK_SET) == 0;
  }

  std::string read() const {
    std::string text;
    char buffer[65536];
    lseek(descriptor_, 0, SEEK_SET);
    for (;;) {
      const ssize_t n = ::read(descriptor_, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(n));
    }
  }

 private:
  int descriptor_;
};

int spawn(const std::vector<std::string>& arguments, const MemoryFile& in, const MemoryFile& out,
          const MemoryFile& err, pid_t& child) {
  std::vector<char*> words;
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.descriptor(), 0);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.descriptor(), 2);
  const int error = posix_spawnp(&child, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

Diagnostic cannot_run(const std::string& program, const std::string& why, std::string hint) {
  Diagnostic problem;
  problem.file = program;
  problem.what = "cannot run " + program + ": " + why;
  problem.hint = std::move(hint);
  return problem;
}

// A program between its start and its end; its end is waited for in any case.
class Running {
 public:
  Running(const std::vector<std::string>& arguments, const std::string& package)
      : arguments_(arguments), hint_("install the Debian package " + package) {}
  ~Running() {
    if (child_ > 0) wait();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  std::optional<Diagnostic> start(const std::string& input) {
    if (in_.descriptor() < 0 || out_.descriptor() < 0 || err_.descriptor() < 0 || !in_.write(input))
      return cannot_run(program(), std::strerror(errno), "");
    if (const int error = spawn(arguments_, in_, out_, err_, child_); error != 0) {
      child_ = 0;
      return cannot_run(program(), std::strerror(error), error == ENOENT ? hint_ : "");
    }
    return {};
  }

  Result<ProgramOutput> finish() {
    if (!wait()) return cannot_run(program(), std::strerror(errno), "");
    if (WIFSIGNALED(status_))
      return cannot_run(program(), fmt::format("it was ended by signal {}", WTERMSIG(status_)), "");
    if (WEXITSTATUS(status_) == 127) return cannot_run(program(), "not found", hint_);
    return ProgramOutput{WEXITSTATUS(status_), out_.read(), err_.read()};
  }

 private:
  const std::string& program() const { return arguments_.front(); }

  bool wait() {
    const pid_t child = child_;
    child_ = 0;
    while (waitpid(child, &status_, 0) < 0)
      if (errno != EINTR) return false;
    return true;
  }

  const std::vector<std::string>& arguments_;
  std::string hint_;
  MemoryFile in_{"input"}, out_{"output"}, err_{"errors"};
  pid_t child_ = 0;
  int status_ = 0;
};

}  // namespace

Result<std::vector<ProgramOutput>> run_on_each(const std::vector<std::string>& arguments,
                                               const std::vector<std::string>& inputs,
                                               const std::string& package) {
  std::deque<Running> all;
  for (const std::string& input : inputs)
    if (auto problem = all.emplace_back(arguments, package).start(input)) return *problem;
  std::vector<ProgramOutput> outputs;
  for (Running& one : all) {
    auto output = one.finish();
    if (!output) return output.problems();
    outputs.push_back(std::move(output.value()));
  }
  return outputs;
}

Result<ProgramOutput> run_program(const std::vector<std::string>& arguments,
                                  const std::string& input, const std::string& package) {
  auto outputs = run_on_each(arguments, {input}, package);
  if (!outputs) return outputs.problems();
  return std::move(outputs.value()[0]);
}

}  // namespace springtide::reports
