// Input and output are anonymous files in memory, not pipes: no deadlock when both are full, and
// no SIGPIPE when the program does not read to the end.
#include "reports/gnuplot/process.h"

#include <cerrno>
#include <cstring>
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

}  // namespace

Result<ProgramOutput> run_program(const std::vector<std::string>& arguments,
                                  const std::string& input, const std::string& package) {
  const std::string& program = arguments.front();
  const std::string hint = "install the Debian package " + package;
  MemoryFile in("input"), out("output"), err("errors");
  if (in.descriptor() < 0 || out.descriptor() < 0 || err.descriptor() < 0 || !in.write(input))
    return cannot_run(program, std::strerror(errno), "");
  pid_t child = 0;
  if (const int error = spawn(arguments, in, out, err, child); error != 0)
    return cannot_run(program, std::strerror(error), error == ENOENT ? hint : "");
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return cannot_run(program, std::strerror(errno), "");
  if (WIFSIGNALED(status))
    return cannot_run(program, fmt::format("it was ended by signal {}", WTERMSIG(status)), "");
  if (WEXITSTATUS(status) == 127) return cannot_run(program, "not found", hint);
  return ProgramOutput{WEXITSTATUS(status), out.read(), err.read()};
}

}  // namespace springtide::reports
