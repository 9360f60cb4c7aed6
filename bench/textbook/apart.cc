#include "bench/textbook/apart.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace springtide::bench {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

Apart run_apart(const std::function<double()>& body) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(1);
  std::fflush(nullptr);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const double result = body();
    const bool told = write(ends[1], &result, sizeof result) == sizeof result;
    std::_Exit(told ? 0 : 1);
  }
  close(ends[1]);
  Apart apart;
  const bool told = read(ends[0], &apart.result, sizeof apart.result) == sizeof apart.result;
  close(ends[0]);
  rusage usage{};
  int status = 0;
  wait4(child, &status, 0, &usage);
  if (!told || status != 0) std::exit(1);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
  apart.seconds = passed.count();
  apart.processor_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  apart.peak_mebibytes = static_cast<double>(usage.ru_maxrss) / 1024;  // Linux: KiB
  return apart;
}

}  // namespace springtide::bench
