// SHA-256 (OpenSSL) and the format of sha256sum.
#pragma once

#include <map>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // of OpenSSL

namespace springtide::measure {

// Of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  std::string hex();  // once; nothing can be added after

 private:
  evp_md_ctx_st* context_;
};

std::string sha256_hex(std::string_view bytes);

// One line a file, sorted by path: "<hex>  <path>\n".
std::string sums_text(const std::map<std::string, std::string>& hex_by_path);

}  // namespace springtide::measure
