// How a member's C++ type is described, read and written: one Codec for each type.
//
//   describe()  what may stand there, for the schema and the docs
//   read()      from JSON into the member; problems go to the Reading
//   text()      a default as JSON text; empty: nothing
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "base/quantity.h"
#include "spec/keys/reading.h"
#include "spec/keys/sections.h"

namespace springtide::spec {

// --- Leaves (codec.cc) -----------------------------------------------------------------------
#define SPRINGTIDE_LEAF(Type, form_name)                                                   \
  template <>                                                                              \
  struct Codec<Type> {                                                                     \
    static Shape describe() { return {Form::form_name}; }                                  \
    static void read(Reading& reading, const Json& json, const Range& range, Type& value); \
    static std::string text(const Type& value);                                            \
  };
SPRINGTIDE_LEAF(Duration, duration)
SPRINGTIDE_LEAF(Rate, rate)
SPRINGTIDE_LEAF(Bytes, bytes)
SPRINGTIDE_LEAF(BitRate, bit_rate)
SPRINGTIDE_LEAF(Probability, probability)
SPRINGTIDE_LEAF(std::int64_t, count)
SPRINGTIDE_LEAF(std::uint64_t, count)
SPRINGTIDE_LEAF(int, count)
SPRINGTIDE_LEAF(double, number)
SPRINGTIDE_LEAF(bool, flag)
SPRINGTIDE_LEAF(std::string, text)
#undef SPRINGTIDE_LEAF

// A probability kept in a bare double.
struct AsProbability {
  static Shape describe() { return {Form::probability}; }
  static void read(Reading& reading, const Json& json, const Range& range, double& value);
  static std::string text(double value);
};

// An enumeration: words_of<E>()[i] is the word of the enumerator with value i.
void read_word(Reading& reading, const Json& json, const std::vector<std::string>& words,
               int& value);

template <class E>
requires std::is_enum_v<E>
struct Codec<E> {
  static Shape describe() { return {.form = Form::word, .words = words_of<E>()}; }
  static void read(Reading& reading, const Json& json, const Range&, E& value) {
    int index = static_cast<int>(value);
    read_word(reading, json, words_of<E>(), index);
    value = static_cast<E>(index);
  }
  static std::string text(E value) {
    return "\"" + words_of<E>()[static_cast<std::size_t>(value)] + "\"";
  }
};

// --- Structs, and what may be absent ------------------------------------------------------------
template <class T>
requires HasSection<T>
struct Codec<T> {
  static Shape describe() { return {.form = Form::object, .section = &section<T>()}; }
  static void read(Reading& reading, const Json& json, const Range&, T& value) {
    read_parts(reading, json, {{&section<T>(), &value}});
  }
  static std::string text(const T&) { return {}; }
};

template <class T>
struct Codec<std::optional<T>> {
  static Shape describe() { return Codec<T>::describe(); }
  static void read(Reading& reading, const Json& json, const Range& range,
                   std::optional<T>& value) {
    Codec<T>::read(reading, json, range, value.emplace());
  }
  static std::string text(const std::optional<T>&) { return {}; }
};

// --- Collections ---------------------------------------------------------------------------------
bool expect_object(Reading& reading, const Json& json, const char* of_what);
bool expect_list(Reading& reading, const Json& json);
bool read_name(Reading& reading, const std::string& name, Place place);
bool read_instant(Reading& reading, const std::string& key, Place place, Duration& instant);
bool read_number_key(Reading& reading, const std::string& key, Place place, std::int64_t& number);

template <class T>
struct Codec<std::map<std::string, T>> {
  static Shape describe() { return {.form = Form::names, .item = {Codec<T>::describe()}}; }
  static void read(Reading& reading, const Json& json, const Range& range,
                   std::map<std::string, T>& values) {
    if (!expect_object(reading, json, "names")) return;
    for (const auto& [name, value] : json.members) {
      const Reading::Level level(reading, name);
      if (read_name(reading, name, value.key_at))
        Codec<T>::read(reading, value, range, values[name]);
    }
  }
  static std::string text(const std::map<std::string, T>&) { return {}; }
};

template <class T>
struct Codec<std::map<Duration, T>> {
  static Shape describe() { return {.form = Form::steps, .item = {Codec<T>::describe()}}; }
  static void read(Reading& reading, const Json& json, const Range& range,
                   std::map<Duration, T>& values) {
    if (!json.is(Json::Kind::object)) {
      Codec<T>::read(reading, json, range, values[Duration{}]);
      return;
    }
    if (!expect_object(reading, json, "instants")) return;
    for (const auto& [key, value] : json.members) {
      const Reading::Level level(reading, key);
      Duration instant;
      if (!read_instant(reading, key, value.key_at, instant)) continue;
      if (values.contains(instant))
        reading.problem(value.key_at, {.what = "another key names the same instant"});
      Codec<T>::read(reading, value, range, values[instant]);
    }
  }
  static std::string text(const std::map<Duration, T>&) { return {}; }
};

template <class N, class T>
requires std::is_integral_v<N>
struct Codec<std::map<N, T>> {
  static Shape describe() { return {.form = Form::numbered, .item = {Codec<T>::describe()}}; }
  static void read(Reading& reading, const Json& json, const Range& range, std::map<N, T>& values) {
    if (!expect_object(reading, json, "whole numbers")) return;
    for (const auto& [key, value] : json.members) {
      const Reading::Level level(reading, key);
      std::int64_t number = 0;
      if (read_number_key(reading, key, value.key_at, number))
        Codec<T>::read(reading, value, range, values[static_cast<N>(number)]);
    }
  }
  static std::string text(const std::map<N, T>&) { return {}; }
};

template <class T>
struct Codec<std::vector<T>> {
  static Shape describe() { return {.form = Form::list, .item = {Codec<T>::describe()}}; }
  static void read(Reading& reading, const Json& json, const Range& range, std::vector<T>& values) {
    if (!expect_list(reading, json)) return;
    for (std::size_t i = 0; i < json.items.size(); ++i) {
      const Reading::Level level(reading, std::to_string(i));
      Codec<T>::read(reading, json.items[i], range, values.emplace_back());
    }
  }
  static std::string text(const std::vector<T>&) { return {}; }
};

// --- Choices, objects of several sections (codec_choices.cc), calls (codec_calls.cc) -------------
#define SPRINGTIDE_CHOICE(Type)                                                            \
  template <>                                                                              \
  struct Codec<Type> {                                                                     \
    static Shape describe();                                                               \
    static void read(Reading& reading, const Json& json, const Range& range, Type& value); \
    static std::string text(const Type& value);                                            \
  };
SPRINGTIDE_CHOICE(Distribution)
SPRINGTIDE_CHOICE(Plan)
SPRINGTIDE_CHOICE(Service)
SPRINGTIDE_CHOICE(Runtime)
SPRINGTIDE_CHOICE(std::vector<Call>)
SPRINGTIDE_CHOICE(Bound)
#undef SPRINGTIDE_CHOICE

// Free keys: JSON pointers, metrics.
template <class T>
struct FreeKeys {
  static Shape describe() { return {.form = Form::free_names, .item = {Codec<T>::describe()}}; }
  static void read(Reading& reading, const Json& json, const Range& range,
                   std::map<std::string, T>& values) {
    if (!expect_object(reading, json, "keys")) return;
    for (const auto& [key, value] : json.members) {
      const Reading::Level level(reading, key);
      Codec<T>::read(reading, value, range, values[key]);
    }
  }
  static std::string text(const std::map<std::string, T>&) { return {}; }
};

}  // namespace springtide::spec
