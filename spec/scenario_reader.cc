#include "spec/scenario_reader.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "spec/json/expand.h"
#include "spec/json/merge.h"
#include "spec/keys/codec.h"
#include "spec/scenario_checks.h"

namespace springtide::spec {
namespace {

std::string sha256(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

void record(const Json& json, const Document& document, const std::string& pointer,
            Positions& positions) {
  positions.by_pointer[pointer] = {document.sources[static_cast<std::size_t>(json.at.source)],
                                   json.at.line, json.at.column};
  for (std::size_t i = 0; i < json.items.size(); ++i)
    record(json.items[i], document, fmt::format("{}/{}", pointer, i), positions);
  for (const auto& [name, member] : json.members)
    record(member, document, pointer + "/" + escape_pointer(name), positions);
}

Diagnostics sorted(Diagnostics problems) {
  std::stable_sort(problems.begin(), problems.end(), [](const auto& a, const auto& b) {
    return std::tie(a.file, a.line, a.column, a.pointer, a.what) <
           std::tie(b.file, b.line, b.column, b.pointer, b.what);
  });
  return problems;
}

// Puts the texts together; false where one of them cannot be read.
class Assembly {
 public:
  explicit Assembly(std::string name) { document_.sources.push_back(std::move(name)); }

  void base(std::string_view text) {
    whole_ = parse_json(text, 0, document_, document_.root, problems_) && whole_;
  }

  void base_file() {
    std::string text;
    if (read_text(document_.sources.front(), text, problems_))
      base(text);
    else
      whole_ = false;
  }

  void overlay(const std::string& path) {
    const int source = add_source(path);
    std::string text;
    Json patch;
    if (!read_text(path, text, problems_) ||
        !parse_json(text, source, document_, patch, problems_)) {
      whole_ = false;
      return;
    }
    if (!patch.is(Json::Kind::object)) {
      Diagnostic problem = document_.at(patch.at);
      problem.what = "an overlay must be an object";
      problem.received = shown(patch);
      problems_.push_back(std::move(problem));
      whole_ = false;
      return;
    }
    merge_patch(document_.root, patch);
  }

  void settings(const std::vector<std::string>& settings) {
    const int source = add_source("--set");
    int line = 0;
    for (const std::string& setting : settings)
      if (++line; whole_) whole_ = apply_setting(setting, source, line, document_, problems_);
  }

  Result<LoadedScenario> finish() {
    if (!whole_) return sorted(std::move(problems_));
    LoadedScenario loaded;
    expand_rules(document_, problems_);
    Reading reading(document_, problems_);
    Codec<Scenario>::read(reading, document_.root, any, loaded.scenario);
    if (document_.root.is(Json::Kind::object))
      check_scenario(loaded.scenario, document_, problems_);
    if (!problems_.empty()) return sorted(std::move(problems_));
    loaded.effective_json = canonical(document_.root);
    loaded.hash = sha256(loaded.effective_json);
    record(document_.root, document_, "", loaded.positions);
    return loaded;
  }

 private:
  int add_source(const std::string& name) {
    document_.sources.push_back(name);
    return static_cast<int>(document_.sources.size()) - 1;
  }

  Document document_;
  Diagnostics problems_;
  bool whole_ = true;
};

}  // namespace

Diagnostic Positions::problem(std::string_view pointer, std::string what) const {
  Diagnostic problem;
  problem.pointer = pointer;
  problem.what = std::move(what);
  auto found = by_pointer.find(pointer);
  while (found == by_pointer.end() && !pointer.empty()) {
    pointer = pointer.substr(0, pointer.rfind('/'));
    found = by_pointer.find(pointer);
  }
  if (found == by_pointer.end()) return problem;
  problem.file = found->second.file;
  problem.line = found->second.line;
  problem.column = found->second.column;
  return problem;
}

Result<LoadedScenario> load_scenario(const ScenarioRequest& request) {
  Assembly assembly(request.path);
  assembly.base_file();
  for (const std::string& overlay : request.overlays) assembly.overlay(overlay);
  assembly.settings(request.settings);
  return assembly.finish();
}

Result<LoadedScenario> load_scenario_text(std::string_view text, const std::string& name,
                                          const std::vector<std::string>& settings) {
  Assembly assembly(name);
  assembly.base(text);
  assembly.settings(settings);
  return assembly.finish();
}

Result<Scenario> read_scenario(const std::string& path) {
  auto loaded = load_scenario({.path = path, .overlays = {}, .settings = {}});
  if (!loaded.ok()) return loaded.problems();
  return std::move(loaded.value().scenario);
}

}  // namespace springtide::spec
