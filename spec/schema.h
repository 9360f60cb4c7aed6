// The JSON Schema (draft 07) of scenarios, generated from the key table.
//
// It accepts every scenario that the reader accepts. It rejects wrong types, unknown keys, missing
// units and numbers out of range; what needs more than one value to see (names that must exist,
// a phase after the end, the range of a quantity in a string) only the reader judges.
#pragma once

#include <string>

namespace springtide::spec {

// The schema as text, ended by a newline; the same for every call.
std::string schema_text();

}  // namespace springtide::spec
