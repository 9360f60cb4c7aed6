// Numbers that are not known exactly, and bounds on metrics.
//
//   "mid": a plain value, known exactly: "20%"
//   or an object: {"low": "15%", "mid": "20%", "high": "42%", "confidence": "80%"}
#pragma once

#include <map>
#include <string>

#include "spec/keys/section_of.h"

namespace springtide::spec {

template <class T>
struct Codec<Uncertain<T>> {
  static Shape describe() { return {.form = Form::uncertain, .item = {Codec<T>::describe()}}; }

  static void read(Reading& reading, const Json& json, const Range& range, Uncertain<T>& value) {
    if (json.is(Json::Kind::object)) {
      const Section section = section_within(range);
      return read_parts(reading, json, {{&section, &value}});
    }
    T exact{};
    Codec<T>::read(reading, json, range, exact);
    value = Uncertain<T>::exactly(exact);
  }

  static std::string text(const Uncertain<T>& value) { return Codec<T>::text(value.mid); }

 private:
  static Section section_within(const Range& range) {
    using U = Uncertain<T>;
    return SectionOf<U>("uncertain", "a number that is not known exactly")
        .key("low", &U::low, {range, true}, "the least that is likely")
        .key("mid", &U::mid, {range, true}, "what runs use")
        .key("high", &U::high, {range, true}, "the most that is likely")
        .key("confidence", &U::confidence, {{0, 1, true}, true, R"("80%")"},
             "that the truth lies between low and high")
        .check([](const U& value) -> std::optional<Complaint> {
          if (value.low > value.mid)
            return Complaint{"mid", "this is below \"low\"", "at least \"low\"", ""};
          if (value.mid > value.high)
            return Complaint{"high", "this is below \"mid\"", "at least \"mid\"", ""};
          return {};
        })
        .done();
  }
};

// One uncertain value from the start, or one from each instant on.
template <class T>
struct UncertainSteps {
  using Steps = std::map<Duration, Uncertain<T>>;
  static Shape describe() { return Codec<Steps>::describe(); }
  static void read(Reading& reading, const Json& json, const Range& range, Steps& values) {
    for (const char* key : {"low", "mid", "high", "confidence"})
      if (json.find(key) != nullptr)
        return Codec<Uncertain<T>>::read(reading, json, range, values[Duration{}]);
    Codec<Steps>::read(reading, json, range, values);
  }
  static std::string text(const Steps&) { return {}; }
};

}  // namespace springtide::spec
