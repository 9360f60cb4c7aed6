#include "live/net/process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "live/net/clock.h"
#include "live/net/problem.h"

namespace springtide::live::net {
namespace {

constexpr int exit_of_exception = 70;  // EX_SOFTWARE of sysexits.h

sigset_t only(int signal_number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal_number);
  return set;
}

// The first thing a child does. False: its parent is dead already.
bool tie_to_parent(pid_t parent, Duration limit) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) return false;
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGALRM, SIG_DFL);
  const sigset_t alarm_set = only(SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm_set, nullptr);
  alarm(static_cast<unsigned>(std::max<std::int64_t>(limit / second, 1)));
  return true;
}

int run_body(const std::function<int(StopRequest&)>& body, const std::string& name) {
  try {
    StopRequest stop;
    return body(stop);
  } catch (const std::exception& error) {
    const std::string text = fmt::format("springtide: {}: {}\n", name, error.what());
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    return exit_of_exception;
  }
}

ChildEnd make_end(int status, const rusage& usage) {
  ChildEnd end;
  if (WIFSIGNALED(status))
    end.signal = WTERMSIG(status);
  else
    end.exit_code = WEXITSTATUS(status);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  end.processor_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  end.peak_bytes = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
  return end;
}

}  // namespace

StopRequest::StopRequest() {
  const sigset_t terminate = only(SIGTERM);
  sigprocmask(SIG_BLOCK, &terminate, nullptr);
  file_ = File(signalfd(-1, &terminate, SFD_NONBLOCK | SFD_CLOEXEC));
  SPRINGTIDE_CHECK(file_, "no signalfd");
}

bool StopRequest::requested() {
  signalfd_siginfo information;
  if (!requested_ && ::read(file_.descriptor(), &information, sizeof information) > 0)
    requested_ = true;
  return requested_;
}

std::string ChildEnd::to_string() const {
  if (signal != 0) return fmt::format("signal {} ({})", signal, strsignal(signal));
  return fmt::format("exit code {}", exit_code);
}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(pid_, other.pid_);
  std::swap(end_, other.end_);
  return *this;
}

Child::~Child() {
  if (pid_ > 0 && !end_) wait({});
}

bool Child::reap(int options) {
  int status = 0;
  rusage usage{};
  pid_t found;
  do { found = wait4(pid_, &status, options, &usage); } while (found < 0 && errno == EINTR);
  if (found == 0) return false;
  end_ = found == pid_ ? make_end(status, usage) : ChildEnd{};
  return true;
}

const std::optional<ChildEnd>& Child::poll() {
  if (pid_ > 0 && !end_) reap(WNOHANG);
  return end_;
}

void Child::ask_to_end() {
  if (pid_ > 0 && !end_) kill(pid_, SIGTERM);
}

ChildEnd Child::wait(Duration patience) {
  const std::int64_t until = monotonic_ns() + patience.ns;
  while (!poll() && monotonic_ns() < until) usleep(1000);
  if (!end_ && pid_ > 0) {
    kill(pid_, SIGKILL);
    reap(0);
  }
  return end_.value_or(ChildEnd{});
}

Result<Child> start_child(std::string name, Duration limit, std::function<int(StopRequest&)> body) {
  const pid_t parent = getpid();
  // Between fork and the child's own StopRequest a SIGTERM waits instead of ending it.
  const sigset_t terminate = only(SIGTERM);
  sigset_t before;
  sigprocmask(SIG_BLOCK, &terminate, &before);
  const pid_t pid = fork();
  if (pid == 0) _exit(tie_to_parent(parent, limit) ? run_body(body, name) : 1);
  const int error = errno;
  sigprocmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0)
    return problem(name, fmt::format("no process: {}", std::strerror(error)),
                   "see ulimit -u and the memory that is free");
  Child child;
  child.name_ = std::move(name);
  child.pid_ = pid;
  return child;
}

}  // namespace springtide::live::net
