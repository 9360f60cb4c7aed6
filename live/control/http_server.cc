#include "live/control/http_server.h"

#include <exception>
#include <httplib.h>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "live/net/sockets.h"

namespace springtide::live::control {
namespace {

constexpr std::size_t threads = 8;
constexpr time_t patience_s = 2;  // with a client that sends nothing, or does not read

// The library would share the port with whoever listens there already (SO_REUSEPORT).
void set_socket_options(int socket) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

// "127.0.0.1:9090", "localhost", "[::1]:80": the part before the port.
std::string host_of(const std::string& authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.rfind(':'));
}

bool is_this_machine(const std::string& authority) {
  const std::string host = host_of(authority);
  return host == "localhost" || host == "[::1]" || net::parse_address(host + ":1", "host").ok();
}

// What makes a request one that must not be answered.
std::optional<HttpAnswer> refuse(const httplib::Request& request) {
  const std::string host = request.get_header_value("Host");
  if (!host.empty() && !is_this_machine(host))
    return http_error(403, "expected this machine as the host, received '" + host + "'");
  const std::string origin = request.get_header_value("Origin");
  const auto scheme_end = origin.find("://");
  if (!origin.empty() &&
      (scheme_end == std::string::npos || !is_this_machine(origin.substr(scheme_end + 3))))
    return http_error(403, "expected a page of this machine, received one of '" + origin + "'");
  if (request.get_header_value("Sec-Fetch-Site") == "cross-site")
    return http_error(403, "expected a page of this machine, received one of another site");
  if (request.method != "GET")
    return http_error(405, "expected the method GET, received " + request.method);
  return std::nullopt;
}

std::string known_paths(const HttpRoutes& routes) {
  std::string text;
  for (const auto& [path, route] : routes) text += (text.empty() ? "" : ", ") + path;
  return text;
}

HttpAnswer answer(const HttpRoutes& routes, const httplib::Request& request) {
  if (auto refused = refuse(request)) return std::move(*refused);
  const auto route = routes.find(request.path);
  if (route == routes.end())
    return http_error(
        404, fmt::format("no path '{}'; expected one of {}", request.path, known_paths(routes)));
  try {
    return route->second({request.path, {request.params.begin(), request.params.end()}});
  } catch (const std::exception& error) { return http_error(500, error.what()); }
}

}  // namespace

HttpAnswer http_error(int status, const std::string& sentence) {
  const nlohmann::json body = {{"error", sentence}};
  return {status, "application/json",
          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

struct HttpServer::Content {
  HttpRoutes routes;
  net::Address address;
  httplib::Server server;
  std::thread thread;

  void configure() {
    server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server.set_address_family(AF_INET);
    server.set_socket_options(set_socket_options);
    server.set_keep_alive_max_count(1);  // a silent browser must not hold a thread
    server.set_keep_alive_timeout(patience_s);
    server.set_read_timeout(patience_s);
    server.set_write_timeout(patience_s);
    server.set_payload_max_length(64 * 1024);
    server.set_default_headers({{"Cache-Control", "no-store"},
                                {"X-Content-Type-Options", "nosniff"},
                                {"Referrer-Policy", "no-referrer"}});
    server.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          const HttpAnswer answered = answer(routes, request);
          response.status = answered.status;
          response.set_content(answered.body, answered.type);
          return httplib::Server::HandlerResponse::Handled;
        });
  }

  bool bind() {
    const std::string text = net::to_string(address);
    return server.bind_to_port(text.substr(0, text.rfind(':')), address.port);
  }
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(const net::Address& listen, HttpRoutes routes,
                                                      const std::string& what) {
  auto reserved = net::reserve(listen, what);
  if (!reserved) return reserved.problems();
  auto content = std::make_unique<Content>();
  content->routes = std::move(routes);
  content->address = reserved.value();
  content->configure();
  if (!content->bind())  // somebody was faster
    return Diagnostic{.file = what,
                      .pointer = "",
                      .what = "cannot listen at " + net::to_string(content->address),
                      .expected = "a free port",
                      .received = "one that another program has just taken",
                      .hint = "try again"};
  Content& running = *content;
  content->thread = std::thread([&running] { running.server.listen_after_bind(); });
  while (!content->server.is_running()) std::this_thread::yield();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(content)));
}

HttpServer::HttpServer(std::unique_ptr<Content> content) : content_(std::move(content)) {}

HttpServer::~HttpServer() {
  content_->server.stop();
  content_->thread.join();
}

const net::Address& HttpServer::address() const { return content_->address; }

std::string HttpServer::url() const { return "http://" + net::to_string(content_->address); }

}  // namespace springtide::live::control
