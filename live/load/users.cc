#include "live/load/users.h"

#include <algorithm>

#include "base/check.h"

namespace springtide::live::load {

std::uint32_t Users::take() {
  if (free_ == none) {
    const auto begin = static_cast<std::uint32_t>(chunks_.size()) * chunk;
    chunks_.push_back(std::make_unique<Request[]>(chunk));
    for (std::uint32_t i = chunk; i-- > 0;) give_back(begin + i);
  }
  const std::uint32_t number = free_;
  free_ = request(number).next;
  return number;
}

void Users::give_back(std::uint32_t number) {
  request(number).next = free_;
  free_ = number;
}

Request& Users::append(std::uint32_t user, wire::Command command, std::int64_t intended_ns,
                       std::uint32_t packet) {
  const std::uint32_t number = take();
  Request& made = request(number);
  made = {intended_ns, 0, none, packet, command};
  User& self = users_[user];
  if (self.last != none)
    request(self.last).next = number;
  else
    self.first = number;
  self.last = number;
  if (self.unsent == none) self.unsent = number;
  return made;
}

void Users::written(std::uint32_t user) {
  User& self = users_[user];
  self.unsent = request(self.unsent).next;
  self.half_written = 0;
}

std::optional<Request> Users::answered(std::uint32_t user, wire::Command command,
                                       std::uint32_t packet) {
  User& self = users_[user];
  std::uint32_t before = none;
  for (std::uint32_t at = self.first; at != self.unsent; before = at, at = request(at).next) {
    const Request found = request(at);
    if (found.command != command || found.packet != packet) continue;
    (before == none ? self.first : request(before).next) = found.next;
    if (self.last == at) self.last = before;
    give_back(at);
    return found;
  }
  return {};
}

std::optional<Request> Users::expire(std::uint32_t user, std::int64_t sent_before_ns) {
  User& self = users_[user];
  if (self.first == self.unsent) return {};  // nothing that is written waits
  const Request oldest = request(self.first);
  if (oldest.sent_ns >= sent_before_ns || oldest.command == wire::Command::login) return {};
  give_back(self.first);
  if (self.last == self.first) self.last = none;
  self.first = oldest.next;
  if (self.given_up < 0xffff) ++self.given_up;
  return oldest;
}

bool Users::is_late(std::uint32_t user) {
  User& self = users_[user];
  if (self.given_up == 0) return false;
  --self.given_up;
  return true;
}

Users::Waiting Users::waiting(std::uint32_t user) const {
  const User& self = users_[user];
  Waiting count;
  bool sent = true;
  for (std::uint32_t at = self.first; at != none; at = request(at).next) {
    if (at == self.unsent) sent = false;
    if (sent || (at == self.unsent && self.half_written > 0))
      ++count.sent;
    else if (request(at).command == wire::Command::shake)
      ++count.unsent;
  }
  return count;
}

Users::Waiting Users::forget(std::uint32_t user) {
  const Waiting count = waiting(user);
  User& self = users_[user];
  for (std::uint32_t at = self.first; at != none;) {
    const std::uint32_t next = request(at).next;
    give_back(at);
    at = next;
  }
  self.first = self.last = self.unsent = none;
  self.half_written = 0;
  self.given_up = 0;
  keep_half_read(user, {});
  return count;
}

std::string_view Users::half_read(std::uint32_t user) const {
  const User& self = users_[user];
  if (self.half_read == none) return {};
  return {halves_[self.half_read].data(), self.half_read_size};
}

void Users::keep_half_read(std::uint32_t user, std::string_view bytes) {
  User& self = users_[user];
  if (bytes.empty()) {
    if (self.half_read != none) free_halves_.push_back(self.half_read);
    self.half_read = none;
    self.half_read_size = 0;
    return;
  }
  SPRINGTIDE_CHECK(bytes.size() <= wire::max_length, "more than a message cannot be half read");
  if (self.half_read == none) {
    if (free_halves_.empty()) {
      free_halves_.push_back(static_cast<std::uint32_t>(halves_.size()));
      halves_.emplace_back();
    }
    self.half_read = free_halves_.back();
    free_halves_.pop_back();
  }
  std::copy(bytes.begin(), bytes.end(), halves_[self.half_read].begin());
  self.half_read_size = static_cast<std::uint8_t>(bytes.size());
}

}  // namespace springtide::live::load
