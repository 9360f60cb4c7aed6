// A JSON document that remembers where every value and every key was written.
//
// nlohmann_json parses and validates; its SAX interface tells each token but not where the token
// begins. Between two tokens of valid JSON there is nothing but white space, ',' and ':', so a
// cursor that follows the callbacks over the same text finds each beginning exactly (parse.cc).
//
// A scenario may be put together from several texts (a file, overlays, settings): a `Place` names
// the text too, so a diagnostic always points to where the offending value really stands.
//
// Limits, so that no input can exhaust the machine: text_limit bytes, value_limit values,
// depth_limit levels, problem_limit problems. A duplicate key is a problem, and the last value
// wins.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace springtide::spec {

inline constexpr std::size_t text_limit = 64 << 20;  // bytes
inline constexpr std::size_t value_limit = 1'000'000;
inline constexpr std::size_t depth_limit = 100;
inline constexpr std::size_t problem_limit = 1000;  // told at once; more help nobody

struct Place {
  int source = 0;  // index into Document::sources
  int line = 0;    // 1-based
  int column = 0;  // 1-based, in bytes
};

struct Json {
  enum class Kind { null, boolean, number, string, list, object };

  Kind kind = Kind::null;
  bool truth = false;
  double number = 0;
  std::string text;  // of a string: its content; of a number: as it was written
  std::vector<Json> items;
  std::map<std::string, Json> members;
  Place at;      // first byte of the value
  Place key_at;  // first byte of the key in front of it, where it has one

  bool is(Kind other) const { return kind == other; }
  const Json* find(const std::string& key) const;
};

struct Document {
  Json root;
  std::vector<std::string> sources;  // names of the texts, as diagnostics show them

  // A diagnostic with file, line and column filled in.
  Diagnostic at(Place place) const;

  // The value at an RFC 6901 pointer, or nothing.
  const Json* find(std::string_view pointer) const;

  // The value at the pointer or, where it does not exist, its nearest existing ancestor.
  const Json& nearest_to(std::string_view pointer) const;
};

// Parses one text of the document into `root`. False where the text is not JSON at all; duplicate
// keys are told but leave a usable tree (true).
bool parse_json(std::string_view text, int source, const Document& document, Json& root,
                Diagnostics& problems);

// The whole content of a file, or a problem: missing, unreadable, a directory, above text_limit.
bool read_text(const std::string& path, std::string& text, Diagnostics& problems);

// Splits an RFC 6901 pointer into its unescaped parts; false where it is malformed.
bool split_pointer(std::string_view pointer, std::vector<std::string>& parts);

// One part of a pointer, escaped: "a/b" becomes "a~1b".
std::string escape_pointer(std::string_view part);

// As JSON on one line, shortened in the middle of nothing: at most about 60 bytes, valid UTF-8.
std::string shown(const Json& value);
std::string shown(std::string_view text);

// Canonical text: keys sorted, two blanks of indentation, shortest numbers, one final newline.
// Equal documents give equal bytes, whatever their white space, key order or number spelling.
std::string canonical(const Json& value);

}  // namespace springtide::spec
