#include "spec/schema.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spec/json/expand.h"
#include "spec/keys/reading.h"
#include "spec/keys/sections.h"

namespace springtide::spec {
namespace {

using Tree = nlohmann::ordered_json;

// A number, in which {n} may stand for digits: within an entry by a rule it does.
std::string decimal() {
  return fmt::format(R"(-?({0}+\.?{0}*|\.{0}+)([eE][-+]?[0-9]+)?)", R"(([0-9]|\{n\}))");
}

// A name, or a rule that makes several.
std::string names_pattern() {
  const std::string mark = fmt::format(R"({}|\{{n\}})", rule_pattern);
  return fmt::format("^([A-Za-z0-9]|{0})([A-Za-z0-9_-]|{0}){{0,63}}$", mark);
}

std::string pattern_of(Form form) {
  switch (form) {
    case Form::duration: return fmt::format("^({}(ns|us|ms|s|min|h|d))+$", decimal());
    case Form::rate: return fmt::format("^{}([kMG]?/s|/ms|k?/min|/h)$", decimal());
    case Form::bytes: return fmt::format("^{}([kMGTP]?B|[KMGT]iB)$", decimal());
    case Form::bit_rate: return fmt::format("^{}[kMGT]?bit/s$", decimal());
    case Form::probability: return fmt::format("^{}%?$", decimal());
    default: return {};
  }
}

struct Quantity {
  Form form;
  const char* name;
  const char* about;
};
constexpr Quantity quantities[] = {
    {Form::duration, "duration", "A span of time with its unit: \"250ms\", \"1h30min\"."},
    {Form::rate, "rate", "How often, with its unit: \"30k/s\", \"90/min\"."},
    {Form::bytes, "size", "Bytes with their unit: \"16GiB\" (1024), \"4kB\" (1000)."},
    {Form::bit_rate, "bit-rate", "Bits a second: \"40Gbit/s\"."},
    {Form::probability, "probability", "Between 0 and 1, as text: \"0.4%\" or \"1e-3\"."},
};

Tree reference(const std::string& definition) { return {{"$ref", "#/definitions/" + definition}}; }

void bound(Tree& tree, const Range& range) {
  const auto whole_if_possible = [](double value) {
    return value == std::trunc(value) && std::fabs(value) < 9e15
               ? Tree(static_cast<std::int64_t>(value))
               : Tree(value);
  };
  if (std::isfinite(range.low))
    tree[range.low_open ? "exclusiveMinimum" : "minimum"] = whole_if_possible(range.low);
  if (std::isfinite(range.high)) tree["maximum"] = whole_if_possible(range.high);
}

Tree tree_of(const Shape& shape, const Range& range);

Tree call() {
  return {{"type", "object"},
          {"minProperties", 1},
          {"maxProperties", 1},
          {"properties", {{"parallel", reference(call_group_section().name)}}},
          {"additionalProperties", reference(call_section().name)}};
}

Tree uncertain(const Tree& item) {
  return {{"type", "object"},
          {"properties",
           {{"low", item},
            {"mid", item},
            {"high", item},
            {"confidence", tree_of({Form::probability}, any)}}},
          {"required", {"low", "mid", "high", "confidence"}},
          {"additionalProperties", false}};
}

Tree any_of(const std::vector<Shape>& forms, const Range& range) {
  Tree trees = Tree::array();
  for (const Shape& form : forms) trees.push_back(tree_of(form, range));
  return {{"anyOf", trees}};
}

// Keyed by `pattern`; anything where it is empty.
Tree collection(const std::string& pattern, Tree item) {
  Tree tree{{"type", "object"}};
  if (!pattern.empty()) tree["propertyNames"] = {{"pattern", pattern}};
  tree["additionalProperties"] = std::move(item);
  return tree;
}

Tree tree_of_collection(const Shape& shape, const Range& range) {
  const Tree item = tree_of(shape.item.front(), range);
  switch (shape.form) {
    case Form::uncertain: return {{"anyOf", Tree::array({item, uncertain(item)})}};
    case Form::names: return collection(names_pattern(), item);
    case Form::free_names: return collection("", item);
    case Form::numbered: return collection("^(0|[1-9][0-9]{0,9})$", item);
    case Form::steps:
      return {{"anyOf", Tree::array({item, collection(pattern_of(Form::duration), item)})}};
    default: return {{"type", "array"}, {"items", item}};
  }
}

Tree tree_of(const Shape& shape, const Range& range) {
  Tree tree;
  switch (shape.form) {
    case Form::count:
      tree = {{"type", "integer"}};
      bound(tree, range);
      return tree;
    case Form::number:
      tree = {{"type", "number"}};
      bound(tree, range);
      return tree;
    case Form::flag: return {{"type", "boolean"}};
    case Form::text: return {{"type", "string"}};
    case Form::word: return {{"enum", shape.words}};
    case Form::object: return reference(shape.section->name);
    case Form::one_of: return reference(shape.one_of->name);
    case Form::any_of: return any_of(shape.item, range);
    case Form::calls:
      tree = {{"type", "array"}, {"minItems", 1}, {"items", call()}};
      return {{"anyOf", Tree::array({call(), tree})}};
    default: break;
  }
  for (const Quantity& quantity : quantities)
    if (quantity.form == shape.form) return reference(quantity.name);
  return tree_of_collection(shape, range);
}

// A key's value with what an editor shows beside it. Draft 07 ignores whatever stands beside
// "$ref", so a reference is wrapped.
Tree documented(const Key& key) {
  Tree tree = tree_of(key.shape, key.range);
  if (tree.contains("$ref")) tree = {{"allOf", Tree::array({tree})}};
  tree["description"] = key.about;
  if (!key.default_text.empty()) tree["default"] = Tree::parse(key.default_text);
  if (!key.example.empty()) tree["examples"] = Tree::array({Tree::parse(key.example)});
  return tree;
}

void add_keys(const Section& section, Tree& object, Tree& required) {
  for (const Key& key : section.keys) {
    object["properties"][key.name] = documented(key);
    if (key.required) required.push_back(key.name);
  }
}

Tree object_of(const Section& section, const Section::Variant* variant) {
  Tree object{{"type", "object"}};
  Tree required = Tree::array();
  object["properties"] = Tree::object();
  add_keys(section, object, required);
  if (variant && variant->section) add_keys(*variant->section, object, required);
  if (variant) {
    Tree& selector = object["properties"][section.selector];
    selector["enum"] = Tree::array({variant->word});
    if (variant->word != section.selected_by_default) selector.erase("default");
  }
  if (variant && variant->word != section.selected_by_default) required.push_back(section.selector);
  if (!required.empty()) object["required"] = required;
  object["additionalProperties"] = false;
  return object;
}

// One complete object for each variant: only so can unknown keys be refused.
Tree definition_of(const Section& section) {
  Tree tree;
  if (section.variants.empty()) {
    tree = object_of(section, nullptr);
  } else {
    tree["oneOf"] = Tree::array();
    for (const Section::Variant& variant : section.variants)
      tree["oneOf"].push_back(object_of(section, &variant));
  }
  tree["description"] = section.about;
  return tree;
}

Tree definition_of(const OneOf& choice) {
  Tree tree{{"oneOf", Tree::array()}, {"description", choice.about}};
  if (choice.plain) tree["oneOf"].push_back(tree_of(*choice.plain, any));
  for (const Key& key : choice.alternatives) {
    Tree value = documented(key);
    value.erase("examples");
    tree["oneOf"].push_back({{"type", "object"},
                             {"properties", {{key.name, value}}},
                             {"required", Tree::array({key.name})},
                             {"additionalProperties", false},
                             {"examples", Tree::array({Tree::parse(key.example)})}});
  }
  return tree;
}

Tree schema() {
  Tree tree{{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "Springtide scenario"}};
  tree.update(definition_of(scenario_section()));
  Tree& definitions = tree["definitions"] = Tree::object();
  for (const Quantity& quantity : quantities)
    definitions[quantity.name] = {{"type", "string"},
                                  {"pattern", pattern_of(quantity.form)},
                                  {"description", quantity.about}};
  for (const Section* section : language().sections)
    if (section != &scenario_section()) definitions[section->name] = definition_of(*section);
  for (const OneOf* choice : language().choices) definitions[choice->name] = definition_of(*choice);
  return tree;
}

}  // namespace

std::string schema_text() { return schema().dump(2) + "\n"; }

}  // namespace springtide::spec
