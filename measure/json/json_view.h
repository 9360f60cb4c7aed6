// Reading JSON that may be damaged: every access is checked, a problem is noted with its pointer,
// and a default stands for the value; no exception leaves this file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/diagnostic.h"

namespace springtide::measure {

class JsonView {
 public:
  using Json = nlohmann::ordered_json;

  JsonView(const Json* json, std::string pointer, const std::string& file, Diagnostics& problems)
      : json_(json), pointer_(std::move(pointer)), file_(file), problems_(problems) {}

  bool has(const char* key) const { return json_ && json_->is_object() && json_->contains(key); }

  JsonView operator[](const char* key) const {
    return child(has(key) ? &json_->at(key) : nullptr, key);
  }

  std::string text() const {
    if (!json_ || !json_->is_string()) return problem("a string"), "";
    return json_->get<std::string>();
  }
  bool boolean() const {
    if (!json_ || !json_->is_boolean()) return problem("true or false"), false;
    return json_->get<bool>();
  }
  std::int64_t integer() const {
    const bool fits = json_ && json_->is_number_integer() &&
                      (!json_->is_number_unsigned() ||
                       json_->get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max());
    if (!fits) return problem("a whole number"), 0;
    return json_->get<std::int64_t>();
  }
  std::uint64_t unsigned_integer() const {
    if (!json_ || !json_->is_number_unsigned()) return problem("a whole number from 0"), 0;
    return json_->get<std::uint64_t>();
  }
  // null is NaN; "infinity" and "-infinity" are themselves.
  double number() const {
    if (json_ && json_->is_null()) return std::numeric_limits<double>::quiet_NaN();
    if (json_ && *json_ == "infinity") return std::numeric_limits<double>::infinity();
    if (json_ && *json_ == "-infinity") return -std::numeric_limits<double>::infinity();
    if (!json_ || !json_->is_number()) return problem("a number or null"), 0;
    return json_->get<double>();
  }

  template <typename Visitor>
  void for_each_element(Visitor&& visit) const {
    if (!json_ || !json_->is_array()) return problem("a list");
    for (std::size_t i = 0; i < json_->size(); ++i) visit(child(&(*json_)[i], std::to_string(i)));
  }
  template <typename Visitor>
  void for_each_member(Visitor&& visit) const {
    if (!json_ || !json_->is_object()) return problem("an object");
    for (const auto& [key, value] : json_->items()) visit(key, child(&value, key));
  }

  void problem(std::string expected) const {
    Diagnostic diagnostic;
    diagnostic.file = file_;
    diagnostic.pointer = pointer_;
    diagnostic.what = json_ ? "unexpected value" : "missing value";
    diagnostic.expected = std::move(expected);
    diagnostic.received = json_ ? std::string(json_->type_name()) : "nothing";
    problems_.push_back(std::move(diagnostic));
  }

 private:
  JsonView child(const Json* json, const std::string& key) const {
    return JsonView(json, pointer_ + "/" + key, file_, problems_);
  }

  const Json* json_;  // nothing: a missing member
  std::string pointer_;
  const std::string& file_;
  Diagnostics& problems_;
};

// A parse error as a diagnostic: the byte of nlohmann's message becomes line and column.
inline Diagnostic json_syntax_problem(std::string_view text, const std::string& file,
                                      std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte > 0 ? byte - 1 : 0, text.size()));
  const std::size_t line_begin = before.rfind('\n');
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  diagnostic.column = static_cast<int>(before.size() - (line_begin + 1)) + 1;  // npos + 1 is 0
  diagnostic.what = "not well-formed JSON";
  return diagnostic;
}

template <typename T, typename Build>
Result<T> parse_json(std::string_view text, const std::string& file, Build&& build) {
  JsonView::Json json;
  try {
    json = JsonView::Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    return json_syntax_problem(text, file, error.byte);
  } catch (const nlohmann::json::exception&) {  // a number out of range
    return json_syntax_problem(text, file, 1);
  }
  Diagnostics problems;
  T value = build(JsonView(&json, "", file, problems));
  if (!problems.empty()) return problems;
  return value;
}

}  // namespace springtide::measure
