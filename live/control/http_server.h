// A small HTTP server on loopback: exact paths, GET only, whole answers. For control and for the
// monitor, never for load.
//
// It runs in threads of its own, so it is made after the last fork. A request is taken only if it
// names this machine as its host and comes from no other site: a page of the web that the browser
// on this machine shows must not reach what listens here. SIGPIPE is ignored from the first server
// on, as the library wants it.
//
// The routes are called from several threads at once. An exception in one is answered with 500.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/diagnostic.h"
#include "live/net/address.h"

namespace springtide::live::control {

struct HttpRequest {
  std::string path;                                    // decoded, without parameters
  std::multimap<std::string, std::string> parameters;  // decoded, in the order of their names
};

struct HttpAnswer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
};

// {"error": sentence}
HttpAnswer http_error(int status, const std::string& sentence);

using HttpRoute = std::function<HttpAnswer(const HttpRequest&)>;
using HttpRoutes = std::map<std::string, HttpRoute>;  // by path

class HttpServer {
 public:
  // `what` is the option or part whose port it is, for the problem that the port is taken.
  static Result<std::unique_ptr<HttpServer>> start(const net::Address& listen, HttpRoutes routes,
                                                   const std::string& what);
  ~HttpServer();  // ends what is being answered, then the threads

  // With the port that the kernel chose where 0 was asked for.
  const net::Address& address() const;
  // "http://127.0.0.1:8003"
  std::string url() const;

 private:
  struct Content;
  explicit HttpServer(std::unique_ptr<Content> content);
  std::unique_ptr<Content> content_;
};

}  // namespace springtide::live::control
