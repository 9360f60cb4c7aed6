// How long to wait before a retry.
//
//   wait = first x growth^(retry - 1), at most `longest`, of which the share `jitter` is random
//
// jitter 0: all callers come back together; jitter 1: anywhere between zero and the whole ("full
// jitter": M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/distribution.h"
#include "base/random.h"
#include "base/time.h"

namespace springtide::policy {

struct BackOffRule {
  Distribution first;  // before the first retry
  double growth = 1;   // >= 1
  double jitter = 0;   // 0 .. 1
  Duration longest = minute * 10;
};

// `retry` counts from 1. Draws from the stream only what the rule needs: nothing where it is
// constant and without jitter.
inline Duration back_off(const BackOffRule& rule, std::int64_t retry, Stream& stream) {
  auto wait = static_cast<double>(rule.first.sample(stream).ns);
  const auto longest = static_cast<double>(rule.longest.ns);
  for (std::int64_t i = 1; i < retry && wait < longest && rule.growth > 1; ++i) wait *= rule.growth;
  wait = std::min(wait, longest);
  if (rule.jitter > 0) wait *= 1 - rule.jitter * stream.uniform();
  return rounded_duration(wait);
}

}  // namespace springtide::policy
