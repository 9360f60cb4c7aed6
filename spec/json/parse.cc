// Parsing with places: see document.h for the idea.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spec/json/document.h"

namespace springtide::spec {
namespace {

constexpr std::string_view structural = "{}[],:";

// Follows the parser over the text, one token at a time.
class Cursor {
 public:
  Cursor(std::string_view text, int source) : text_(text), source_(source) {}

  // Moves to the beginning of the next token and says where that is.
  Place next_token() {
    while (offset_ < text_.size() &&
           std::string_view(" \t\r\n,:").find(text_[offset_]) != std::string_view::npos)
      advance(1);
    return place();
  }

  std::size_t offset() const { return offset_; }

  void over_bytes(std::size_t count) { advance(count); }

  void over_string() {
    std::size_t end = offset_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    advance(end + 1 - offset_);
  }

  std::string_view over_number() {
    const std::size_t end = text_.find_first_not_of("+-.0123456789eE", offset_);
    const std::string_view number = text_.substr(offset_, end - offset_);
    advance(number.size());
    return number;
  }

  Place place() const { return {source_, line_, static_cast<int>(offset_ - line_start_) + 1}; }

  // The place of a byte at or behind the cursor's present one.
  Place place_of(std::size_t offset) {
    Cursor ahead = *this;
    if (offset > ahead.offset_) ahead.advance(offset - ahead.offset_);
    return ahead.place();
  }

 private:
  void advance(std::size_t count) {
    const std::size_t end = std::min(offset_ + count, text_.size());
    for (; offset_ < end; ++offset_)
      if (text_[offset_] == '\n') {
        ++line_;
        line_start_ = offset_ + 1;
      }
  }

  std::string_view text_;
  int source_;
  std::size_t offset_ = 0, line_start_ = 0;
  int line_ = 1;
};

// What the library says about a syntax error, without its own numbering and without the text it
// repeats (which can be as long as the file).
void explain(const std::string& message, Diagnostic& problem) {
  std::string text = message;
  if (const auto column = text.find("column "); column != std::string::npos)
    if (const auto colon = text.find(": ", column); colon != std::string::npos)
      text = text.substr(colon + 2);
  if (const auto last_read = text.find("; last read: '"); last_read != std::string::npos) {
    const auto expected = text.rfind("'; expected ");
    text.erase(last_read, expected != std::string::npos && expected > last_read
                              ? expected + 1 - last_read
                              : std::string::npos);
  }
  if (const auto expected = text.rfind("; expected "); expected != std::string::npos) {
    problem.expected = text.substr(expected + 11);
    text.resize(expected);
  }
  constexpr std::string_view prefix = "syntax error ";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  problem.what = "not valid JSON, " + text;
}

// What is usually behind a syntax error at this byte.
std::string usual_mistake(std::string_view text, std::size_t offset, const std::string& what) {
  const char c = offset < text.size() ? text[offset] : '\0';
  const auto said = [&](std::string_view words) { return what.find(words) != std::string::npos; };
  if (c == '/' || c == '#')
    return "JSON has no comments; \"description\" and \"sources\" take text";
  if (c == '\'') return "strings and keys stand in double quotes";
  if ((c == '}' || c == ']') && (said("object key") || said("parsing value")))
    return "the last entry has no comma behind it, and every key a value";
  if (said("unexpected string literal") && (said("parsing object -") || said("parsing array")))
    return "a comma may be missing before it";
  if (said("end of input")) return "a bracket or a quote may not be closed";
  return {};
}

class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(std::string_view text, int source, const Document& document, Json& root,
              Diagnostics& problems)
      : text_(text), cursor_(text, source), document_(document), root_(root), problems_(problems) {}

  bool null() override { return literal(Json::Kind::null, 4, false); }
  bool boolean(bool truth) override { return literal(Json::Kind::boolean, truth ? 4 : 5, truth); }
  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }

  bool string(string_t& content) override {
    Json* value = add(Json::Kind::string);
    if (value == nullptr) return false;
    value->text = std::move(content);
    cursor_.over_string();
    return true;
  }

  bool binary(binary_t&) override { return false; }  // not in JSON text

  bool key(string_t& name) override {
    key_at_ = cursor_.next_token();
    cursor_.over_string();
    key_ = std::move(name);
    return true;
  }

