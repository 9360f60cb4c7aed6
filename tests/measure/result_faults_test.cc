// What can go wrong while a result is written: whatever it is, the final name holds a whole result
// or what it held before, and nothing is left beside it.
#include <functional>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <doctest/doctest.h>

#include "measure/result_directory.h"
#include "tests/measure/temporary_directory.h"

namespace springtide::measure {
namespace {

Record record_titled(const std::string& title) {
  Record record;
  record.title = title;
  return record;
}

Result<fs::path> write(const fs::path& path, const std::string& title, bool force = false,
                       std::size_t extra_bytes = 0) {
  const Record record = record_titled(title);
  return write_result_directory(
      path, {record, {}, "{}", {{"extra.bin", std::string(extra_bytes, 'x')}}}, {force});
}

std::string title_at(const fs::path& path) {
  const auto read = read_result_directory(path);
  return read.ok() ? read.value().record.title : "unreadable";
}

using Names = std::vector<std::string>;

TEST_CASE("without force an existing name is refused and kept") {
  TemporaryDirectory home;
  REQUIRE(write(home.path() / "r", "first").ok());
  const auto second = write(home.path() / "r", "second");
  REQUIRE_FALSE(second.ok());
  CHECK(second.problems()[0].what == "already exists");
  CHECK(check_destination(home.path() / "r"));
  CHECK(title_at(home.path() / "r") == "first");
  CHECK(entries(home.path()) == Names{"r"});
}

TEST_CASE("with force an earlier result is replaced and nothing of it remains") {
  TemporaryDirectory home;
  REQUIRE(write(home.path() / "r", "first").ok());
  std::ofstream(home.path() / "r/stranger") << "x";
  REQUIRE_FALSE(check_destination(home.path() / "r", {true}));
  REQUIRE(write(home.path() / "r", "second", true).ok());
  CHECK(title_at(home.path() / "r") == "second");
  CHECK_FALSE(fs::exists(home.path() / "r/stranger"));
  CHECK(entries(home.path()) == Names{"r"});
}

TEST_CASE("force never replaces what is not a result of ours") {
  TemporaryDirectory home;
  const fs::path documents = home.path() / "documents";
  fs::create_directory(documents);
  std::ofstream(documents / "thesis.txt") << "years of work";
  std::ofstream(home.path() / "file") << "x";
  const fs::path foreign = home.path() / "web";
  fs::create_directory(foreign);
  std::ofstream(foreign / "manifest.json") << "{\"name\": \"a web application\"}";
  for (const char* name : {"documents", "file", "web"}) {
    CHECK(check_destination(home.path() / name, {true}));
    const auto written = write(home.path() / name, "new", true);
    REQUIRE_FALSE(written.ok());
    CHECK(written.problems()[0].what ==
          "exists and is not a result directory, so it is not replaced");
  }
  CHECK(text_of(documents / "thesis.txt") == "years of work");
  CHECK(entries(home.path()) == Names{"documents", "file", "web"});
}

TEST_CASE("missing parents are made for a result and removed again after a failure") {
  TemporaryDirectory home;
  CHECK_FALSE(check_destination(home.path() / "a/b/r"));
  CHECK(entries(home.path()).empty());
  REQUIRE(write(home.path() / "a/b/r/", "deep").ok());
  CHECK(title_at(home.path() / "a/b/r") == "deep");
}

TEST_CASE("a place that cannot be written is told with the reason of the system") {
  TemporaryDirectory home;
  std::ofstream(home.path() / "file") << "x";
  const auto written = write(home.path() / "file/r", "new");
  REQUIRE_FALSE(written.ok());
  CHECK(written.problems()[0].what == "cannot create the directory: Not a directory");
  CHECK(check_destination(home.path() / "file/r"));
  const auto in_proc = write("/proc/springtide", "new");
  REQUIRE_FALSE(in_proc.ok());
  CHECK(in_proc.problems()[0].what.starts_with("cannot create the directory: "));
  CHECK(write("/", "new").ok() == false);
  CHECK(entries(home.path()) == Names{"file"});
}

// Runs `body` in a child process; its exit code, or 128 + the signal that ended it.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST_CASE("a failing write keeps the old result and leaves nothing beside it") {
  TemporaryDirectory home;
  REQUIRE(write(home.path() / "r", "first").ok());
  const int code = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto written = write(home.path() / "r", "second", true, 200'000);
    return !written.ok() && written.problems()[0].what == "cannot write: File too large" ? 0 : 1;
  });
  CHECK(code == 0);
  CHECK(title_at(home.path() / "r") == "first");
  CHECK(entries(home.path()) == Names{"r"});
}

