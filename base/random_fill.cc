// Many words of a stream at once: four blocks of Philox4x32-10 side by side where the
// processor has AVX2. A 64-bit lane carries one 32-bit word of a block's counter in
// its low half, as in Stream::refill. Which processor it is changes nothing but the time.
#include "base/random.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace springtide {
namespace {

#if defined(__x86_64__)

bool wide() {
  static const bool avx2 = __builtin_cpu_supports("avx2") != 0;
  return avx2;
}

// Fills words from the front, eight by eight, and returns how many.
__attribute__((target("avx2"))) std::size_t fill_wide(std::span<std::uint64_t> words,
                                                      std::uint64_t block, std::uint64_t entity,
                                                      std::uint64_t key) {
  const __m256i multiplier_0 = _mm256_set1_epi64x(0xd2511f53);
  const __m256i multiplier_1 = _mm256_set1_epi64x(0xcd9e8d57);
  const __m256i low = _mm256_set1_epi64x(0xffffffff);
  std::size_t done = 0;
  for (; done + 8 <= words.size(); done += 8, block += 4) {
    __m256i x0 = _mm256_add_epi64(_mm256_set1_epi64x(static_cast<long long>(block)),
                                  _mm256_set_epi64x(3, 2, 1, 0));
    __m256i x1 = _mm256_srli_epi64(x0, 32);
    __m256i x2 = _mm256_set1_epi64x(static_cast<long long>(entity));
    __m256i x3 = _mm256_srli_epi64(x2, 32);
    __m256i key_0 = _mm256_set1_epi64x(static_cast<long long>(key & 0xffffffff));
    __m256i key_1 = _mm256_set1_epi64x(static_cast<long long>(key >> 32));
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const __m256i p = _mm256_mul_epu32(x0, multiplier_0), q = _mm256_mul_epu32(x2, multiplier_1);
      x0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(q, 32), x1), key_0);
      x2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p, 32), x3), key_1);
      x1 = q;
      x3 = p;
      key_0 = _mm256_add_epi32(key_0, _mm256_set1_epi64x(0x9e3779b9));
      key_1 = _mm256_add_epi32(key_1, _mm256_set1_epi64x(0xbb67ae85));
    }
    const __m256i first = _mm256_or_si256(_mm256_and_si256(x0, low), _mm256_slli_epi64(x1, 32));
    const __m256i second = _mm256_or_si256(_mm256_and_si256(x2, low), _mm256_slli_epi64(x3, 32));
    const __m256i even = _mm256_unpacklo_epi64(first, second);  // blocks 0 and 2
    const __m256i odd = _mm256_unpackhi_epi64(first, second);   // blocks 1 and 3
    auto* to = reinterpret_cast<__m256i*>(&words[done]);
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(even, odd, 0x31));
  }
  return done;
}

#else

bool wide() { return false; }
std::size_t fill_wide(std::span<std::uint64_t>, std::uint64_t, std::uint64_t, std::uint64_t) {
  return 0;
}

#endif

}  // namespace

void Stream::fill(std::span<std::uint64_t> words) {
  std::size_t at = 0;
  while (at < words.size() && next_ < buffer_.size()) words[at++] = bits();
  if (wide()) {
    const std::size_t done = fill_wide(words.subspan(at), block_, entity_, key_);
    block_ += done / 2;
    draws_ += done;
    at += done;
  }
  while (at < words.size()) words[at++] = bits();
}

}  // namespace springtide
