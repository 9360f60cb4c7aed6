// SHA-256 (OpenSSL) and the format of sha256sum.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace springtide::measure {

std::string sha256_hex(std::string_view bytes);

// One line a file, sorted by path: "<hex>  <path>\n".
std::string sums_text(const std::map<std::string, std::string>& hex_by_path);

}  // namespace springtide::measure