TEST_CASE("a full disk keeps the old result and leaves nothing beside it") {
  TemporaryDirectory home;
  if (::mount("springtide", home.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
    MESSAGE("no right to mount a small file system: covered only by the limit on file size");
    return;
  }
  REQUIRE(write(home.path() / "r", "first").ok());
  const auto written = write(home.path() / "r", "second", true, 1'000'000);
  REQUIRE_FALSE(written.ok());
  CHECK(written.problems()[0].what == "cannot write: No space left on device");
  CHECK(title_at(home.path() / "r") == "first");
  CHECK(entries(home.path()) == Names{"r"});
  ::umount(home.path().c_str());
}

TEST_CASE("a process killed at any moment leaves a whole result or none under the final name") {
  TemporaryDirectory home;
  int killed = 0;
  for (int round = 0; round < 25; ++round) {
    const fs::path path = home.path() / ("r" + std::to_string(round));
    const pid_t child = ::fork();
    if (child == 0) {
      write(path, "new", false, 3'000'000);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(400 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    killed += WIFSIGNALED(status) ? 1 : 0;
    if (fs::exists(path)) {
      CHECK(verify_sums(path).empty());
      CHECK(title_at(path) == "new");
    }
  }
  CHECK(killed > 0);
}

TEST_CASE("a process killed while replacing leaves the old result or the new one, whole") {
  TemporaryDirectory home;
  const fs::path path = home.path() / "r";
  REQUIRE(write(path, "first").ok());
  for (int round = 0; round < 25; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      write(path, "second", true, 1'000'000);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(300 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(verify_sums(path).empty());
    const std::string title = title_at(path);
    CHECK((title == "first" || title == "second"));
  }
}

// Writes over `path` (replacing the result there) while a second thread discards it after a time.
bool write_and_discard(const fs::path& path, int microseconds) {
  std::thread other([&] {
    ::usleep(static_cast<useconds_t>(microseconds));
    discard_partial_result(path);
  });
  const bool written = write(path, "second", true, 300'000).ok();
  other.join();
  return written;
}

TEST_CASE("what is discarded at any moment is whole or gone, and says which") {
  TemporaryDirectory home;
  for (int round = 0; round < 40; ++round) {
    const fs::path path = home.path() / ("r" + std::to_string(round));
    const bool written = write_and_discard(path, 60 * round);
    CHECK(written == fs::exists(path));
    if (written) CHECK(verify_sums(path).empty());
  }
  for (const std::string& name : entries(home.path())) CHECK(name.find('.') == std::string::npos);
}

TEST_CASE("what is discarded while it replaces a result leaves the old one or the new one, whole") {
  TemporaryDirectory home;
  const fs::path path = home.path() / "r";
  for (int round = 0; round < 40; ++round) {
    REQUIRE(write(path, "first", true).ok());
    const bool written = write_and_discard(path, 60 * round);
    CHECK(title_at(path) == (written ? "second" : "first"));
    CHECK(verify_sums(path).empty());
  }
  CHECK(entries(home.path()) == Names{"r"});
}

TEST_CASE("discarding what was never begun or is long in place does nothing") {
  TemporaryDirectory home;
  discard_partial_result(home.path() / "r");
  REQUIRE(write(home.path() / "r", "first").ok());
  discard_partial_result(home.path() / "r/");
  CHECK(title_at(home.path() / "r") == "first");
}

}  // namespace
}  // namespace springtide::measure