  bool start_object(std::size_t) override { return open(Json::Kind::object); }
  bool start_array(std::size_t) override { return open(Json::Kind::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const std::size_t offset = position > 0 ? position - 1 : 0;
    const bool bad_token =
        std::string_view(error.what()).find("; last read: '") != std::string_view::npos;
    const bool single =
        offset < text_.size() && structural.find(text_[offset]) != std::string_view::npos;
    const bool exact = error.id != 406 && (bad_token || single);
    Diagnostic problem = document_.at(exact ? cursor_.place_of(offset) : cursor_.next_token());
    if (error.id == 406) {
      problem.what = "the number is too large";
      problem.expected = "a number below 1.8e308";
      problem.received = shown(cursor_.over_number());
    } else {
      explain(error.what(), problem);
      problem.hint = usual_mistake(text_, exact ? offset : cursor_.offset(), problem.what);
    }
    problems_.push_back(std::move(problem));
    return false;
  }

 private:
  bool literal(Json::Kind kind, std::size_t length, bool truth) {
    Json* value = add(kind);
    if (value == nullptr) return false;
    value->truth = truth;
    cursor_.over_bytes(length);
    return true;
  }

  bool number(double amount) {
    Json* value = add(Json::Kind::number);
    if (value == nullptr) return false;
    value->number = amount;
    value->text = cursor_.over_number();
    return true;
  }

  bool open(Json::Kind kind) {
    if (open_.size() >= depth_limit)
      return stop(fmt::format("nested deeper than {} levels", depth_limit));
    Json* value = add(kind);
    if (value == nullptr) return false;
    open_.push_back(value);
    cursor_.over_bytes(1);
    return true;
  }

  bool close() {
    cursor_.next_token();
    cursor_.over_bytes(1);
    open_.pop_back();
    return true;
  }

  // The slot of the value whose token comes next.
  Json* add(Json::Kind kind) {
    if (++count_ > value_limit) {
      stop(fmt::format("more than {} values", value_limit));
      return nullptr;
    }
    Json* slot = &root_;
    if (!open_.empty() && open_.back()->is(Json::Kind::list)) {
      slot = &open_.back()->items.emplace_back();
    } else if (!open_.empty()) {
      slot = add_member();
    }
    slot->kind = kind;
    slot->at = cursor_.next_token();
    return slot;
  }

  Json* add_member() {
    auto [found, added] = open_.back()->members.try_emplace(key_);
    if (!added) {
      Diagnostic problem = document_.at(key_at_);
      problem.pointer = pointer() + "/" + escape_pointer(key_);
      problem.what = fmt::format("the key {} stands here a second time", shown(key_));
      problem.hint = fmt::format("the first is at line {}, column {}", found->second.key_at.line,
                                 found->second.key_at.column);
      problems_.push_back(std::move(problem));
      found->second = Json{};
    }
    found->second.key_at = key_at_;
    return &found->second;
  }

  bool stop(std::string what) {
    Diagnostic problem = document_.at(cursor_.next_token());
    problem.what = std::move(what);
    problems_.push_back(std::move(problem));
    return false;
  }

  // Of the innermost open object; read off the tree because it is needed only for a problem.
  std::string pointer() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const Json& parent = *open_[i];
      if (parent.is(Json::Kind::list)) {
        path += fmt::format("/{}", parent.items.size() - 1);
        continue;
      }
      for (const auto& [name, member] : parent.members)
        if (&member == open_[i + 1]) path += "/" + escape_pointer(name);
    }
    return path;
  }

  std::string_view text_;
  Cursor cursor_;
  const Document& document_;
  Json& root_;
  Diagnostics& problems_;
  std::vector<Json*> open_;  // stays valid: only the innermost container grows
  std::string key_;
  Place key_at_;
  std::size_t count_ = 0;
};

// What no JSON text may begin with or contain, told better than a parser can.
bool plausible(std::string_view text, int source, const Document& document, Diagnostics& problems) {
  Diagnostic problem = document.at({source, 1, 1});
  const bool utf8_mark = text.starts_with("\xEF\xBB\xBF");
  const bool utf16_mark = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  const auto zero = text.find('\0');
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    problem.what = text.empty() ? "the text is empty" : "the text is blank";
    problem.expected = "a JSON object";
  } else if (utf8_mark || utf16_mark) {
    problem.what = "the text begins with a byte order mark";
    problem.expected = "UTF-8 without one";
  } else if (zero != std::string_view::npos) {
    problem = document.at(Cursor(text, source).place_of(zero));
    problem.what = "the text contains a zero byte";
    problem.expected = "UTF-8 text";
  } else {
    return true;
  }
  problems.push_back(std::move(problem));
  return false;
}

}  // namespace

bool parse_json(std::string_view text, int source, const Document& document, Json& root,
                Diagnostics& problems) {
  if (!plausible(text, source, document, problems)) return false;
  root = Json{};
  TreeBuilder builder(text, source, document, root, problems);
  return nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
}

}  // namespace springtide::spec
