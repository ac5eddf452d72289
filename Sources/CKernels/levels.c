// Compiles the loops once a level and chooses among them at run time.
#include "kernels.h"

#define INLINE static inline __attribute__((always_inline))

#define LEVEL(name) portable_##name
#define WIDTH 4
#include "level.inc"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL(name) avx2_##name
#define WIDTH 8
#include "level.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define LEVEL(name) avx512_##name
#define WIDTH 16
#include "level.inc"
#pragma clang attribute pop

// The compiler's run-time library asks cpuid and XCR0 once, before main.
int kernels_best_level(void) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return KERNELS_PORTABLE;
    const int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                     && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    return wide ? KERNELS_AVX512 : KERNELS_AVX2;
}

static int usable(int level) {
    const int best = kernels_best_level();
    return level < best ? level : best;
}

#define AT(level, call)                                                                                                \
    switch (usable(level)) {                                                                                           \
    case KERNELS_AVX512: avx512_##call; break;                                                                         \
    case KERNELS_AVX2: avx2_##call; break;                                                                             \
    default: portable_##call;                                                                                          \
    }
#else
int kernels_best_level(void) { return KERNELS_PORTABLE; }
#define AT(level, call) ((void)(level), portable_##call)
#endif

void kernels_dot_scan_at(int level, const float *query, const float *rows, size_t count, size_t dimension,
                         float *scores) {
    AT(level, dot_scan(query, rows, count, dimension, scores));
}

void kernels_dot_scan(const float *query, const float *rows, size_t count, size_t dimension, float *scores) {
    kernels_dot_scan_at(KERNELS_AVX512, query, rows, count, dimension, scores);
}
