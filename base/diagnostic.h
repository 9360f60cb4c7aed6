// One problem of an input, in the one shape in which all problems are told:
//
//   file:line:col: error: /json/pointer: what is wrong; expected ..., received ...
//     hint: ...
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace springtide {

struct Diagnostic {
  std::string file;
  int line = 0;         // 1-based; 0 where the problem has no position (an unreadable file)
  int column = 0;       // 1-based, in bytes
  std::string pointer;  // RFC 6901; may be empty
  std::string what;
  std::string expected;  // may be empty
  std::string received;  // may be empty
  std::string hint;      // may be empty

  std::string to_string() const;
};

using Diagnostics = std::vector<Diagnostic>;

// Sorts by file and position and prints one after the other, each ended by a newline.
std::string to_string(Diagnostics diagnostics);

// Either a value or at least one diagnostic.
template <typename T>
class Result {
 public:
  Result(T value) : content_(std::move(value)) {}  // NOLINT: conversion is the purpose
  Result(Diagnostics problems) : content_(std::move(problems)) {}            // NOLINT
  Result(Diagnostic problem) : content_(Diagnostics{std::move(problem)}) {}  // NOLINT

  bool ok() const { return std::holds_alternative<T>(content_); }
  explicit operator bool() const { return ok(); }
  T& value() { return std::get<T>(content_); }
  const T& value() const { return std::get<T>(content_); }
  const Diagnostics& problems() const { return std::get<Diagnostics>(content_); }

 private:
  std::variant<T, Diagnostics> content_;
};

}  // namespace springtide
