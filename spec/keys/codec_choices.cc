// Values of several forms: distributions, plans; objects whose kind decides their keys.
#include <filesystem>

#include <fmt/format.h>

#include "spec/keys/codec.h"
#include "spec/presets.h"

namespace springtide::spec {
namespace {

// One duration a line; blank lines and lines that begin with '#' are skipped.
void read_sample(Reading& reading, const std::string& path, const std::string& text,
                 std::vector<Duration>& values) {
  int line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) end = text.size();
    std::string_view word(text.data() + begin, end - begin);
    begin = end + 1;
    ++line;
    while (!word.empty() && (word.back() == '\r' || word.back() == ' ')) word.remove_suffix(1);
    if (word.empty() || word.front() == '#') continue;
    const auto value = parse_duration(word);
    if (value && value->ns >= 0) {
      values.push_back(*value);
      continue;
    }
    Diagnostic problem{.file = path,
                       .line = line,
                       .column = 1,
                       .pointer = {},
                       .what = "this line is not a duration",
                       .expected = "one such as \"2.1ms\" a line",
                       .received = shown(word),
                       .hint = {}};
    reading.problems().push_back(std::move(problem));
    return;  // one says enough: the file is of another form
  }
}

// A path in a scenario is relative to the file in which it is written.
std::string sample_path(const Reading& reading, const Json& json, const std::string& file) {
  const std::string& source = reading.document().sources[static_cast<std::size_t>(json.at.source)];
  return (std::filesystem::path(source).parent_path() / file).string();
}

void load_sample(Reading& reading, const Json& json, Empirical& empirical) {
  const Json* file = json.find("file");
  const Reading::Level level(reading, "file");
  const std::string path = sample_path(reading, *file, empirical.file);
  std::error_code error;
  const auto told = [&](std::string what, std::string hint) {
    reading.problem(file->at,
                    {.what = std::move(what), .received = shown(path), .hint = std::move(hint)});
  };
  if (!std::filesystem::is_regular_file(path, error))
    return told("there is no such file", "a path is relative to the file it is written in");
  std::string text;
  Diagnostics unreadable;
  if (!read_text(path, text, unreadable)) return told(unreadable.front().what, "");
  auto values = std::make_shared<std::vector<Duration>>();
  const std::size_t before = reading.problem_count();
  read_sample(reading, path, text, *values);
  if (values->empty() && reading.problem_count() == before)
    return told("the file holds no duration", "one duration with its unit a line");
  empirical.values = std::move(values);
}

// An alternative of a distribution: its section, then, if all is well, the value.
template <class T>
Key form(std::string name, std::string example) {
  Key key{.name = std::move(name),
          .about = section<T>().about,
          .example = std::move(example),
          .default_text = {},
          .required = false,
          .range = any,
          .shape = {.form = Form::object, .section = &section<T>()},
          .read = {}};
  key.read = [](Reading& reading, const Json& json, void* target) {
    const std::size_t before = reading.problem_count();
    T value{};
    Codec<T>::read(reading, json, any, value);
    if constexpr (std::is_same_v<T, Empirical>)
      if (reading.problem_count() == before) load_sample(reading, json, value);
    if (reading.problem_count() == before)
      *static_cast<Distribution*>(target) = Distribution(std::move(value));
  };
  return key;
}

// An alternative of a plan, filled through its only member M or, without one, as a section.
template <class P, class C, class M>
Key plan_of(std::string name, std::string about, std::string example, M P::*member) {
  Key key{.name = std::move(name),
          .about = std::move(about),
          .example = std::move(example),
          .default_text = {},
          .required = false,
          .range = not_negative,
          .shape = C::describe(),
          .read = {}};
  key.read = [member](Reading& reading, const Json& json, void* target) {
    P& plan = static_cast<Plan*>(target)->emplace<P>();
    C::read(reading, json, not_negative, plan.*member);
  };
  return key;
}

template <class P>
Key plan_of(std::string name, std::string example) {
  Key key{.name = std::move(name),
          .about = section<P>().about,
          .example = std::move(example),
          .default_text = {},
          .required = false,
          .range = any,
          .shape = Codec<P>::describe(),
          .read = {}};
  key.read = [](Reading& reading, const Json& json, void* target) {
    Codec<P>::read(reading, json, any, static_cast<Plan*>(target)->emplace<P>());
  };
  return key;
}

}  // namespace

const OneOf& distribution_choice() {
  static const OneOf choice{
      .name = "distribution",
      .about = "A span of time drawn at random. A string such as \"2ms\" is a constant.",
      .plain = Codec<Duration>::describe(),
      .alternatives = {
          form<Exponential>("exponential", R"({"exponential": {"mean": "2ms"}})"),
          form<Uniform>("uniform", R"({"uniform": {"low": "1ms", "high": "3ms"}})"),
          form<Lognormal>("lognormal", R"({"lognormal": {"median": "2ms", "p99": "20ms"}})"),
          form<Pareto>("pareto", R"({"pareto": {"minimum": "1ms", "shape": 1.5}})"),
          form<Erlang>("erlang", R"({"erlang": {"mean": "2ms", "phases": 4}})"),
          form<Hyperexponential>("hyperexponential",
                                 R"({"hyperexponential": {"probability": "10%", )"
                                 R"("mean-1": "8ms", "mean-2": "1ms"}})"),
          form<Empirical>("empirical", R"({"empirical": {"file": "measured.txt"}})")}};
  return choice;
}

