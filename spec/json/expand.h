// Entries by a rule: a key with {first..last} stands for as many entries.
//
//   "further-{1..40}": { "on": "further", "time": "{n}ms" }
//
// becomes "further-1" to "further-40"; in the keys and texts within, {n} is the number. In a list
// an object whose only key is such a rule becomes as many objects, in the order of the numbers. A
// rule inside a rule has its own {n}; two rules in one key make all pairs, and {n} is the first's.
// An entry that is also written out lies over the rule's, key by key, so that an overlay or a
// setting may change one of them.
//
// The places of all values stay those of the rule. Limits: rule_limit entries a rule, and not more
// values than a text may have (document.h).
#pragma once

#include "spec/json/document.h"

namespace springtide::spec {

inline constexpr std::int64_t rule_limit = 10'000;

// What a key's name looks like where it is a rule, for the schema: ECMA 262, without anchors.
inline constexpr const char* rule_pattern = R"(\{[0-9]+\.\.[0-9]+\})";

// Expands all rules of the document; problems (a rule without entries, too many) leave it half
// done.
void expand_rules(Document& document, Diagnostics& problems);

}  // namespace springtide::spec
