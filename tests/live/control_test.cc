// Control over HTTP: what is understood, and one clear sentence for everything else.
#include "live/control/control.h"

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace springtide::live;
using control::HttpAnswer;
using control::HttpRequest;

namespace {

struct Asked {
  std::vector<std::int64_t> rates;
  std::vector<control::ShakePackets> shakes;
  std::vector<control::SentPackets> sent;
};

control::HttpRoutes driver(Asked& asked, control::Refusal refusal = std::nullopt) {
  return control::driver_routes({.set_rate = [&asked, refusal](std::int64_t rate) {
    asked.rates.push_back(rate);
    return refusal;
  }});
}

control::HttpRoutes server(Asked& asked) {
  control::ServerControl routes;
  routes.issue_shake_packets = [&asked](const control::ShakePackets& packets) {
    asked.shakes.push_back(packets);
    return control::Refusal();
  };
  routes.issue_sent_packets = [&asked](const control::SentPackets& packets) {
    asked.sent.push_back(packets);
    return control::Refusal();
  };
  return control::server_routes(routes);
}

using Parameters = std::multimap<std::string, std::string>;

HttpAnswer get(const control::HttpRoutes& routes, const std::string& path,
               const Parameters& parameters) {
  return routes.at(path)({path, parameters});
}

}  // namespace

TEST_CASE("the rate of the driver is set") {
  Asked asked;
  const HttpAnswer answer = get(driver(asked), "/qps", {{"qps", "30000"}});
  CHECK(answer.status == 200);
  CHECK(answer.body == "{\"qps\":30000}\n");
  CHECK(asked.rates == std::vector<std::int64_t>{30000});
}

TEST_CASE("what cannot be done now is told with its reason") {
  Asked asked;
  const HttpAnswer answer = get(driver(asked, "the run has ended"), "/qps", {{"qps", "1"}});
  CHECK(answer.status == 409);
  CHECK(answer.body == "{\"error\":\"the run has ended\"}\n");
}

TEST_CASE("packets are issued") {
  Asked asked;
  const auto routes = server(asked);
  const HttpAnswer shakes = get(routes, "/yaohongbao", {{"qps", "200"}, {"sum", "40000"}});
  CHECK(shakes.status == 200);
  CHECK(shakes.body == "{\"qps\":200,\"sum\":40000}\n");
  REQUIRE(asked.shakes.size() == 1);
  CHECK(asked.shakes[0].per_second == 200);
  CHECK(asked.shakes[0].count == 40000);
  const HttpAnswer sent = get(routes, "/fahongbao",
                              {{"qps", "200"}, {"sum", "20000"}, {"min", "0"}, {"max", "599999"}});
  CHECK(sent.status == 200);
  CHECK(sent.body == "{\"qps\":200,\"sum\":20000,\"min\":0,\"max\":599999}\n");
  REQUIRE(asked.sent.size() == 1);
  CHECK(asked.sent[0].first_user == 0);
  CHECK(asked.sent[0].end_user == 599999);
}

TEST_CASE("each wrong parameter is refused in one sentence, and nothing happens") {
  Asked asked;
  const auto driver_side = driver(asked), server_side = server(asked);
  const auto error = [&](const std::string& path, const Parameters& parameters) {
    const HttpAnswer answer = get(path == "/qps" ? driver_side : server_side, path, parameters);
    CHECK(answer.status == 400);
    CHECK(answer.type == "application/json");
    return answer.body;
  };
  CHECK(error("/qps", {}) ==
        "{\"error\":\"qps: expected a whole number from 1 to 10000000, received nothing\"}\n");
  CHECK(error("/qps", {{"qps", "many"}}) ==
        "{\"error\":\"qps: expected a whole number from 1 to 10000000, received 'many'\"}\n");
  for (const std::string wrong :
       {"", "-1", "0", "1.5", "+1", " 1", "1 ", "0x10", "10000001", "99999999999999999999999"})
    CHECK(error("/qps", {{"qps", wrong}}) ==
          "{\"error\":\"qps: expected a whole number from 1 to 10000000, received '" + wrong +
              "'\"}\n");
  CHECK(error("/qps", {{"qps", "1"}, {"qps", "2"}}) ==
        "{\"error\":\"qps: expected a whole number from 1 to 10000000, received it 2 times\"}\n");
  CHECK(error("/qps", {{"qps", "1"}, {"rate", "2"}}) ==
        "{\"error\":\"expected only qps, received 'rate'\"}\n");
  CHECK(error("/qps", {{"qps", std::string(1000, '7')}}) ==
        "{\"error\":\"qps: expected a whole number from 1 to 10000000, received '" +
            std::string(40, '7') + "...'\"}\n");
  CHECK(error("/yaohongbao", {{"qps", "200"}}) ==
        "{\"error\":\"sum: expected a whole number from 1 to 100000000, received nothing\"}\n");
  CHECK(error("/yaohongbao", {{"qps", "1000001"}, {"sum", "1"}}) ==
        "{\"error\":\"qps: expected a whole number from 1 to 1000000, received '1000001'\"}\n");
  CHECK(error("/fahongbao", {{"qps", "1"}, {"sum", "1"}, {"min", "5"}, {"max", "5"}}) ==
        "{\"error\":\"max: expected more than min (5), because users are taken from min up to "
        "max - 1, received 5\"}\n");
  CHECK(error("/fahongbao", {{"qps", "1"}, {"sum", "1"}, {"min", "0"}, {"max", "1200001"}}) ==
        "{\"error\":\"max: expected a whole number from 1 to 1200000, received '1200001'\"}\n");
  CHECK(asked.rates.empty());
  CHECK(asked.shakes.empty());
  CHECK(asked.sent.empty());
}

TEST_CASE("bytes that are no text do not break the answer") {
  Asked asked;
  const HttpAnswer answer = get(driver(asked), "/qps", {{"qps", "\xff\xfe"}});
  CHECK(answer.status == 400);
  CHECK(answer.body.find("received '\xef\xbf\xbd") != std::string::npos);
}
