// Who shows what: each name is taken once, by the first section that asks for it, and a name that a
// section owns by that section only.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "reports/content/layout.h"

namespace springtide::reports {

class Taker {
 public:
  void begin(const Section& section) { section_ = &section; }

  // True once for each name: where it matches and no other section owns it.
  bool take(std::string_view patterns, const std::string& name) {
    return !owned_by_another(name) && take_from_any(patterns, name);
  }

  // The same, whoever owns the name.
  bool take_from_any(std::string_view patterns, const std::string& name) {
    return matches(patterns, name) && taken_.insert(name).second;
  }

 private:
  bool owned_by_another(std::string_view name) const {
    for (const Section& other : report_layout())
      if (&other != section_ && matches(other.owns, name)) return true;
    return false;
  }

  const Section* section_ = nullptr;  // that takes now
  std::set<std::string> taken_;
};

}  // namespace springtide::reports
