// Reading a document against the key table: collects every problem, goes on after each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/keys/table.h"

namespace springtide::spec {

class Reading {
 public:
  Reading(const Document& document, Diagnostics& problems)
      : document_(document), problems_(problems) {}

  // Below `part` while the returned guard lives: the pointer of a problem says so.
  class Level {
   public:
    Level(Reading& reading, std::string_view part);
    ~Level() { reading_.pointer_.resize(length_); }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Reading& reading_;
    std::size_t length_;
  };

  struct Text {
    std::string what, expected = {}, received = {}, hint = {};
  };
  void problem(Place place, Text text);
  void wrong_type(const Json& json, std::string what, std::string expected, std::string hint = "");

  const Document& document() const { return document_; }
  Diagnostics& problems() { return problems_; }
  std::size_t problem_count() const { return problems_.size(); }
  const std::string& pointer() const { return pointer_; }

 private:
  const Document& document_;
  Diagnostics& problems_;
  std::string pointer_;
};

// A section and the struct that it fills.
struct Part {
  const Section* section;
  void* target;
};

// Reads an object whose keys are those of all parts together. With `more_keys_unknown` other keys
// are not judged (which section they belong to could not be told).
void read_parts(Reading& reading, const Json& json, const std::vector<Part>& parts,
                bool more_keys_unknown = false);

// The variant that the object's selector chooses; nothing where its word is unknown.
std::optional<Section::Variant> chosen_variant(const Json& json, const Section& section);

// The alternative and its value; null, with a problem told, where the object is not one.
struct Chosen {
  const Key* key = nullptr;
  const Json* value = nullptr;
};
Chosen choose(Reading& reading, const Json& json, const OneOf& one_of);

// A name in a collection: letters, digits, '-' and '_', at most 64.
bool is_name(std::string_view text);

}  // namespace springtide::spec
