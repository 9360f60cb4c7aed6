#include "measure/result/place.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <mutex>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "measure/json/json.h"

namespace springtide::measure {
namespace fs = std::filesystem;
namespace {

// A file descriptor that is closed in any case; close() tells whether that went well.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : number_(::open(path.c_str(), flags, 0666)) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }
  bool close() {
    if (number_ < 0) return true;
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<Diagnostic> flush(const fs::path& path, int flags) {
  Descriptor descriptor(path, O_RDONLY | O_CLOEXEC | flags);
  if (!descriptor.open()) return system_problem(path, "open", errno);
  // Some file systems cannot flush a directory; then there is nothing to do.
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL && errno != EROFS)
    return system_problem(path, "flush", errno);
  return {};
}

bool unsupported(int error) { return error == EINVAL || error == ENOSYS || error == ENOTSUP; }

int rename_with(const fs::path& from, const fs::path& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0 ? 0 : errno;
}

int plain_rename(const fs::path& from, const fs::path& to) {
  return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

// Puts `from` at `to`, which must not exist, in one step.
int rename_to_new(const fs::path& from, const fs::path& to) {
  const int error = rename_with(from, to, RENAME_NOREPLACE);
  if (!unsupported(error)) return error;
  return exists_at_all(to) ? EEXIST : plain_rename(from, to);
}

// Puts `from` at `to` and what was there at `from`. Where the file system cannot exchange names in
// one step, the old one is set aside first, and put back if the second step fails.
int exchange(const fs::path& from, const fs::path& to) {
  const int error = rename_with(from, to, RENAME_EXCHANGE);
  if (!unsupported(error)) return error;
  fs::path aside = from;
  aside += "-old";
  if (const int first = plain_rename(to, aside)) return first;
  if (const int last = plain_rename(from, to)) {
    plain_rename(aside, to);
    return last;
  }
  return plain_rename(aside, from);
}

// Held while names change: a result is put in place or discarded, never both.
std::mutex names_change;

}  // namespace

Diagnostic system_problem(const fs::path& path, std::string_view what, int error) {
  Diagnostic diagnostic;
  diagnostic.file = path.string();
  diagnostic.what = fmt::format("cannot {}: {}", what, std::generic_category().message(error));
  return diagnostic;
}

fs::path normal_path(const fs::path& path) {
  std::error_code error;
  fs::path absolute = fs::absolute(path, error).lexically_normal();
  if (!absolute.has_filename() && absolute.has_relative_path()) absolute = absolute.parent_path();
  return absolute;
}

bool exists_at_all(const fs::path& path) {
  struct stat status;
  return ::lstat(path.c_str(), &status) == 0;
}

bool is_empty_directory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error) && fs::is_empty(path, error) && !error;
}

bool is_result_directory(const fs::path& path) {
  const auto text = read_file(path / "manifest.json");
  return text.ok() && parse_manifest(text.value(), "manifest.json").ok();
}

Result<std::string> read_file(const fs::path& path) {
  Descriptor descriptor(path, O_RDONLY | O_CLOEXEC);
  if (!descriptor.open()) return system_problem(path, "read", errno);
  std::string text;
  for (std::string buffer(1 << 16, '\0');;) {
    const ssize_t got = ::read(descriptor.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_problem(path, "read", errno);
    if (got == 0) return text;
    text.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

fs::path partial_path(fs::path final_path) {
  final_path += fmt::format(".partial-{}", ::getpid());
  return final_path;
}

void discard_partial_result(const fs::path& path) {
  const fs::path partial = partial_path(normal_path(path));
  fs::path discarded = partial;
  discarded += "-discarded";
  {
    const std::lock_guard lock(names_change);
    if (plain_rename(partial, discarded) != 0) return;
  }
  std::error_code ignored;
  fs::remove_all(discarded, ignored);
}

PartialDirectory::PartialDirectory(fs::path path)
    : final_(std::move(path)), partial_(partial_path(final_)) {}

PartialDirectory::~PartialDirectory() {
  std::error_code ignored;
  if (created_) fs::remove_all(partial_, ignored);
  for (auto parent = made_parents_.rbegin(); parent != made_parents_.rend(); ++parent)
    ::rmdir(parent->c_str());
}

std::optional<Diagnostic> PartialDirectory::make_parents(const fs::path& directory) {
  if (directory.empty() || exists_at_all(directory)) return {};
  if (auto problem = make_parents(directory.parent_path())) return problem;
  if (::mkdir(directory.c_str(), 0777) == 0)
    made_parents_.push_back(directory);
  else if (errno != EEXIST)
    return system_problem(directory, "create the directory", errno);
  return {};
}

std::optional<Diagnostic> PartialDirectory::create() {
  if (auto problem = make_parents(partial_.parent_path())) return problem;
  std::error_code ignored;
  fs::remove_all(partial_, ignored);  // left by a killed process that had our number
  if (::mkdir(partial_.c_str(), 0777) != 0)
    return system_problem(final_, "create the directory", errno);
  created_ = true;
  directories_.insert(partial_);
  return {};
}

// partial_ itself is never made again: where it is gone, it has been discarded.
int PartialDirectory::make_inner(const fs::path& directory) {
  if (!directories_.insert(directory).second) return 0;
  if (const int error = make_inner(directory.parent_path())) return error;
  return ::mkdir(directory.c_str(), 0777) == 0 ? 0 : errno;
}

std::optional<Diagnostic> PartialDirectory::write(const std::string& relative,
                                                  std::string_view bytes) {
  const fs::path path = partial_ / relative;
  if (const int error = make_inner(path.parent_path()))
    return system_problem(final_ / relative, "write", error);
  Descriptor descriptor(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
  if (!descriptor.open() || !write_all(descriptor.number(), bytes) || !descriptor.close())
    return system_problem(final_ / relative, "write", errno);
  files_.push_back(path);
  return {};
}

std::optional<Diagnostic> PartialDirectory::append(const std::string& relative,
                                                   std::string_view bytes) {
  Descriptor descriptor(partial_ / relative, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (!descriptor.open() || !write_all(descriptor.number(), bytes) || !descriptor.close())
    return system_problem(final_ / relative, "write", errno);
  return {};
}

std::optional<Diagnostic> PartialDirectory::flush_all() {
  for (const fs::path& file : files_)
    if (auto problem = flush(file, 0)) return problem;
  for (const fs::path& directory : directories_)
    if (auto problem = flush(directory, O_DIRECTORY)) return problem;
  return {};
}

std::optional<Diagnostic> PartialDirectory::move_in_place(bool replace) {
  const std::lock_guard lock(names_change);
  // Discarded: the name of an earlier result must not be touched for it.
  int error = exists_at_all(partial_) ? rename_to_new(partial_, final_) : ENOENT;
  if (error == EEXIST && replace) error = exchange(partial_, final_);
  if (error != 0) return system_problem(final_, "put the result in place", error);
  return {};
}

std::optional<Diagnostic> PartialDirectory::publish(bool replace) {
  if (auto problem = flush_all()) return problem;
  if (auto problem = move_in_place(replace)) return problem;
  made_parents_.clear();
  // What now has the partial name, if anything, is the old result: the destructor removes it.
  created_ = exists_at_all(partial_);
  flush(final_.parent_path(), O_DIRECTORY);  // the result is whole and visible even if this fails
  return {};
}

}  // namespace springtide::measure
