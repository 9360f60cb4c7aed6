// Files that the program carries inside itself (cmake/embed.cmake makes the definitions).
#pragma once

#include <string_view>

namespace springtide::reports {

std::string_view report_style();     // page/report.css
std::string_view report_script();    // page/report.js
std::string_view dygraphs_script();  // dygraphs, from Debian's libjs-dygraphs (MIT licence)

}  // namespace springtide::reports
