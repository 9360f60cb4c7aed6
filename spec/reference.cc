#include "spec/reference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spec/keys/reading.h"
#include "spec/keys/sections.h"
#include "spec/presets.h"

namespace springtide::spec {
namespace {

std::string link(const std::string& name) { return fmt::format("[{0}](#{0})", name); }

std::string type_of(const Shape& shape);

std::string any_of(const std::vector<Shape>& forms) {
  std::vector<std::string> types;
  for (const Shape& form : forms) types.push_back(type_of(form));
  return fmt::to_string(fmt::join(types, " or "));
}

std::string type_of(const Shape& shape) {
  const auto item = [&] { return type_of(shape.item.front()); };
  switch (shape.form) {
    case Form::duration: return "duration";
    case Form::rate: return "rate";
    case Form::bytes: return "size";
    case Form::bit_rate: return "bit rate";
    case Form::probability: return "probability";
    case Form::count: return "whole number";
    case Form::number: return "number";
    case Form::flag: return "true or false";
    case Form::text: return "text";
    case Form::word: return fmt::format("`\"{}\"`", fmt::join(shape.words, "\"`, `\""));
    case Form::object: return link(shape.section->name);
    case Form::one_of: return link(shape.one_of->name);
    case Form::names: return "by name: " + item();
    case Form::free_names: return "by key: " + item();
    case Form::numbered: return "by number: " + item();
    case Form::steps: return item() + ", or by instant: " + item();
    case Form::list: return "list of " + item();
    case Form::calls: return fmt::format("list of {}s", link(call_section().name));
    case Form::uncertain: return item() + ", or `low`, `mid`, `high` of it and their `confidence`";
    case Form::any_of: return any_of(shape.item);
  }
  return {};
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return text;
}

std::string code(const std::string& text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

void add_table(const std::vector<Key>& keys, bool defaults, std::string& out) {
  out += defaults
             ? "| key | type | default | range | meaning | example |\n|---|---|---|---|---|---|\n"
             : "| key | value | meaning | example |\n|---|---|---|---|\n";
  for (const Key& key : keys) {
    const std::string normal = key.required ? "**required**" : code(key.default_text);
    if (defaults)
      out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", key.name, type_of(key.shape),
                         normal, to_string(key.range), cell(key.about), code(key.example));
    else
      out += fmt::format("| `{}` | {} | {} | {} |\n", key.name, type_of(key.shape), cell(key.about),
                         code(key.example));
  }
  out += "\n";
}

void add_section(const Section& section, std::string& out) {
  out += fmt::format("### {}\n\n{}.\n\n", section.name, section.about);
  add_table(section.keys, true, out);
  for (const Section::Variant& variant : section.variants)
    out += variant.section == nullptr
               ? fmt::format("With `\"{}\": \"{}\"` it has no further keys.\n\n", section.selector,
                             variant.word)
               : fmt::format("With `\"{}\": \"{}\"` it also has the keys of {}.\n\n",
                             section.selector, variant.word, link(variant.section->name));
}

void add_presets(std::string& out) {
  out +=
      "### presets\n\nThe constants of each runtime preset and where they come from.\n\n"
      "| constant | go1.8 | go1.19 | source |\n|---|---|---|---|\n";
  for (const PresetConstant& row : preset_constants())
    out += fmt::format("| `{}` | `{}` | `{}` | {} |\n", row.key, row.go_1_8, row.go_1_19,
                       cell(std::string(row.source)));
}

}  // namespace

std::string reference_markdown() {
  std::string out;
  for (const Section* section : language().sections) add_section(*section, out);
  for (const OneOf* choice : language().choices) {
    out += fmt::format("### {}\n\n{}\n\n", choice->name, choice->about);
    add_table(choice->alternatives, false, out);
  }
  add_presets(out);
  return out;
}

}  // namespace springtide::spec
