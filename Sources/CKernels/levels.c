// Compiles the loops once a level and chooses among them at run time.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
// A block of input rows that leaves half of a second-level cache of 1 MiB to the weights.
#define BLOCK_FLOATS (128 * 1024)
// What the last product of attention leaves: sums as floats, whatever the numbers of the level are.
#define KERNELS_FLOATS 4

#include "emulated_tiles.inc"
#include "gelu_table.inc"

#define LEVEL(name) portable_##name
#define WIDTH 4
#define TILE_ROWS 4
#define ATTENTION_ROWS 4
#include "level.inc"

#define LEVEL(name) emulated_##name
#define WIDTH 4
#define ATTENTION_ROWS 32
#define BFLOAT16
#define TILES
#define EMULATED
#include "tiles.inc"
#include "level.inc"
#undef EMULATED

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL(name) avx2_##name
#define WIDTH 8
#define TILE_ROWS 6
#define ATTENTION_ROWS 6
#include "level.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define LEVEL(name) avx512_##name
#define WIDTH 16
#define TILE_ROWS 14
#define ATTENTION_ROWS 14
#include "level.inc"
#pragma clang attribute pop

#define WITH_BFLOAT16 "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"
#pragma clang attribute push(__attribute__((target(WITH_BFLOAT16))), apply_to = function)
#define LEVEL(name) bf16_##name
#define WIDTH 16
#define TILE_ROWS 14
#define ATTENTION_ROWS 28
#define BFLOAT16
#include "level.inc"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(WITH_BFLOAT16 ",amx-tile,amx-bf16"))), apply_to = function)
// Rows of the tiles that hold the sums and x; those of the weights have 16. All are 64 bytes wide.
static void configure_tiles(size_t top, size_t bottom) {
    struct {
        uint8_t palette, start, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } tiles = {.palette = 1,
               .bytes = {64, 64, 64, 64, 64, 64, 64, 64},
               .rows = {(uint8_t)top, (uint8_t)top, (uint8_t)bottom, (uint8_t)bottom, (uint8_t)top, (uint8_t)bottom, 16, 16}};
    _Static_assert(sizeof tiles == 64, "the operand of LDTILECFG");
    _tile_loadconfig(&tiles);
}
#define LEVEL(name) amx_##name
#define WIDTH 16
#define ATTENTION_ROWS 32
#define BFLOAT16
#define TILES
#include "tiles.inc"
#include "level.inc"
#pragma clang attribute pop

static int usable(int level) {
    if (level == KERNELS_EMULATED) return level;
    while (level != KERNELS_PORTABLE && !kernels_has_level(level)) level--;
    return level;
}

// `call` with its level's prefix.
#define AT(level, call)                                                                                                \
    switch (usable(level)) {                                                                                           \
    case KERNELS_EMULATED: return emulated_##call;                                                                     \
    case KERNELS_AMX: return amx_##call;                                                                               \
    case KERNELS_BF16: return bf16_##call;                                                                             \
    case KERNELS_AVX512: return avx512_##call;                                                                         \
    case KERNELS_AVX2: return avx2_##call;                                                                             \
    default: return portable_##call;                                                                                   \
    }
// The same for what only knows floats.
#define AT_FLOATS(level, call)                                                                                         \
    switch (usable(level)) {                                                                                           \
    case KERNELS_AMX:                                                                                                  \
    case KERNELS_BF16:                                                                                                 \
    case KERNELS_AVX512: return avx512_##call;                                                                         \
    case KERNELS_AVX2: return avx2_##call;                                                                             \
    default: return portable_##call;                                                                                   \
    }
#else
#define AT(level, call)                                                                                                \
    if (level == KERNELS_EMULATED) return emulated_##call;                                                             \
    return portable_##call
#define AT_FLOATS(level, call) return ((void)(level), portable_##call)
#endif

void kernels_dot_scan_at(int level, const float *query, const float *rows, size_t count, size_t dimension,
                         float *scores) {
    AT_FLOATS(level, dot_scan(query, rows, count, dimension, scores));
}

void kernels_dot_scan(const float *query, const float *rows, size_t count, size_t dimension, float *scores) {
    kernels_dot_scan_at(KERNELS_AVX512, query, rows, count, dimension, scores);
}

int kernels_number_bytes(int level) { AT(level, bytes_of_number()); }

size_t kernels_row(int level, size_t width) { AT(level, row(width)); }

size_t kernels_packed_bytes(int level, size_t outputs, size_t inputs) { AT(level, packed_bytes(outputs, inputs)); }

void kernels_pack(int level, const float *weights, const float *bias, size_t rows, size_t inputs, float scale,
                  size_t first, void *packed) {
    AT(level, pack(weights, bias, rows, inputs, scale, first, packed));
}

void kernels_linear_apply(int level, const kernels_linear *linear, const void *x, size_t x_stride, size_t rows,
                          int then, void *y, size_t y_stride) {
    AT(level, linear(linear->packed, linear->outputs, linear->inputs, x, x_stride, rows, then, y, y_stride));
}

void kernels_embed(int level, const int32_t *ids, size_t count, size_t width, const float *words,
                   const float *positions, const float *type, float *y, size_t y_stride) {
    AT(level, embed(ids, count, width, words, positions, type, y, y_stride));
}

void kernels_layer_norm(int level, float *x, size_t stride, size_t rows, size_t width, const float *gamma,
                        const float *beta, float epsilon, void *y) {
    AT(level, layer_norm(x, stride, rows, width, gamma, beta, epsilon, y));
}

size_t kernels_attention_scratch(int level, size_t length, size_t size) {
    AT(level, attention_scratch(length, size));
}

void kernels_attention(int level, const void *mixed, size_t stride, size_t length, size_t heads, size_t size,
                       void *out, size_t out_stride, float *scratch) {
    AT(level, attention(mixed, stride, length, heads, size, out, out_stride, scratch));
}

void kernels_mean_unit(int level, const float *x, size_t stride, size_t rows, size_t width, float *out) {
    AT(level, mean_unit(x, stride, rows, width, out));
}
