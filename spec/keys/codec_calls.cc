// Trees of calls, which operations a client asks, bounds on metrics.
#include <fmt/format.h>

#include "spec/keys/codec.h"

namespace springtide::spec {
namespace {

constexpr const char* group_word = "parallel";

void read_call(Reading& reading, const Json& json, std::vector<Call>& calls) {
  if (!json.is(Json::Kind::object) || json.members.size() != 1) {
    const bool several = json.is(Json::Kind::object) && json.members.size() > 1;
    reading.wrong_type(json, "this is not a call", R"(an object with one key, {"service": {}})",
                       several ? R"(calls have an order: [{"first": {}}, {"second": {}}])" : "");
    return;
  }
  const auto& [name, options] = *json.members.begin();
  const Reading::Level level(reading, name);
  Call call;
  call.parallel = name == group_word;
  if (!call.parallel) call.service = name;
  call.written_at = reading.pointer();
  read_parts(reading, options, {{call.parallel ? &call_group_section() : &call_section(), &call}});
  calls.push_back(std::move(call));
}

template <class Q>
bool take(const Json& json, std::optional<Q> (*parse)(std::string_view), double (*amount)(Q),
          Bound::Unit unit, Bound& bound) {
  const std::optional<Q> parsed = parse(json.text);
  if (parsed) bound = {amount(*parsed), unit};
  return parsed.has_value();
}

}  // namespace

Shape Codec<std::vector<Call>>::describe() { return {.form = Form::calls}; }

void Codec<std::vector<Call>>::read(Reading& reading, const Json& json, const Range&,
                                    std::vector<Call>& value) {
  if (!json.is(Json::Kind::list)) return read_call(reading, json, value);
  if (json.items.empty()) reading.wrong_type(json, "no call", "at least one call");
  for (std::size_t i = 0; i < json.items.size(); ++i) {
    const Reading::Level level(reading, std::to_string(i));
    read_call(reading, json.items[i], value);
  }
}

std::string Codec<std::vector<Call>>::text(const std::vector<Call>&) { return {}; }

Shape Codec<Bound>::describe() {
  return {.form = Form::any_of,
          .item = {{Form::number},
                   {Form::rate},
                   {Form::duration},
                   {Form::probability},
                   {Form::bytes},
                   {Form::bit_rate}}};
}

void Codec<Bound>::read(Reading& reading, const Json& json, const Range&, Bound& value) {
  using Unit = Bound::Unit;
  if (json.is(Json::Kind::number)) {
    value = {json.number, Unit::none};
    return;
  }
  const bool known =
      json.is(Json::Kind::string) &&
      (take<Rate>(
           json, parse_rate, [](Rate r) { return r.per_second; }, Unit::per_second, value) ||
       take<Duration>(
           json, parse_duration, [](Duration d) { return d.seconds(); }, Unit::seconds, value) ||
       take<Probability>(
           json, parse_probability, [](Probability p) { return p.value; }, Unit::share, value) ||
       take<Bytes>(
           json, parse_bytes, [](Bytes b) { return static_cast<double>(b.count); }, Unit::bytes,
           value) ||
       take<BitRate>(
           json, parse_bit_rate, [](BitRate b) { return b.bits_per_second; }, Unit::bits_per_second,
           value));
  if (!known)
    reading.wrong_type(json, "this is not a bound on a metric",
                       "a number, or a text with the metric's unit such as \"200k/s\" or \"80%\"");
}

std::string Codec<Bound>::text(const Bound&) { return {}; }

Key asks_key() {
  Key key{.name = "asks",
          .about = "an operation; of a service chain also several, by their share of the requests",
          .example = R"("serve")",
          .default_text = {},
          .required = true,
          .range = between(0, 1),
          .shape = {.form = Form::any_of,
                    .item = {{Form::text}, {.form = Form::names, .item = {{Form::probability}}}}},
          .read = {}};
  key.read = [range = key.range](Reading& reading, const Json& json, void* target) {
    Clients& clients = *static_cast<Clients*>(target);
    if (json.is(Json::Kind::object))
      Codec<std::map<std::string, Probability>>::read(reading, json, range, clients.asks_shares);
    else
      Codec<std::string>::read(reading, json, any, clients.asks);
  };
  return key;
}

}  // namespace springtide::spec
