#include "live/monitor/state_json.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "live/monitor/quantities.h"

namespace springtide::live::monitor {
namespace {

using Json = nlohmann::ordered_json;

// Whole numbers as such, which is shorter.
Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

std::vector<std::int64_t> shown_seconds(const Aggregator& sums, const StateRequest& request) {
  const auto& history = sums.history();
  std::vector<std::int64_t> seconds;
  for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
    if (seconds.size() == request.most || entry->first <= request.after) break;
    seconds.push_back(entry->first);
  }
  return {seconds.rbegin(), seconds.rend()};
}

Json totals(const Aggregator& sums) {
  namespace s = wire::in_second;
  const wire::Counters& client = sums.total(wire::ProcessType::client);
  const wire::Counters& server = sums.total(wire::ProcessType::server);
  return {
      {"client.requests", client[s::request]}, {"client.responses", client[s::response]},
      {"client.refused", client[s::overload]}, {"client.lost", client[s::lost]},
      {"packets.received", client[s::won]},    {"packets.shares-opened", client[s::open_response]},
      {"server.requests", server[s::request]}, {"server.dropped", server[s::dropped]},
      {"packets.issued", server[s::won]}};
}

}  // namespace

std::string state_json(const Aggregator& sums, const StreamTally& streams,
                       const StateRequest& request) {
  const auto seconds = shown_seconds(sums, request);
  const Aggregator::Tally& tally = sums.tally();
  Json state = {{"title", request.title}, {"began", request.began}, {"now", request.now}};
  state["newest"] = sums.history().empty() ? Json() : Json(sums.history().rbegin()->first);
  state["processes"] = {{"client", sums.reporting(wire::ProcessType::client)},
                        {"server", sums.reporting(wire::ProcessType::server)}};
  state["streams"] = {{"open", sums.open_streams()},
                      {"malformed", streams.malformed},
                      {"refused", streams.refused},
                      {"last_fault", streams.last_fault}};
  state["reports"] = {{"taken", tally.records},
                      {"late", tally.late},
                      {"missing", tally.missing},
                      {"repeated", tally.repeated}};
  state["seconds"] = seconds;
  for (const Quantity& quantity : quantities()) {
    Json values = Json::array();
    for (const std::int64_t second : seconds)
      values.push_back(number(value_of(quantity, sums, second)));
    state["values"][quantity.name] = std::move(values);
    state["quantities"][quantity.name] = {{"unit", quantity.unit}, {"about", quantity.about}};
  }
  state["totals"] = totals(sums);
  return state.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace springtide::live::monitor
