// Reads the parameters of a request and keeps the first thing that is wrong with them.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "live/control/http_server.h"

namespace springtide::live::control {

class Parameters {
 public:
  explicit Parameters(const HttpRequest& request) : request_(request) {}

  // A parameter that must be there once: decimal digits, least .. most. `least` after a problem.
  std::int64_t whole(const std::string& name, std::int64_t least, std::int64_t most);
  // The same, but it may be left out.
  std::int64_t whole_or(const std::string& name, std::int64_t least, std::int64_t most,
                        std::int64_t otherwise);
  void reject(std::string sentence);  // something else is wrong; the first one stays

  // After all were read: one sentence, or nothing where all is well. A parameter that was not
  // asked for is a problem too.
  std::optional<std::string> problem() const;

 private:
  const HttpRequest& request_;
  std::set<std::string> known_;
  std::optional<std::string> problem_;
};

}  // namespace springtide::live::control
