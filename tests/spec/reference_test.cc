#include "spec/reference.h"

#include <set>

#include <doctest/doctest.h>

#include "spec/keys/section_of.h"
#include "spec/presets.h"
#include "spec/schema.h"
#include "tests/spec/golden.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

struct Anything {
  template <class T>
  operator T() const;
};

// How many members an aggregate has: with one initialiser too many it cannot be made.
template <class T, class... A>
constexpr std::size_t members_of() {
  if constexpr (requires { T{std::declval<A>()..., Anything{}}; })
    return members_of<T, A..., Anything>();
  else
    return sizeof...(A);
}

template <class T>
void every_member_has_a_key(int more_keys = 0, const Section& of = section<T>()) {
  CAPTURE(of.name);
  CHECK(static_cast<int>(of.keys.size()) == static_cast<int>(members_of<T>()) + more_keys);
}

void names_are_spelled_right(const std::vector<Key>& keys) {
  std::set<std::string> names;
  for (const Key& key : keys) {
    CAPTURE(key.name);
    CHECK(names.insert(key.name).second);
    CHECK(key.name.find('_') == std::string::npos);
    CHECK_FALSE(key.about.empty());
    const bool example_needed = key.required && key.default_text.empty();
    CHECK((!example_needed || !key.example.empty()));
  }
}

}  // namespace

TEST_CASE("every member of every struct has a key") {
  every_member_has_a_key<ClosedPlan>();
  every_member_has_a_key<SlotsPlan>();
  every_member_has_a_key<Cue>();
  every_member_has_a_key<CuesPlan>();
  every_member_has_a_key<Phones>();
  every_member_has_a_key<Cluster>();
  every_member_has_a_key<StaticResource>();
  every_member_has_a_key<LiveControl>();
  every_member_has_a_key<Connect>();
  every_member_has_a_key<UserProgram>();
  every_member_has_a_key<Clients>(-1);  // "asks" fills two
  every_member_has_a_key<Operation>();
  every_member_has_a_key<Station>();
  every_member_has_a_key<RedPacketAccess>();
  every_member_has_a_key<NetworkCard>();
  every_member_has_a_key<Clock>();
  every_member_has_a_key<GoRuntime>();
  every_member_has_a_key<EventLoop>();
  every_member_has_a_key<LoadDriver>();
  every_member_has_a_key<Node>();
  every_member_has_a_key<Link>();
  every_member_has_a_key<PacketPool>();
  every_member_has_a_key<Incident>();
  every_member_has_a_key<Phase>();
  every_member_has_a_key<RetryBudget>();
  every_member_has_a_key<Retries>();
  every_member_has_a_key<Breaker>();
  every_member_has_a_key<Hedge>();
  every_member_has_a_key<Fallback>();
  every_member_has_a_key<OneWay>();
  every_member_has_a_key<Call>(-3, call_section());  // its service, its kind, where it is written
  every_member_has_a_key<RateLimit>();
  every_member_has_a_key<Shed>();
  every_member_has_a_key<MessageQueue>();
  every_member_has_a_key<Cache>();
  every_member_has_a_key<Reconciliation>();
  every_member_has_a_key<FunnelPlan>();
  every_member_has_a_key<Planning>();
  every_member_has_a_key<Trigger>();
  every_member_has_a_key<Actions>();
  every_member_has_a_key<Undo>();
  every_member_has_a_key<Playbook>();
  every_member_has_a_key<Scenario>(2);  // "springtide" and "$schema" fill no member
}

TEST_CASE("keys are spelled in one way, unique, explained, and shown by an example if required") {
  for (const Section* section : language().sections) names_are_spelled_right(section->keys);
  for (const OneOf* choice : language().choices) names_are_spelled_right(choice->alternatives);
}

TEST_CASE("sections and choices have different names, because the schema refers to them by name") {
  std::set<std::string> names{"duration", "rate", "size", "bit-rate", "probability"};
  for (const Section* section : language().sections) CHECK(names.insert(section->name).second);
  for (const OneOf* choice : language().choices) CHECK(names.insert(choice->name).second);
}

TEST_CASE("every Go constant has one preset row with a source") {
  std::set<std::string_view> rows;
  for (const PresetConstant& row : preset_constants()) {
    CAPTURE(row.key);
    CHECK(rows.insert(row.key).second);
    CHECK(section<GoRuntime>().find(row.key) != nullptr);
    CHECK_FALSE(row.source.empty());
  }
  CHECK(rows.size() == section<GoRuntime>().keys.size());
}

TEST_CASE("presets can be told apart and carry their constants") {
  CHECK(preset_names() == std::vector<std::string>{"threads", "event-loop", "go1.8", "go1.19"});
  CHECK(preset("go1.8")->go.forced_period == second * 120);
  CHECK_FALSE(preset("go1.7").has_value());
}

TEST_CASE("docs/scenario.md holds the reference that the key table gives") {
  const std::string path = "docs/scenario.md";
  const std::string text = content_of(path);
  const auto begin = text.find(reference_begin), end = text.find(reference_end);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  const std::string now = text.substr(0, begin) + reference_begin + "\n" + reference_markdown() +
                          "\n" + text.substr(end);
  // SPRINGTIDE_UPDATE=1 brings it up to date.
  CHECK((golden(path, now) == now));
}
