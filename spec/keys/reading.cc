#include "spec/keys/reading.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spec/nearest.h"

namespace springtide::spec {
namespace {

std::vector<std::string> names_of(const std::vector<Key>& keys) {
  std::vector<std::string> names;
  for (const Key& key : keys) names.push_back(key.name);
  return names;
}

// Where else in the language a key of this name exists: it was probably put in a wrong place.
std::string known_elsewhere(const std::string& name) {
  std::vector<std::string> places;
  for (const Section* section : language().sections)
    if (section->find(name) != nullptr) places.push_back(section->name);
  if (places.empty() || places.size() > 3) return {};
  return fmt::format("\"{}\" is a key of {}", name, fmt::join(places, ", "));
}

void unknown_key(Reading& reading, const std::string& name, const Json& value,
                 const std::vector<std::string>& known) {
  const Reading::Level level(reading, name);
  std::string hint = nearest(name, known);
  if (!hint.empty())
    hint = fmt::format("did you mean \"{}\"?", hint);
  else
    hint = known_elsewhere(name);
  if (hint.empty()) hint = nearest_hint(name, known);
  reading.problem(value.key_at, {.what = "unknown key", .hint = hint});
}

void missing_key(Reading& reading, const Json& object, const Key& key) {
  std::string example = key.example.empty() ? key.default_text : key.example;
  if (!example.empty()) example = fmt::format("for example \"{}\": {}", key.name, example);
  reading.problem(object.at,
                  {.what = fmt::format("the key \"{}\" is missing ({})", key.name, key.about),
                   .hint = example});
}

}  // namespace

Reading::Level::Level(Reading& reading, std::string_view part)
    : reading_(reading), length_(reading.pointer_.size()) {
  reading.pointer_ += "/" + escape_pointer(part);
}

void Reading::problem(Place place, Text text) {
  if (problems_.size() >= problem_limit) return;
  Diagnostic diagnostic = document_.at(place);
  diagnostic.pointer = pointer_;
  diagnostic.what = std::move(text.what);
  diagnostic.expected = std::move(text.expected);
  diagnostic.received = std::move(text.received);
  diagnostic.hint = std::move(text.hint);
  problems_.push_back(std::move(diagnostic));
}

void Reading::wrong_type(const Json& json, std::string what, std::string expected,
                         std::string hint) {
  problem(json.at, {std::move(what), std::move(expected), shown(json), std::move(hint)});
}

void read_parts(Reading& reading, const Json& json, const std::vector<Part>& parts,
                bool more_keys_unknown) {
  if (!json.is(Json::Kind::object)) {
    reading.wrong_type(json, "this must be an object",
                       fmt::format("an object ({})", parts.front().section->about));
    return;
  }
  std::vector<std::string> known;
  for (const Part& part : parts) {
    const std::size_t problems_before = reading.problem_count();
    for (const Key& key : part.section->keys) {
      known.push_back(key.name);
      const Json* value = json.find(key.name);
      if (value != nullptr) {
        const Reading::Level level(reading, key.name);
        key.read(reading, *value, part.target);
      } else if (key.required) {
        missing_key(reading, json, key);
      }
    }
    if (!part.section->check || reading.problem_count() != problems_before) continue;
    if (const auto complaint = part.section->check(part.target)) {
      const Json* value = json.find(complaint->key);
      const Reading::Level level(reading, complaint->key);
      reading.problem(value ? value->at : json.at, {complaint->what, complaint->expected,
                                                    value ? shown(*value) : "", complaint->hint});
    }
  }
  if (more_keys_unknown) return;
  for (const auto& [name, value] : json.members)
    if (std::find(known.begin(), known.end(), name) == known.end())
      unknown_key(reading, name, value, known);
}

std::optional<Section::Variant> chosen_variant(const Json& json, const Section& section) {
  const Json* selector = json.find(section.selector);
  const std::string& word = selector ? selector->text : section.selected_by_default;
  if (selector && !selector->is(Json::Kind::string)) return {};
  for (const Section::Variant& variant : section.variants)
    if (variant.word == word) return variant;
  return {};
}

Chosen choose(Reading& reading, const Json& json, const OneOf& one_of) {
  const std::vector<std::string> known = names_of(one_of.alternatives);
  if (!json.is(Json::Kind::object) || json.members.size() != 1) {
    reading.wrong_type(json, fmt::format("this is not a {}", one_of.name),
                       fmt::format("{}an object with one key of {}",
                                   one_of.plain ? "a duration or " : "", fmt::join(known, ", ")),
                       "for example " + one_of.alternatives.front().example);
    return {};
  }
  const auto& [name, value] = *json.members.begin();
  const Key* key = one_of.find(name);
  if (key == nullptr) {
    const Reading::Level level(reading, name);
    reading.problem(value.key_at, {.what = fmt::format("unknown {}", one_of.name),
                                   .expected = fmt::format("one of {}", fmt::join(known, ", ")),
                                   .hint = nearest_hint(name, known)});
  }
  return {key, &value};
}

bool is_name(std::string_view text) {
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 64 && letter_or_digit(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter_or_digit(c) || c == '-' || c == '_'; });
}

}  // namespace springtide::spec
