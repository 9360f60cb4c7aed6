// Changing a document by overlays and settings. Values keep the place where they were written.
#pragma once

#include <string_view>

#include "spec/json/document.h"

namespace springtide::spec {

// RFC 7396: objects merge key by key, null removes, anything else replaces.
void merge_patch(Json& target, const Json& patch);

// Applies one setting "/pointer=value". The value is JSON where it is valid JSON, else a string
// ("10s"); null removes the key; missing objects on the way are made. `source` is the setting's
// own entry in document.sources; problems point to `line` and the column in the argument.
bool apply_setting(std::string_view setting, int source, int line, Document& document,
                   Diagnostics& problems);

}  // namespace springtide::spec
