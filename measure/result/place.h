// Building a directory beside its final name and putting it there when whole.
//
//   parent/night.partial-4711/...   --fsync, rename-->   parent/night/
//
// A killed process leaves at most the partial directory, never a half one under the final name.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace springtide::measure {

class PartialDirectory {
 public:
  // `path` is absolute and normal. Makes missing parents too.
  explicit PartialDirectory(std::filesystem::path path);
  ~PartialDirectory();  // removes everything that was not published, made parents too
  PartialDirectory(const PartialDirectory&) = delete;
  PartialDirectory& operator=(const PartialDirectory&) = delete;

  // Each returns the problem, if any; after one, only destruction is left to do.
  std::optional<Diagnostic> create();
  std::optional<Diagnostic> write(const std::string& relative, std::string_view bytes);
  // To what was written.
  std::optional<Diagnostic> append(const std::string& relative, std::string_view bytes);
  std::optional<Diagnostic> publish(bool replace);

 private:
  std::optional<Diagnostic> make_parents(const std::filesystem::path& directory);
  int make_inner(const std::filesystem::path& directory);  // 0, or an errno
  std::optional<Diagnostic> flush_all();
  std::optional<Diagnostic> move_in_place(bool replace);

  std::filesystem::path final_, partial_;
  std::vector<std::filesystem::path> made_parents_;  // outermost first
  std::vector<std::filesystem::path> files_;
  std::set<std::filesystem::path> directories_;
  bool created_ = false;
};

// "cannot <what>: <text of the errno>" about a path.
Diagnostic system_problem(const std::filesystem::path& path, std::string_view what, int error);

// Where this process builds what is to be at `final_path`.
std::filesystem::path partial_path(std::filesystem::path final_path);

// The path with its "." and ".." resolved and no '/' at the end.
std::filesystem::path normal_path(const std::filesystem::path& path);

bool exists_at_all(const std::filesystem::path& path);  // a dangling link too
bool is_empty_directory(const std::filesystem::path& path);
bool is_result_directory(const std::filesystem::path& path);  // has a manifest of ours

Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace springtide::measure
