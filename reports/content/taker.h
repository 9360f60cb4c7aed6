// Who shows what: each name is taken once, by the first section that asks for it, and a name that a
// section owns by that section only.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reports/content/layout.h"

namespace springtide::reports {

class Taker {
 public:
  // `services` of a chain, whose names begin those of what is measured of them; they must outlive
  // the taker.
  explicit Taker(const std::vector<std::string>& services) : services_(&services) {}
  Taker() = default;

  void begin(const Section& section) { section_ = &section; }

  // True once for each name: where it matches and no other section owns it.
  bool take(std::string_view patterns, const std::string& name) {
    const bool here = services_->empty() || section_->of_services == of_a_service(name);
    return here && !owned_by_another(name) && take_from_any(patterns, name);
  }

  // The same, whoever owns the name.
  bool take_from_any(std::string_view patterns, const std::string& name) {
    return matches(patterns, name) && taken_.insert(name).second;
  }

 private:
  bool of_a_service(std::string_view name) const {
    return std::any_of(services_->begin(), services_->end(), [&](const std::string& service) {
      return name.size() > service.size() && name[service.size()] == '.' &&
             name.starts_with(service);
    });
  }
  bool owned_by_another(std::string_view name) const {
    for (const Section& other : report_layout())
      if (&other != section_ && matches(other.owns, name)) return true;
    return false;
  }

  const Section* section_ = nullptr;  // that takes now
  static inline const std::vector<std::string> no_services_;
  const std::vector<std::string>* services_ = &no_services_;
  std::set<std::string> taken_;
};

}  // namespace springtide::reports
