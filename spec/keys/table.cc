#include "spec/keys/table.h"

#include <algorithm>

#include "spec/keys/sections.h"

namespace springtide::spec {
namespace {

void visit(const Section& section, Language& all);

void visit(const OneOf& choice, Language& all) {
  if (std::find(all.choices.begin(), all.choices.end(), &choice) != all.choices.end()) return;
  all.choices.push_back(&choice);
  for (const Key& key : choice.alternatives)
    if (key.shape.section)
      visit(*key.shape.section, all);
    else if (key.shape.one_of)
      visit(*key.shape.one_of, all);
}

void visit(const Shape& shape, Language& all) {
  if (shape.form == Form::calls) {
    visit(call_section(), all);
    visit(call_group_section(), all);
  }
  if (shape.section) visit(*shape.section, all);
  if (shape.one_of) visit(*shape.one_of, all);
  for (const Shape& item : shape.item) visit(item, all);
}

void visit(const Section& section, Language& all) {
  if (std::find(all.sections.begin(), all.sections.end(), &section) != all.sections.end()) return;
  all.sections.push_back(&section);
  for (const Key& key : section.keys) visit(key.shape, all);
  for (const Section::Variant& variant : section.variants)
    if (variant.section) visit(*variant.section, all);
}

const Key* find_in(const std::vector<Key>& keys, std::string_view name) {
  for (const Key& key : keys)
    if (key.name == name) return &key;
  return nullptr;
}

}  // namespace

const Key* Section::find(std::string_view key) const { return find_in(keys, key); }
const Key* OneOf::find(std::string_view key) const { return find_in(alternatives, key); }

const Section& scenario_section() { return section<Scenario>(); }

const Language& language() {
  static const Language all = [] {
    Language found;
    visit(scenario_section(), found);
    return found;
  }();
  return all;
}

}  // namespace springtide::spec
