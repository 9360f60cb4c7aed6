#include "spec/json/expand.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "spec/json/merge.h"

namespace springtide::spec {
namespace {

constexpr std::string_view number_mark = "{n}";

// "further-{1..40}": before, numbers, behind.
struct Rule {
  std::string before, behind;
  std::int64_t first = 0, last = 0;

  std::string name(std::int64_t number) const {
    return fmt::format("{}{}{}", before, number, behind);
  }
};

bool read_number(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && text.front() != '-' && error == std::errc{} &&
         end == text.data() + text.size();
}

std::optional<Rule> rule_of(std::string_view key) {
  for (auto open = key.find('{'); open != key.npos; open = key.find('{', open + 1)) {
    const auto close = key.find('}', open);
    if (close == key.npos) return {};
    const std::string_view inside = key.substr(open + 1, close - open - 1);
    const auto dots = inside.find("..");
    Rule rule{std::string(key.substr(0, open)), std::string(key.substr(close + 1))};
    if (dots != inside.npos && read_number(inside.substr(0, dots), rule.first) &&
        read_number(inside.substr(dots + 2), rule.last))
      return rule;
  }
  return {};
}

void replace_mark(std::string& text, const std::string& number) {
  for (auto at = text.find(number_mark); at != text.npos; at = text.find(number_mark, at))
    text.replace(at, number_mark.size(), number);
}

// Puts the number for {n} in a value; a rule within has its own.
void number_value(Json& value, const std::string& number) {
  if (value.is(Json::Kind::string)) replace_mark(value.text, number);
  for (Json& item : value.items) number_value(item, number);
  std::map<std::string, Json> members;
  for (auto& [key, member] : value.members) {
    std::string name = key;
    if (!rule_of(key)) {
      replace_mark(name, number);
      number_value(member, number);
    }
    members.try_emplace(std::move(name), std::move(member));
  }
  value.members = std::move(members);
}

// What a value costs, in bytes of text: so no rule can exhaust the machine.
std::size_t cost_of(const Json& value) {
  static_assert(text_limit / value_limit >= 64);
  std::size_t cost = 64 + value.text.size();
  for (const Json& item : value.items) cost += cost_of(item);
  for (const auto& [key, member] : value.members) cost += key.size() + cost_of(member);
  return cost;
}

class Expansion {
 public:
  Expansion(const Document& document, Diagnostics& problems)
      : document_(document), problems_(problems) {}

  void expand(Json& value) {
    if (value.is(Json::Kind::list)) expand_list(value);
    if (value.is(Json::Kind::object)) expand_object(value);
  }

 private:
  void expand_list(Json& list) {
    std::vector<Json> items;
    for (Json& item : list.items) {
      const bool one_key = item.is(Json::Kind::object) && item.members.size() == 1;
      const auto rule = one_key ? rule_of(item.members.begin()->first) : std::nullopt;
      if (!rule) {
        items.push_back(std::move(item));
        continue;
      }
      each(*rule, item.members.begin()->second, [&](std::string name, Json entry) {
        Json object;
        object.kind = Json::Kind::object;
        object.at = item.at;
        object.members.emplace(std::move(name), std::move(entry));
        items.push_back(std::move(object));
      });
    }
    list.items = std::move(items);
    for (Json& item : list.items) expand(item);
  }

  void expand_object(Json& object) {
    std::map<std::string, Json> by_rule, written;
    for (auto& [key, member] : object.members) {
      const auto rule = rule_of(key);
      if (!rule)
        written.emplace(key, std::move(member));
      else
        each(*rule, member, [&](std::string name, Json entry) {
          by_rule.insert_or_assign(std::move(name), std::move(entry));
        });
    }
    for (auto& [key, member] : written) {
      const auto found = by_rule.find(key);
      if (found == by_rule.end())
        by_rule.emplace(key, std::move(member));
      else
        merge_patch(found->second, member);
    }
    object.members = std::move(by_rule);
    for (auto& [key, member] : object.members) {
      if (key == "calls" || key == "deliver") in_order(member);
      expand(member);
    }
  }

  // Calls have an order: a rule that stands without a list becomes one.
  static void in_order(Json& calls) {
    if (!calls.is(Json::Kind::object) || calls.members.size() != 1 ||
        !rule_of(calls.members.begin()->first))
      return;
    Json list;
    list.kind = Json::Kind::list;
    list.at = calls.at;
    list.key_at = calls.key_at;
    list.items.push_back(std::move(calls));
    calls = std::move(list);
  }

  template <class Take>
  void each(const Rule& rule, const Json& entry, const Take& take) {
    if (!allowed(rule, entry)) return;
    for (std::int64_t number = rule.first; number <= rule.last; ++number) {
      Json copy = entry;
      number_value(copy, fmt::to_string(number));
      const auto second = rule_of(rule.name(number));
      if (second)
        each(*second, copy, take);
      else
        take(rule.name(number), std::move(copy));
    }
  }

  bool allowed(const Rule& rule, const Json& entry) {
    if (rule.last < rule.first)
      return refuse(entry, "this rule has no entry", "the first number not above the last");
    if (rule.last - rule.first >= rule_limit)
      return refuse(entry, "this rule has too many entries", fmt::format("at most {}", rule_limit));
    made_ += cost_of(entry) * static_cast<std::size_t>(rule.last - rule.first + 1);
    if (made_ > text_limit)
      return refuse(entry, "the rules make too many values",
                    fmt::format("at most {} values", value_limit));
    return true;
  }

  bool refuse(const Json& entry, std::string what, std::string expected) {
    Diagnostic problem = document_.at(entry.key_at);
    problem.what = std::move(what);
    problem.expected = std::move(expected);
    if (problems_.size() < problem_limit) problems_.push_back(std::move(problem));
    return false;
  }

  const Document& document_;
  Diagnostics& problems_;
  std::size_t made_ = 0;  // bytes
};

}  // namespace

void expand_rules(Document& document, Diagnostics& problems) {
  Expansion(document, problems).expand(document.root);
}

}  // namespace springtide::spec
