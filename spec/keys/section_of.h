// Writes down a section: one line for each member of the struct.
//
//   SectionOf<Phase>("phase", "a span of time that is reported apart")
//       .key("from", &Phase::from, {.required = true, .example = R"("0s")"}, "its begin")
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "spec/keys/codec.h"

namespace springtide::spec {

struct KeyOptions {
  Range range = any;
  bool required = false;
  std::string example = {};
};

template <class T>
class SectionOf {
 public:
  SectionOf(std::string name, std::string about) {
    section_.name = std::move(name);
    section_.about = std::move(about);
  }

  template <class M>
  SectionOf& key(std::string name, M T::*member, KeyOptions options, std::string about) {
    return key_as<Codec<M>>(std::move(name), member, std::move(options), std::move(about));
  }

  // With another codec than the member's type has.
  template <class C, class M>
  SectionOf& key_as(std::string name, M T::*member, KeyOptions options, std::string about) {
    Key key{.name = std::move(name),
            .about = std::move(about),
            .example = std::move(options.example),
            .default_text = options.required ? std::string() : C::text(T{}.*member),
            .required = options.required,
            .range = options.range,
            .shape = C::describe(),
            .read = {}};
    key.read = [member, range = options.range](Reading& reading, const Json& json, void* target) {
      C::read(reading, json, range, static_cast<T*>(target)->*member);
    };
    section_.keys.push_back(std::move(key));
    return *this;
  }

  // A key that no single member holds.
  SectionOf& key(Key key) {
    section_.keys.push_back(std::move(key));
    return *this;
  }

  // A key whose word chooses which further keys belong to the object.
  SectionOf& selector(std::string name, std::vector<Section::Variant> variants, std::string about) {
    std::vector<std::string> words;
    for (const Section::Variant& variant : variants) words.push_back(variant.word);
    section_.selector = name;
    section_.selected_by_default = words.front();
    section_.variants = std::move(variants);
    Key key{.name = std::move(name),
            .about = std::move(about),
            .example = {},
            .default_text = "\"" + words.front() + "\"",
            .required = false,
            .range = any,
            .shape = {.form = Form::word, .words = words},
            .read = {}};
    key.read = [words](Reading& reading, const Json& json, void*) {
      int ignored = 0;
      read_word(reading, json, words, ignored);
    };
    section_.keys.push_back(std::move(key));
    return *this;
  }

  // A key that must stand there with this one value.
  SectionOf& constant(std::string name, int value, std::string about) {
    Key key{.name = std::move(name),
            .about = std::move(about),
            .example = std::to_string(value),
            .default_text = {},
            .required = true,
            .range = between(value, value),
            .shape = {Form::count},
            .read = {}};
    key.read = [range = key.range](Reading& reading, const Json& json, void*) {
      int ignored = 0;
      Codec<int>::read(reading, json, range, ignored);
    };
    section_.keys.push_back(std::move(key));
    return *this;
  }

  // A text that may stand there and means nothing to a run.
  SectionOf& ignored(std::string name, std::string about) {
    Key key{.name = std::move(name),
            .about = std::move(about),
            .example = {},
            .default_text = {},
            .required = false,
            .range = any,
            .shape = {Form::text},
            .read = {}};
    key.read = [](Reading& reading, const Json& json, void*) {
      std::string text;
      Codec<std::string>::read(reading, json, any, text);
    };
    section_.keys.push_back(std::move(key));
    return *this;
  }

  template <class F>
  SectionOf& check(F complain) {
    section_.check = [complain](const void* target) {
      return complain(*static_cast<const T*>(target));
    };
    return *this;
  }

  // The struct's own values are not what a scenario gets by default.
  SectionOf& defaults_from_elsewhere() {
    for (Key& key : section_.keys) key.default_text.clear();
    return *this;
  }

  Section done() { return std::move(section_); }

 private:
  Section section_;
};

}  // namespace springtide::spec
