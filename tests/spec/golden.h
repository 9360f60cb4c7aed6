// Golden files: what a test expects, kept beside it. With SPRINGTIDE_UPDATE=1 in the environment
// the files are rewritten instead of compared; look at the difference before committing it.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace springtide::spec {

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline bool updating() { return std::getenv("SPRINGTIDE_UPDATE") != nullptr; }

// What the file should hold: its content or, while updating, what it now holds.
inline std::string golden(const std::string& path, const std::string& now) {
  if (updating()) std::ofstream(path, std::ios::binary) << now;
  return content_of(path);
}

}  // namespace springtide::spec
