// A checkpoint as a file: who it is of, and the state of the run in sections.
//
//   mark, format | head: version, scenario, seed, instant | section | section | ... | end
//
//   section   length, checksum (XXH3 of the bytes, seeded by the section's place), bytes
//   end       the largest length, number of sections; then the file ends
//
// Numbers are little-endian (base/bytes.h). A file is written under the name FILE.part, brought to
// the disk, and renamed to FILE when it is whole: whenever the program or the machine dies, FILE is
// the last whole checkpoint. No more than one section is held in memory. A file that was cut,
// changed, or is none of ours is told as such before any of it is used.
//
// The format's number changes whenever the state of a part is written in another way; such a file
// cannot be read by another version, and need not be: a run starts again instead.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/diagnostic.h"
#include "models/checkpoint/head.h"

namespace springtide::models {

inline constexpr std::uint32_t checkpoint_format = 1;

// Whether a checkpoint can be written under this name, by trying: told before a run begins.
std::optional<Diagnostic> check_checkpoint_path(const std::string& path);

class CheckpointWriter {
 public:
  explicit CheckpointWriter(const std::string& path);
  ~CheckpointWriter();  // without finish() the file that was begun is removed
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // Values that are read together; what went wrong is told by finish().
  template <typename... T>
  void section(const T&... values) {
    bytes_.clear();
    bytes_(values...);
    put_section();
  }

  // The file is whole: it takes its name. Or what was wrong; then an earlier file of the name
  // stays.
  std::optional<Diagnostic> finish();

 private:
  void put_section();
  void put(const void* from, std::size_t size);

  std::string path_, part_;
  std::FILE* stream_ = nullptr;
  int error_ = 0;  // errno of the first failure
  std::uint64_t sections_ = 0;
  ByteWriter bytes_;
};

class CheckpointReader {
 public:
  // Reads the head; problem() tells whether it could be, and was written by this version.
  CheckpointReader(const std::string& path, const std::string& version);

  const CheckpointHead& head() const { return head_; }

  // The next section. False, and nothing is to be trusted: problem() says why.
  template <typename... T>
  bool section(T&... values) {
    if (!take_section()) return false;
    ByteReader in(bytes_);
    in(values...);
    if (!in.done()) fail("the state in it is not of this program");
    return !problem_;
  }

  // No section is left, and the file ends as it must.
  bool end();

  const std::optional<Diagnostic>& problem() const { return problem_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  bool take_section();
  bool take(void* to, std::size_t size);
  void fail(std::string what);

  std::string path_;
  std::unique_ptr<std::FILE, Close> stream_;
  std::uint64_t left_ = 0;  // bytes of the file
  std::uint64_t sections_ = 0;
  std::vector<std::byte> bytes_;
  CheckpointHead head_;
  std::optional<Diagnostic> problem_;
};

}  // namespace springtide::models
