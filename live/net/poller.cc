#include "live/net/poller.h"

#include <sys/epoll.h>

#include "live/net/problem.h"

namespace springtide::live::net {

Poller::Poller(File file, std::size_t batch)
    : file_(std::move(file)), events_(batch * sizeof(epoll_event)), ready_(batch) {}

Result<Poller> Poller::make(std::size_t batch) {
  File file(epoll_create1(EPOLL_CLOEXEC));
  if (!file) return kernel_problem("epoll", "the kernel gives none");
  return Poller(std::move(file), batch);
}

bool Poller::add(int descriptor, std::uint64_t token) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = token;
  return epoll_ctl(file_.descriptor(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

bool Poller::add_level(int descriptor, std::uint64_t token) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = token;
  return epoll_ctl(file_.descriptor(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

std::span<const Ready> Poller::wait(int milliseconds) {
  auto* events = reinterpret_cast<epoll_event*>(events_.data());
  return told(
      epoll_wait(file_.descriptor(), events, static_cast<int>(ready_.size()), milliseconds));
}

std::span<const Ready> Poller::wait(Duration longest) {
  auto* events = reinterpret_cast<epoll_event*>(events_.data());
  const timespec timeout{longest.ns / second.ns, longest.ns % second.ns};
  return told(
      epoll_pwait2(file_.descriptor(), events, static_cast<int>(ready_.size()), &timeout, nullptr));
}

std::span<const Ready> Poller::told(int count) {
  const auto* events = reinterpret_cast<const epoll_event*>(events_.data());
  for (int i = 0; i < count; ++i) {
    const std::uint32_t what = events[i].events;
    ready_[static_cast<std::size_t>(i)] = {
        events[i].data.u64, (what & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0,
        (what & EPOLLOUT) != 0, (what & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0};
  }
  return {ready_.data(), static_cast<std::size_t>(count < 0 ? 0 : count)};
}

}  // namespace springtide::live::net
