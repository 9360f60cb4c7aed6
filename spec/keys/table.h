// The one table of keys: what may stand where in a scenario, said once.
//
// A `Section` is an object of the language ("clients", "node", "exponential") and belongs to one
// struct of spec/scenario.h; a `Key` is one of its members with type, range, default, explanation
// and example. The reader, the JSON Schema, docs/scenario.md and `springtide schema` all walk this
// table; nothing about the language is said a second time. Entries are made in sections/*.cc.
//
// A key is spelled as the member it fills, with '-' for '_' ("network-card"). Defaults are those
// of a default-constructed struct, never written down again.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/json/document.h"

namespace springtide::spec {

class Reading;
struct Section;
struct OneOf;

enum class Form {
  duration,
  rate,
  bytes,
  bit_rate,
  probability,  // strings with a unit
  count,        // a whole number
  number,       // a number
  flag,         // true or false
  text,
  word,        // one of a few words
  object,      // a section
  names,       // an object keyed by names of the scenario's own
  free_names,  // an object keyed by any text
  steps,       // an object keyed by instants, or one value for "from the start"
  numbered,    // an object keyed by whole numbers
  list,
  calls,      // a list of one-key objects, or one such object
  one_of,     // an object with exactly one key that says which
  any_of,     // one of several forms, told apart by how they look
  uncertain,  // a value, or an object of low, mid, high and confidence
};

// Limits of a number, in the base unit of its form (ns, per second, bytes, bits per second, 1).
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;

  bool holds(double value) const {
    return value >= low && value <= high && !(low_open && value == low);
  }
};
constexpr Range any{};
constexpr Range not_negative{0};
constexpr Range positive{0, std::numeric_limits<double>::infinity(), true};
constexpr Range at_least(double low) { return {low}; }
constexpr Range between(double low, double high) { return {low, high}; }

// "above 0", "at least 1", "1 to 100"; empty where everything is allowed.
std::string to_string(const Range& range);

struct Shape {
  Form form;
  const Section* section = nullptr;  // of object
  const OneOf* one_of = nullptr;
  std::vector<std::string> words = {};
  std::vector<Shape> item = {};  // of collections, lists, uncertain: exactly one; any_of: several
};

struct Key {
  std::string name, about;
  std::string example = {};       // as JSON
  std::string default_text = {};  // as JSON; empty: absent
  bool required = false;
  Range range = {};  // of the value or, in a collection, of each
  Shape shape;
  std::function<void(Reading&, const Json&, void* target)> read = {};
};

// What is wrong with values that are each fine alone.
struct Complaint {
  std::string key, what, expected = {}, hint = {};
};

struct Section {
  std::string name, about;
  std::vector<Key> keys;
  std::function<std::optional<Complaint>(const void*)> check;  // may be empty

  // The value of the key `selector` says which further section's keys belong to the object.
  struct Variant {
    std::string word;
    const Section* section = nullptr;
  };  // null: no further keys
  std::string selector, selected_by_default;
  std::vector<Variant> variants;

  const Key* find(std::string_view key) const;
};

// An object with exactly one key, which says what its value is: {"poisson": "72k/s"}.
struct OneOf {
  std::string name, about;
  std::optional<Shape> plain = {};  // what may stand there without an object
  std::vector<Key> alternatives;

  const Key* find(std::string_view key) const;
};

// The whole language: the section of the document itself leads to all others.
const Section& scenario_section();

// Every section and every choice, in the order in which the document reaches them.
struct Language {
  std::vector<const Section*> sections;
  std::vector<const OneOf*> choices;
};
const Language& language();

}  // namespace springtide::spec
