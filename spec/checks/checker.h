// What the checks of a scenario share: telling a problem where its value is written, and names that
// must exist.
//
// The checks are one function for each subject (checks.h). Each looks at the plain structs and
// points to values by JSON pointer; a value that is of a wrong form has been told before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "spec/json/document.h"
#include "spec/scenario.h"

namespace springtide::spec {

using Names = std::vector<std::string>;

inline bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}
template <class T>
bool contains(const std::map<std::string, T>& collection, const std::string& name) {
  return collection.contains(name);
}

inline void add_names(const Names& more, Names& names) {
  names.insert(names.end(), more.begin(), more.end());
}
template <class T>
void add_names(const std::map<std::string, T>& collection, Names& names) {
  for (const auto& [name, value] : collection) names.push_back(name);
}

class Checker {
 public:
  struct Text {
    std::string what, expected = {}, hint = {};
    bool of_key = false;  // the key is wrong, not the value behind it
  };

  Checker(const Scenario& scenario, const Document& document, Diagnostics& problems)
      : scenario_(scenario), document_(document), problems_(problems) {}

  const Scenario& scenario() const { return scenario_; }
  const Document& document() const { return document_; }
  bool is_written(const std::string& pointer) const { return document_.find(pointer) != nullptr; }

  // A problem of the value at a pointer. Where the value itself is of a wrong form there is one
  // already, and a second about its meaning would only confuse.
  void problem(const std::string& pointer, Text text);

  // A name that must be in one of the collections; an absent one has been told already.
  template <class... Collections>
  void named(const std::string& pointer, const char* what, const std::string& name,
             const Collections&... collections) {
    if ((contains(collections, name) || ...)) return;
    Names known;
    (add_names(collections, known), ...);
    unknown(pointer, what, name, known);
  }

  // The same of a key instead of a value.
  template <class Collection>
  void named_key(const std::string& pointer, const char* what, const std::string& name,
                 const Collection& collection) {
    if (contains(collection, name)) return;
    Names known;
    add_names(collection, known);
    unknown_key(pointer, what, name, known);
  }

  // Of an instant that must lie within the run.
  bool is_over_by(Duration at) const {
    return scenario_.duration.ns > 0 && at >= scenario_.duration;
  }
  std::string end() const { return springtide::to_string(scenario_.duration); }
  std::string before_the_end() const { return "before " + end(); }

 private:
  void unknown(const std::string& pointer, const char* what, const std::string& name,
               const Names& known);
  void unknown_key(const std::string& pointer, const char* what, const std::string& name,
                   const Names& known);

  const Scenario& scenario_;
  const Document& document_;
  Diagnostics& problems_;
};

}  // namespace springtide::spec