Shape Codec<Distribution>::describe() {
  return {.form = Form::one_of, .one_of = &distribution_choice()};
}

void Codec<Distribution>::read(Reading& reading, const Json& json, const Range&,
                               Distribution& value) {
  if (json.is(Json::Kind::string) || json.is(Json::Kind::number)) {
    Duration constant;
    Codec<Duration>::read(reading, json, not_negative, constant);
    value = Distribution(Constant{constant});
    return;
  }
  const Chosen chosen = choose(reading, json, distribution_choice());
  if (chosen.key == nullptr) return;
  const Reading::Level level(reading, chosen.key->name);
  chosen.key->read(reading, *chosen.value, &value);
}

std::string Codec<Distribution>::text(const Distribution& value) {
  const auto* constant = std::get_if<Constant>(&value.form());
  return constant ? Codec<Duration>::text(constant->value) : std::string();
}

const OneOf& plan_choice() {
  using Steps = Codec<RateSteps>;
  static const OneOf choice{
      .name = "plan",
      .about = "When requests are meant to be sent.",
      .plain = {},
      .alternatives = {
          plan_of<PoissonPlan, Steps>(
              "poisson", "independent users: exponential intervals at this rate, which may change",
              R"({"poisson": {"0s": "30k/s", "8min": "60k/s"}})", &PoissonPlan::rate),
          plan_of<ConstantPlan, Steps>("constant", "evenly spaced at this rate, which may change",
                                       R"({"constant": "10/s"})", &ConstantPlan::rate),
          plan_of<RenewalPlan, Codec<Distribution>>(
              "renewal", "independent intervals of any distribution",
              R"({"renewal": {"erlang": {"mean": "1ms", "phases": 4}}})", &RenewalPlan::interval),
          plan_of<ClosedPlan>("closed", R"({"closed": {"users": 10, "think": {"exponential": )"
                                        R"({"mean": "1s"}}}})"),
          plan_of<SlotsPlan>("slots", R"({"slots": {"rate": "30k/s"}})"),
          plan_of<CuesPlan>("cues", R"({"cues": {"cues": {"wave": {"at": "10s", "share": "30%"}}, )"
                                    R"("reaction": "3s", "shaking": "60s", "hand": "1s"}})"),
          plan_of<FunnelPlan>("funnel", R"({"funnel": {"exposures": "160k/s", "clicks": "20%", )"
                                        R"("dynamic": 3}})")}};
  return choice;
}

Shape Codec<Plan>::describe() { return {.form = Form::one_of, .one_of = &plan_choice()}; }

void Codec<Plan>::read(Reading& reading, const Json& json, const Range&, Plan& value) {
  const Chosen chosen = choose(reading, json, plan_choice());
  if (chosen.key == nullptr) return;
  const Reading::Level level(reading, chosen.key->name);
  chosen.key->read(reading, *chosen.value, &value);
}

std::string Codec<Plan>::text(const Plan&) { return {}; }

Shape Codec<Service>::describe() { return {.form = Form::object, .section = &section<Service>()}; }

void Codec<Service>::read(Reading& reading, const Json& json, const Range&, Service& value) {
  const auto variant = chosen_variant(json, section<Service>());
  std::vector<Part> parts{{&section<Service>(), &value}};
  if (variant && variant->section == &section<Station>())
    parts.push_back({variant->section, &value.kind.emplace<Station>()});
  if (variant && variant->section == &section<RedPacketAccess>())
    parts.push_back({variant->section, &value.kind.emplace<RedPacketAccess>()});
  read_parts(reading, json, parts, !variant.has_value());
}

std::string Codec<Service>::text(const Service&) { return {}; }

Shape Codec<Runtime>::describe() { return {.form = Form::object, .section = &section<Runtime>()}; }

void Codec<Runtime>::read(Reading& reading, const Json& json, const Range&, Runtime& value) {
  const auto variant = chosen_variant(json, section<Runtime>());
  if (variant) value = *preset(variant->word);
  std::vector<Part> parts{{&section<Runtime>(), &value}};
  if (variant && variant->section != nullptr) {
    const bool loop = variant->section == &section<EventLoop>();
    parts.push_back({variant->section, loop ? static_cast<void*>(&value.loop) : &value.go});
    for (const Key& key : variant->section->keys)
      if (const Json* given = json.find(key.name)) value.overrides[key.name] = shown(*given);
  }
  read_parts(reading, json, parts, !variant.has_value());
}

std::string Codec<Runtime>::text(const Runtime&) { return {}; }

}  // namespace springtide::spec
