#include "live/control/control.h"

#include <memory>
#include <mutex>
#include <utility>

#include <nlohmann/json.hpp>

#include "live/control/parameters.h"

namespace springtide::live::control {
namespace {

HttpAnswer answer_to(const Refusal& refusal, const nlohmann::ordered_json& understood) {
  if (refusal) return http_error(409, *refusal);
  return {200, "application/json", understood.dump() + "\n"};
}

HttpAnswer set_rate(const DriverControl& control, const HttpRequest& request) {
  Parameters parameters(request);
  const auto rate = parameters.whole("qps", 1, control.most_per_second);
  if (const auto problem = parameters.problem()) return http_error(400, *problem);
  return answer_to(control.set_rate(rate), {{"qps", rate}});
}

HttpAnswer issue_shake_packets(const ServerControl& control, const HttpRequest& request) {
  Parameters parameters(request);
  ShakePackets packets;
  packets.per_second = parameters.whole("qps", 1, control.most_per_second);
  packets.count = parameters.whole("sum", 1, control.most_packets);
  if (const auto problem = parameters.problem()) return http_error(400, *problem);
  return answer_to(control.issue_shake_packets(packets),
                   {{"qps", packets.per_second}, {"sum", packets.count}});
}

HttpAnswer issue_sent_packets(const ServerControl& control, const HttpRequest& request) {
  Parameters parameters(request);
  SentPackets packets;
  packets.per_second = parameters.whole("qps", 1, control.most_per_second);
  packets.count = parameters.whole("sum", 1, control.most_packets);
  packets.first_user = parameters.whole("min", 0, control.users - 1);
  packets.end_user = parameters.whole("max", 1, control.users);
  if (packets.first_user >= packets.end_user)
    parameters.reject("max: expected more than min (" + std::to_string(packets.first_user) +
                      "), because users are taken from min up to max - 1, received " +
                      std::to_string(packets.end_user));
  if (const auto problem = parameters.problem()) return http_error(400, *problem);
  return answer_to(control.issue_sent_packets(packets), {{"qps", packets.per_second},
                                                         {"sum", packets.count},
                                                         {"min", packets.first_user},
                                                         {"max", packets.end_user}});
}

// A route that is never in two threads at once with the others of the same lock.
template <typename Control>
HttpRoute one_at_a_time(std::shared_ptr<std::mutex> mutex, std::shared_ptr<const Control> control,
                        HttpAnswer (*route)(const Control&, const HttpRequest&)) {
  return
      [mutex = std::move(mutex), control = std::move(control), route](const HttpRequest& request) {
        const std::lock_guard lock(*mutex);
        return route(*control, request);
      };
}

}  // namespace

HttpRoutes driver_routes(DriverControl control) {
  const auto shared = std::make_shared<const DriverControl>(std::move(control));
  return {{"/qps", one_at_a_time(std::make_shared<std::mutex>(), shared, set_rate)}};
}

HttpRoutes server_routes(ServerControl control) {
  const auto shared = std::make_shared<const ServerControl>(std::move(control));
  const auto mutex = std::make_shared<std::mutex>();
  return {{"/yaohongbao", one_at_a_time(mutex, shared, issue_shake_packets)},
          {"/fahongbao", one_at_a_time(mutex, shared, issue_sent_packets)}};
}

}  // namespace springtide::live::control
