// Child processes: forked from a supervisor that has no threads yet, ended by their number.
//
//   auto child = start_child("server 3", minute * 10, [&](StopRequest& stop) { ...; return 0; });
//   ...
//   child.value().ask_to_end();          // SIGTERM: stop.requested() becomes true
//   child.value().wait(second * 2);      // else it is killed
//
// A child ends by itself when its parent dies, even by SIGKILL, and when its time is over (the
// default action of SIGALRM). Ctrl-C reaches the whole group: children leave it to the parent. A
// child shares what was mapped before the fork and owns copies of the rest; it leaves by _exit, so
// nothing of the parent (buffers, atexit) runs twice.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

#include "base/diagnostic.h"
#include "base/time.h"
#include "live/net/file.h"

namespace springtide::live::net {

// In a child: whether the parent has asked it to end. The descriptor becomes readable then.
class StopRequest {
 public:
  StopRequest();  // blocks SIGTERM
  int descriptor() const { return file_.descriptor(); }
  bool requested();                         // one system call, until it is true
  bool seen() const { return requested_; }  // what requested() last said

 private:
  File file_;
  bool requested_ = false;
};

// How a child ended.
struct ChildEnd {
  int exit_code = 0;  // where no signal ended it
  int signal = 0;
  double processor_seconds = 0;   // user and system
  std::int64_t peak_bytes = 0;    // of resident memory
  std::string to_string() const;  // "exit code 3", "signal 9 (Killed)"
};

class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept { *this = std::move(other); }
  Child& operator=(Child&& other) noexcept;
  ~Child();  // a child that still runs is killed

  const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }
  pid_t pid() const { return pid_; }
  bool running() { return !poll(); }

  // How it ended, without waiting; nothing while it runs.
  const std::optional<ChildEnd>& poll();
  void ask_to_end();
  // Waits at most `patience`, then kills it.
  ChildEnd wait(Duration patience);

 private:
  friend Result<Child> start_child(std::string, Duration, std::function<int(StopRequest&)>);
  bool reap(int options);

  std::string name_;
  pid_t pid_ = -1;
  std::optional<ChildEnd> end_;
};

// `body`'s return value is the exit code; an exception in it is exit code 70. `limit`: whole
// seconds are meant, at least one.
Result<Child> start_child(std::string name, Duration limit, std::function<int(StopRequest&)> body);

}  // namespace springtide::live::net
