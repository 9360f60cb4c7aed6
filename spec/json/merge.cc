#include "spec/json/merge.h"

#include <charconv>

#include <fmt/format.h>

namespace springtide::spec {
namespace {

// Columns count from the beginning of the whole argument, lines are the argument's number.
void shift(Json& value, int line, int columns) {
  for (Place* place : {&value.at, &value.key_at}) {
    if (place->line == 1) place->column += columns;
    place->line = line;
  }
  for (Json& item : value.items) shift(item, line, columns);
  for (auto& [name, member] : value.members) shift(member, line, columns);
}

// The value of a setting: JSON, or else plain text.
bool setting_value(std::string_view text, int source, int line, int column,
                   const Document& document, Json& value, Diagnostics& problems) {
  Diagnostics found;
  const bool parsed = parse_json(text, source, document, value, found);
  const bool meant_as_json =
      !text.empty() && std::string_view("{[\"").find(text.front()) != std::string_view::npos;
  if (!parsed && !meant_as_json) {
    value = Json{};
    value.kind = Json::Kind::string;
    value.text = text;
    value.at = {source, line, column};
    return true;
  }
  shift(value, line, column - 1);
  for (Diagnostic& problem : found) {
    if (problem.line == 1) problem.column += column - 1;
    problem.line = line;
    problems.push_back(std::move(problem));
  }
  return parsed;
}

// One step of a setting's path below `from`, made where it is missing; null: not possible.
Json* descend(Json& from, const std::string& part, Place place) {
  if (from.is(Json::Kind::list)) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    if (part == "-")
      index = from.items.size();
    else if (error != std::errc{} || end != part.data() + part.size())
      return nullptr;
    if (index > from.items.size()) return nullptr;
    if (index == from.items.size()) from.items.emplace_back().at = place;
    return &from.items[index];
  }
  if (from.is(Json::Kind::null)) from.kind = Json::Kind::object;
  if (!from.is(Json::Kind::object)) return nullptr;
  auto [found, added] = from.members.try_emplace(part);
  if (added) found->second.at = found->second.key_at = place;
  return &found->second;
}

}  // namespace

void merge_patch(Json& target, const Json& patch) {
  if (!patch.is(Json::Kind::object)) {
    target = patch;
    return;
  }
  if (!target.is(Json::Kind::object)) {
    target = Json{};
    target.kind = Json::Kind::object;
    target.at = patch.at;
    target.key_at = patch.key_at;
  }
  for (const auto& [name, change] : patch.members) {
    if (change.is(Json::Kind::null)) {
      target.members.erase(name);
      continue;
    }
    const auto [found, added] = target.members.try_emplace(name);
    if (added) found->second.key_at = change.key_at;
    merge_patch(found->second, change);
  }
}

bool apply_setting(std::string_view setting, int source, int line, Document& document,
                   Diagnostics& problems) {
  const auto refuse = [&](int column, std::string what) {
    Diagnostic problem = document.at({source, line, column});
    problem.what = std::move(what);
    problem.expected = "/pointer=value";
    problem.received = shown(setting);
    problem.hint = "for example --set /nodes/node/workers=16 or --set /duration=10s";
    problems.push_back(std::move(problem));
    return false;
  };
  const auto equals = setting.find('=');
  if (equals == std::string_view::npos) return refuse(1, "a setting needs a '='");
  std::vector<std::string> parts;
  if (!split_pointer(setting.substr(0, equals), parts) || parts.empty())
    return refuse(1, "a setting begins with a JSON pointer");
  Json value;
  if (!setting_value(setting.substr(equals + 1), source, line, static_cast<int>(equals) + 2,
                     document, value, problems))
    return false;
  const Place key_place{source, line, 1};
  const std::string last = parts.back();
  parts.pop_back();
  Json* target = &document.root;
  for (const std::string& part : parts)
    if (target = descend(*target, part, key_place); target == nullptr)
      return refuse(1, fmt::format("nothing can be named {} there", shown(part)));
  if (value.is(Json::Kind::null) && target->is(Json::Kind::object)) {
    target->members.erase(last);
    return true;
  }
  Json* slot = descend(*target, last, key_place);
  if (slot == nullptr) return refuse(1, fmt::format("nothing can be named {} there", shown(last)));
  value.key_at = key_place;
  *slot = std::move(value);
  return true;
}

}  // namespace springtide::spec
