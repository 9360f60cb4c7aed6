#include "models/checkpoint/file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>
#include <xxhash.h>

namespace springtide::models {
namespace {

constexpr std::string_view mark = "springtide checkpoint\n";
constexpr std::uint64_t end_mark = std::numeric_limits<std::uint64_t>::max();

std::uint64_t checksum(const std::vector<std::byte>& bytes, std::uint64_t place) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), place);
}

// A number as it stands in the file.
std::array<unsigned char, 8> little_endian(std::uint64_t number) {
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<unsigned char>(number >> 8 * i);
  return bytes;
}
std::uint64_t from_little_endian(const std::array<unsigned char, 8>& bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) number |= std::uint64_t{bytes[i]} << 8 * i;
  return number;
}

Diagnostic problem_of(const std::string& path, std::string what, std::string hint = {}) {
  Diagnostic problem;
  problem.file = path;
  problem.what = std::move(what);
  problem.hint = std::move(hint);
  return problem;
}

Diagnostic not_written(const std::string& path, int error) {
  return problem_of(path, fmt::format("the checkpoint cannot be written: {}", std::strerror(error)),
                    "name a file in a directory that is there, with room for it");
}

// That a name is there survives a loss of power only once its directory is on the disk.
void bring_directory_to_disk(const std::string& path) {
  std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (directory.empty()) directory = ".";
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

std::string part_of(const std::string& path) { return path + ".part"; }

}  // namespace

std::optional<Diagnostic> check_checkpoint_path(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return not_written(path, EISDIR);
  std::FILE* const stream = std::fopen(part_of(path).c_str(), "wb");
  if (stream == nullptr) return not_written(path, errno);
  std::fclose(stream);
  std::filesystem::remove(part_of(path), error);
  return {};
}

// --- Writing -------------------------------------------------------------------------------------

CheckpointWriter::CheckpointWriter(const std::string& path) : path_(path), part_(part_of(path)) {
  stream_ = std::fopen(part_.c_str(), "wb");
  if (stream_ == nullptr) error_ = errno;
  put(mark.data(), mark.size());
  const auto format = little_endian(checkpoint_format);
  put(format.data(), format.size());
}

CheckpointWriter::~CheckpointWriter() {
  if (stream_ == nullptr) return;
  std::fclose(stream_);
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

void CheckpointWriter::put(const void* from, std::size_t size) {
  if (error_ != 0 || size == 0) return;
  if (std::fwrite(from, 1, size, stream_) != size) error_ = errno != 0 ? errno : EIO;
}

void CheckpointWriter::put_section() {
  const auto length = little_endian(bytes_.bytes().size());
  const auto sum = little_endian(checksum(bytes_.bytes(), sections_));
  put(length.data(), length.size());
  put(sum.data(), sum.size());
  put(bytes_.bytes().data(), bytes_.bytes().size());
  ++sections_;
}

std::optional<Diagnostic> CheckpointWriter::finish() {
  for (const std::uint64_t number : {end_mark, sections_}) {
    const auto bytes = little_endian(number);
    put(bytes.data(), bytes.size());
  }
  if (error_ == 0 && std::fflush(stream_) != 0) error_ = errno;
  if (error_ == 0 && ::fsync(::fileno(stream_)) != 0) error_ = errno;
  if (error_ == 0 && std::rename(part_.c_str(), path_.c_str()) != 0) error_ = errno;
  if (error_ != 0) return not_written(path_, error_);
  std::fclose(stream_);
  stream_ = nullptr;
  bring_directory_to_disk(path_);
  return {};
}

// --- Reading -------------------------------------------------------------------------------------

CheckpointReader::CheckpointReader(const std::string& path, const std::string& version)
    : path_(path) {
  std::error_code error;
  left_ = std::filesystem::file_size(path, error);
  if (!error) stream_.reset(std::fopen(path.c_str(), "rb"));
  if (error || stream_ == nullptr) {
    left_ = 0;
    fail(fmt::format("the checkpoint cannot be read: {}",
                     error ? error.message() : std::strerror(errno)));
    return;
  }
  std::string found(mark.size(), '\0');
  std::array<unsigned char, 8> format{};
  if (left_ < mark.size() + format.size() || !take(found.data(), found.size()) || found != mark) {
    fail("this is not a checkpoint of springtide");
    return;
  }
  take(format.data(), format.size());
  if (const std::uint64_t number = from_little_endian(format); number != checkpoint_format)
    fail(fmt::format("this checkpoint has format {}, and this program reads format {}", number,
                     checkpoint_format));
  if (section(head_) && head_.version != version)
    fail(fmt::format("this checkpoint was written by version {}, and this is {}", head_.version,
                     version));
}

void CheckpointReader::fail(std::string what) {
  if (!problem_) problem_ = problem_of(path_, std::move(what), "begin the run anew");
}

bool CheckpointReader::take(void* to, std::size_t size) {
  if (problem_) return false;
  if (size > left_) {
    fail("the checkpoint ends early");
    return false;
  }
  left_ -= size;
  if (size > 0 && std::fread(to, 1, size, stream_.get()) != size)
    fail("the checkpoint cannot be read to its end");
  return !problem_;
}

bool CheckpointReader::take_section() {
  std::array<unsigned char, 8> length{}, sum{};
  if (!take(length.data(), length.size()) || !take(sum.data(), sum.size())) return false;
  const std::uint64_t size = from_little_endian(length);
  if (size > left_) {
    fail(size == end_mark ? "the checkpoint has fewer parts than the run"
                          : "the checkpoint ends early");
    return false;
  }
  bytes_.resize(static_cast<std::size_t>(size));
  if (!take(bytes_.data(), bytes_.size())) return false;
  if (checksum(bytes_, sections_) != from_little_endian(sum))
    fail("the checkpoint is damaged: its checksum does not hold");
  ++sections_;
  return !problem_;
}

bool CheckpointReader::end() {
  std::array<unsigned char, 8> last{}, count{};
  if (!take(last.data(), last.size()) || !take(count.data(), count.size())) return false;
  if (from_little_endian(last) != end_mark || from_little_endian(count) != sections_ || left_ != 0)
    fail("the checkpoint has more parts than the run");
  return !problem_;
}

}  // namespace springtide::models
