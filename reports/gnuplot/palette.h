// The colours of all charts. Eight hues that stay apart for the usual colour-blindnesses and on
// both grounds; pages use them by name and give them other values in the dark (page/report.css).
#pragma once

#include <array>

namespace springtide::reports {

struct Colour {
  const char* name;  // of the CSS custom property, without "--"
  int red, green, blue;
};

inline constexpr std::array<Colour, 8> line_palette{{{"line-1", 0x1f, 0x6f, 0xc4},
                                                     {"line-2", 0xd9, 0x6b, 0x0b},
                                                     {"line-3", 0x1b, 0x8a, 0x5a},
                                                     {"line-4", 0xc0, 0x35, 0x5b},
                                                     {"line-5", 0x75, 0x50, 0xb8},
                                                     {"line-6", 0x0e, 0x85, 0x96},
                                                     {"line-7", 0x8f, 0x6a, 0x1e},
                                                     {"line-8", 0x5b, 0x68, 0x7a}}};
// Of what was recorded, in turn.
inline constexpr std::array<Colour, 2> recorded_palette{
    {{"recorded", 0xa3, 0x8f, 0x7d}, {"recorded-2", 0x8a, 0xa0, 0x98}}};
inline constexpr Colour ink_colour{"ink", 0x1c, 0x22, 0x2b};
inline constexpr Colour faint_colour{"faint", 0x66, 0x6f, 0x7c};
inline constexpr Colour grid_colour{"grid", 0xe4, 0xe6, 0xea};
inline constexpr Colour band_colour{"band", 0xf3, 0xf4, 0xf6};
inline constexpr Colour incident_colour{"bad", 0xb3, 0x26, 0x1e};

}  // namespace springtide::reports
