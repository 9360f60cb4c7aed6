#include "spec/json/document.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace springtide::spec {
namespace {

std::string json_quoted(std::string_view text) {
  return nlohmann::json(std::string(text))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string canonical_number(const Json& value) {
  const bool integer = value.text.find_first_of(".eE") == std::string::npos;
  if (integer && value.text != "-0") return value.text;
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (value.number == std::trunc(value.number) && std::fabs(value.number) < exact)
    return fmt::format("{}", static_cast<long long>(value.number));
  return nlohmann::json(value.number).dump();
}

void write(const Json& value, std::string indent, std::string& out);

template <class Container, class WriteOne>
void write_container(const Container& container, char open, char close, const std::string& indent,
                     std::string& out, WriteOne write_one) {
  out += open;
  bool first = true;
  for (const auto& one : container) {
    out += (first ? "\n" : ",\n") + indent + "  ";
    first = false;
    write_one(one);
  }
  if (!first) out += "\n" + indent;
  out += close;
}

void write(const Json& value, std::string indent, std::string& out) {
  switch (value.kind) {
    case Json::Kind::null: out += "null"; return;
    case Json::Kind::boolean: out += value.truth ? "true" : "false"; return;
    case Json::Kind::number: out += canonical_number(value); return;
    case Json::Kind::string: out += json_quoted(value.text); return;
    case Json::Kind::list:
      write_container(value.items, '[', ']', indent, out,
                      [&](const Json& item) { write(item, indent + "  ", out); });
      return;
    case Json::Kind::object:
      write_container(value.members, '{', '}', indent, out, [&](const auto& member) {
        out += json_quoted(member.first) + ": ";
        write(member.second, indent + "  ", out);
      });
      return;
  }
}

// An index of a list as a pointer writes it: no sign, no leading zero.
bool parse_index(const std::string& part, std::size_t& index) {
  if (part.empty() || (part.size() > 1 && part[0] == '0')) return false;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  return error == std::errc{} && end == part.data() + part.size();
}

const Json* step(const Json* from, const std::string& part) {
  std::size_t index = 0;
  if (from->is(Json::Kind::object)) return from->find(part);
  if (from->is(Json::Kind::list) && parse_index(part, index) && index < from->items.size())
    return &from->items[index];
  return nullptr;
}

Diagnostic unreadable(const std::string& path, std::string what) {
  Diagnostic problem;
  problem.file = path;
  problem.what = std::move(what);
  return problem;
}

}  // namespace

const Json* Json::find(const std::string& key) const {
  const auto found = members.find(key);
  return found == members.end() ? nullptr : &found->second;
}

Diagnostic Document::at(Place place) const {
  Diagnostic problem;
  problem.file = sources[static_cast<std::size_t>(place.source)];
  problem.line = place.line;
  problem.column = place.column;
  return problem;
}

const Json* Document::find(std::string_view pointer) const {
  std::vector<std::string> parts;
  if (!split_pointer(pointer, parts)) return nullptr;
  const Json* value = &root;
  for (const std::string& part : parts) {
    value = step(value, part);
    if (value == nullptr) return nullptr;
  }
  return value;
}

const Json& Document::nearest_to(std::string_view pointer) const {
  std::vector<std::string> parts;
  const Json* value = &root;
  if (!split_pointer(pointer, parts)) return root;
  for (const std::string& part : parts) {
    const Json* next = step(value, part);
    if (next == nullptr) break;
    value = next;
  }
  return *value;
}

bool split_pointer(std::string_view pointer, std::vector<std::string>& parts) {
  parts.clear();
  if (pointer.empty()) return true;
  if (pointer.front() != '/') return false;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      parts.emplace_back();
    } else if (pointer[i] != '~') {
      parts.back() += pointer[i];
    } else {
      ++i;
      if (i == pointer.size() || (pointer[i] != '0' && pointer[i] != '1')) return false;
      parts.back() += pointer[i] == '0' ? '~' : '/';
    }
  }
  return true;
}

std::string escape_pointer(std::string_view part) {
  std::string escaped;
  for (const char c : part) {
    if (c == '~')
      escaped += "~0";
    else if (c == '/')
      escaped += "~1";
    else
      escaped += c;
  }
  return escaped;
}

bool read_text(const std::string& path, std::string& text, Diagnostics& problems) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    problems.push_back(unreadable(path, "this is a directory, not a file"));
    return false;
  }
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
  const auto failed = [&] {
    problems.push_back(
        unreadable(path, "cannot be read: " + std::generic_category().message(errno)));
    return false;
  };
  if (!file) return failed();
  text.clear();
  char block[1 << 16];
  while (const std::size_t got = std::fread(block, 1, sizeof block, file.get())) {
    text.append(block, got);
    if (text.size() <= text_limit) continue;
    problems.push_back(unreadable(path, fmt::format("larger than {} MiB", text_limit >> 20)));
    return false;
  }
  return std::ferror(file.get()) ? failed() : true;
}

std::string shown(std::string_view text) {
  constexpr std::size_t limit = 60;
  const bool cut = text.size() > limit;
  std::size_t end = cut ? limit : text.size();
  while (cut && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return json_quoted(text.substr(0, end)) + (cut ? "..." : "");
}

std::string shown(const Json& value) {
  switch (value.kind) {
    case Json::Kind::null: return "null";
    case Json::Kind::boolean: return value.truth ? "true" : "false";
    case Json::Kind::number: return value.text.size() <= 60 ? value.text : "a long number";
    case Json::Kind::string: return shown(value.text);
    case Json::Kind::list: return value.items.empty() ? "an empty list" : "a list";
    case Json::Kind::object: return value.members.empty() ? "an empty object" : "an object";
  }
  return {};
}

std::string canonical(const Json& value) {
  std::string out;
  write(value, "", out);
  out += "\n";
  return out;
}

}  // namespace springtide::spec
