// The HTTP server over a real socket: who is answered, who is refused.
#include "live/control/http_server.h"

#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "live/net/file.h"

using namespace springtide;
using namespace springtide::live;
using control::HttpServer;

namespace {

std::unique_ptr<HttpServer> serve(std::uint16_t port = 0) {
  control::HttpRoutes routes;
  routes["/echo"] = [](const control::HttpRequest& request) {
    std::string text = request.path;
    for (const auto& [name, value] : request.parameters) text += " " + name + "=" + value;
    return control::HttpAnswer{200, "text/plain", text};
  };
  routes["/broken"] = [](const control::HttpRequest&) -> control::HttpAnswer {
    throw std::runtime_error("out of order");
  };
  net::Address listen;
  listen.port = port;
  auto server = HttpServer::start(listen, routes, "--http");
  REQUIRE(server.ok());
  return std::move(server.value());
}

// What comes back for these bytes until the server closes.
std::string answer_to(const net::Address& address, const std::string& bytes) {
  const net::File socket(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in to = net::to_sockaddr(address);
  REQUIRE(connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  REQUIRE(send(socket.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
  std::string answer;
  char piece[4096];
  for (ssize_t n; (n = recv(socket.descriptor(), piece, sizeof piece, 0)) > 0;)
    answer.append(piece, static_cast<std::size_t>(n));
  return answer;
}

std::string get(const HttpServer& server, const std::string& target,
                const std::string& headers = "Host: 127.0.0.1\r\n") {
  return answer_to(server.address(), "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n");
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a path is answered with its decoded parameters, and is never cached") {
  const auto server = serve();
  const std::string answer = get(*server, "/echo?a=1%202&b=x+y");
  CHECK(answer.starts_with("HTTP/1.1 200 "));
  CHECK(has(answer, "Cache-Control: no-store\r\n"));
  CHECK(answer.ends_with("\r\n\r\n/echo a=1 2 b=x y"));
}

TEST_CASE("everything else is refused with a sentence") {
  const auto server = serve();
  const std::string unknown = get(*server, "/nothing");
  CHECK(unknown.starts_with("HTTP/1.1 404 "));
  CHECK(has(unknown, "{\"error\":\"no path '/nothing'; expected one of /broken, /echo\"}"));
  const std::string broken = get(*server, "/broken");
  CHECK(broken.starts_with("HTTP/1.1 500 "));
  CHECK(has(broken, "{\"error\":\"out of order\"}"));
  const std::string posted = answer_to(
      server->address(), "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  CHECK(posted.starts_with("HTTP/1.1 405 "));
  CHECK(answer_to(server->address(), "HEAD /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .starts_with("HTTP/1.1 405 "));
}

TEST_CASE("only pages and names of this machine may ask") {
  const auto server = serve();
  for (const std::string host : {"localhost", "localhost:80", "127.0.0.1:9090", "127.8.8.8"})
    CHECK(get(*server, "/echo", "Host: " + host + "\r\n").starts_with("HTTP/1.1 200 "));
  for (const std::string host : {"example.org", "127.0.0.1.example.org", "10.0.0.1:80"})
    CHECK(get(*server, "/echo", "Host: " + host + "\r\n").starts_with("HTTP/1.1 403 "));
  const std::string host = "Host: 127.0.0.1\r\n";
  CHECK(
      get(*server, "/echo", host + "Origin: http://127.0.0.1:3\r\n").starts_with("HTTP/1.1 200 "));
  CHECK(
      get(*server, "/echo", host + "Origin: https://example.org\r\n").starts_with("HTTP/1.1 403 "));
  CHECK(get(*server, "/echo", host + "Origin: null\r\n").starts_with("HTTP/1.1 403 "));
  CHECK(
      get(*server, "/echo", host + "Sec-Fetch-Site: cross-site\r\n").starts_with("HTTP/1.1 403 "));
}

TEST_CASE("a port that is taken is a problem, not a second server behind it") {
  const auto server = serve();
  const auto second = HttpServer::start(server->address(), {}, "--http");
  REQUIRE_FALSE(second.ok());
  const std::string problem = to_string(second.problems());
  CHECK(problem.starts_with("--http: "));
  CHECK(has(problem, "cannot listen at " + net::to_string(server->address())));
  CHECK(has(problem, "ss -ltnp sport = "));
}

TEST_CASE("clients that send nothing hold up neither others nor the end") {
  auto server = serve();
  std::vector<net::File> silent;
  const sockaddr_in to = net::to_sockaddr(server->address());
  for (int i = 0; i < 4; ++i) {
    silent.emplace_back(::socket(AF_INET, SOCK_STREAM, 0));
    REQUIRE(connect(silent.back().descriptor(), reinterpret_cast<const sockaddr*>(&to),
                    sizeof to) == 0);
  }
  CHECK(get(*server, "/echo").starts_with("HTTP/1.1 200 "));
  server.reset();
}

TEST_CASE("a port is free again at once when its server has ended") {
  auto server = serve();
  const std::uint16_t port = server->address().port;
  CHECK(get(*server, "/echo").starts_with("HTTP/1.1 200 "));
  server.reset();
  CHECK(get(*serve(port), "/echo").starts_with("HTTP/1.1 200 "));
}
