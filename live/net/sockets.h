// TCP sockets of this machine: listening, connecting, what an error means. All are non-blocking,
// closed on exec, and send small messages at once (TCP_NODELAY).
#pragma once

#include <optional>

#include "base/diagnostic.h"
#include "live/net/address.h"
#include "live/net/file.h"

namespace springtide::live::net {

struct ListenOptions {
  bool share_port = false;  // SO_REUSEPORT: several sockets, the kernel spreads connections
  int backlog = 4096;       // the kernel cuts it to net.core.somaxconn
  // Of each connection, in bytes as setsockopt takes them; 0: the kernel's, which grow by need. A
  // fixed small buffer bounds the kernel's memory for a client that does not read.
  int send_buffer = 0, receive_buffer = 0;
  // Of sockets that share a port, this one takes the connections whose first segment this processor
  // handles: on loopback, those of clients that run there. Set on all of them or on none.
  std::optional<int> processor{};
};

// Accepted sockets inherit TCP_NODELAY and the buffers. `what`: whose problem a failure is.
Result<File> listen_at(const Address& address, const ListenOptions& options, std::string_view what);

// Fails where somebody listens at this address already. A port that is shared (SO_REUSEPORT) would
// else be shared with a stranger's process of the same user, without a word.
Result<Address> reserve(const Address& address, std::string_view what);

// The next connection; none where none waits (errno EAGAIN) or there is no room (EMFILE, ...).
File accept_from(const File& listener);

// Begins to connect to `target` from `source` (port 0: any). The socket is writable when the
// connection is there or has failed: error_of() tells. None: errno says why.
File begin_connect(const Address& target, const Address& source = {});

Address local_address(const File& socket);
int error_of(const File& socket);  // SO_ERROR: 0, or an errno; reading clears it

// Closing it sends a reset instead of an orderly end.
void reset_on_close(const File& socket);

}  // namespace springtide::live::net
