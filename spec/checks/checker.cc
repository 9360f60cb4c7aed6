#include "spec/checks/checker.h"

#include "spec/nearest.h"

namespace springtide::spec {
namespace {

std::string last_part(const std::string& pointer) {
  Names parts;
  return split_pointer(pointer, parts) && !parts.empty() ? parts.back() : "";
}

}  // namespace

void Checker::problem(const std::string& pointer, Text text) {
  if (problems_.size() >= problem_limit) return;
  for (const Diagnostic& known : problems_)
    if (known.pointer == pointer) return;
  const Json* exact = document_.find(pointer);
  const Json& value = exact ? *exact : document_.nearest_to(pointer);
  Diagnostic diagnostic = document_.at(text.of_key ? value.key_at : value.at);
  diagnostic.pointer = pointer;
  diagnostic.what = std::move(text.what);
  diagnostic.expected = std::move(text.expected);
  if (text.of_key)
    diagnostic.received = shown(last_part(pointer));
  else if (exact && !exact->is(Json::Kind::object))
    diagnostic.received = shown(*exact);
  diagnostic.hint = std::move(text.hint);
  problems_.push_back(std::move(diagnostic));
}

void Checker::unknown(const std::string& pointer, const char* what, const std::string& name,
                      const Names& known) {
  const Json* written = document_.find(pointer);
  if (written == nullptr) return;
  problem(pointer, {fmt::format("this names no {}", what),
                    {},
                    nearest_hint(name, known),
                    !written->is(Json::Kind::string)});
}

void Checker::unknown_key(const std::string& pointer, const char* what, const std::string& name,
                          const Names& known) {
  problem(pointer, {fmt::format("this names no {}", what), {}, nearest_hint(name, known), true});
}

}  // namespace springtide::spec
