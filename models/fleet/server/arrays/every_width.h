// For loops over arrays: the function is compiled for several widths of vector registers, and the
// machine that runs it decides which is taken, never what comes out.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SPRINGTIDE_EVERY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define SPRINGTIDE_EVERY_WIDTH
#endif
