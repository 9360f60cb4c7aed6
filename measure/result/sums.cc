#include "measure/result/sums.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/check.h"
#include "measure/result/place.h"
#include "measure/result_directory.h"

namespace springtide::measure {
namespace fs = std::filesystem;

namespace {

void check_done(int done) { SPRINGTIDE_CHECK(done == 1, "SHA-256 is not available in OpenSSL"); }

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  check_done(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr));
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::add(std::string_view bytes) {
  check_done(EVP_DigestUpdate(context_, bytes.data(), bytes.size()));
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  check_done(EVP_DigestFinal_ex(context_, digest, &length));
  std::string hex;
  for (unsigned i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hex();
}

std::string sums_text(const std::map<std::string, std::string>& hex_by_path) {
  std::string text;
  for (const auto& [path, hex] : hex_by_path) text += hex + "  " + path + "\n";
  return text;
}

namespace {

Diagnostic sum_problem(const fs::path& path, std::string what) {
  Diagnostic diagnostic;
  diagnostic.file = path.string();
  diagnostic.what = std::move(what);
  return diagnostic;
}

// "<64 hex>  <path>" a line; a line of another form is a problem of the sums themselves.
std::map<std::string, std::string> parse_sums(std::string_view text, const fs::path& file,
                                              Diagnostics& problems) {
  std::map<std::string, std::string> sums;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.size() > 66 && row.substr(64, 2) == "  ") {
      sums[std::string(row.substr(66))] = row.substr(0, 64);
      continue;
    }
    problems.push_back(sum_problem(file, "not a line of sha256sum"));
    problems.back().line = line;
    problems.back().column = 1;
  }
  return sums;
}

}  // namespace

Diagnostics verify_sums(const fs::path& path) {
  const auto text = read_file(path / "SHA256SUMS");
  if (!text.ok()) return text.problems();
  Diagnostics problems;
  const auto sums = parse_sums(text.value(), path / "SHA256SUMS", problems);
  for (const auto& [name, hex] : sums) {
    const auto bytes = read_file(path / name);
    if (!bytes.ok())
      problems.push_back(bytes.problems().front());
    else if (sha256_hex(bytes.value()) != hex)
      problems.push_back(sum_problem(path / name, "differs from its line in SHA256SUMS"));
  }
  std::error_code error;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().lexically_relative(path).string();
    const bool exempt = name == "manifest.json" || name == "SHA256SUMS";
    if (entry->is_regular_file(error) && !exempt && !sums.contains(name))
      problems.push_back(sum_problem(entry->path(), "has no line in SHA256SUMS"));
  }
  return problems;
}

}  // namespace springtide::measure
