// The live page: one HTML text with its style, its script and the chart library inside.
#pragma once

#include <string>

namespace springtide::live::monitor {

const std::string& page_html();

}  // namespace springtide::live::monitor
