// Compiles the loops once a level and chooses among them at run time.
#include "kernels.h"

#define INLINE static inline __attribute__((always_inline))
// A block of input rows that leaves half of a second-level cache of 1 MiB to the weights.
#define BLOCK_FLOATS (128 * 1024)

#define LEVEL(name) portable_##name
#define WIDTH 4
#define TILE_ROWS 4
#include "level.inc"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL(name) avx2_##name
#define WIDTH 8
#define TILE_ROWS 6
#include "level.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define LEVEL(name) avx512_##name
#define WIDTH 16
#define TILE_ROWS 14
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

// `call` with its level's prefix.
#define AT(level, call)                                                                                                \
    switch (usable(level)) {                                                                                           \
    case KERNELS_AVX512: return avx512_##call;                                                                         \
    case KERNELS_AVX2: return avx2_##call;                                                                             \
    default: return portable_##call;                                                                                   \
    }
#else
int kernels_best_level(void) { return KERNELS_PORTABLE; }
#define AT(level, call) return ((void)(level), portable_##call)
#endif

void kernels_dot_scan_at(int level, const float *query, const float *rows, size_t count, size_t dimension,
                         float *scores) {
    AT(level, dot_scan(query, rows, count, dimension, scores));
}

void kernels_dot_scan(const float *query, const float *rows, size_t count, size_t dimension, float *scores) {
    kernels_dot_scan_at(KERNELS_AVX512, query, rows, count, dimension, scores);
}

size_t kernels_packed_bytes(int level, size_t outputs, size_t inputs) {
    AT(level, packed_count(outputs, inputs) * sizeof(float));
}

void kernels_pack(int level, const float *weights, const float *bias, size_t rows, size_t inputs, float scale,
                  size_t first, void *packed) {
    AT(level, pack(weights, inputs, 1, bias, rows, inputs, scale, first, packed));
}

void kernels_linear_apply(int level, const kernels_linear *linear, const float *x, size_t x_stride, size_t rows,
                          int then, float *y, size_t y_stride) {
    AT(level, linear(linear->packed, linear->outputs, linear->inputs, x, x_stride, rows, then, y, y_stride));
}

void kernels_embed(int level, const int32_t *ids, size_t count, size_t width, const float *words,
                   const float *positions, const float *type, float *y) {
    AT(level, embed(ids, count, width, words, positions, type, y));
}

void kernels_layer_norm(int level, float *x, size_t rows, size_t width, const float *gamma, const float *beta,
                        float epsilon) {
    AT(level, layer_norm(x, rows, width, gamma, beta, epsilon));
}

size_t kernels_attention_scratch(int level, size_t length, size_t size) {
    AT(level, attention_scratch(length, size));
}

void kernels_attention(int level, const float *mixed, size_t stride, size_t length, size_t heads, size_t size,
                       float *out, size_t out_stride, float *scratch) {
    AT(level, attention(mixed, stride, length, heads, size, out, out_stride, scratch));
}

void kernels_mean_unit(int level, const float *x, size_t rows, size_t width, float *out) {
    AT(level, mean_unit(x, rows, width, out));
}
