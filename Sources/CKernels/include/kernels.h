// The hot loops: arithmetic over floats, and nothing else.
//
// Each loop is compiled for several instruction sets ("levels") from one source and chosen at run time; beside it
// stands its plain twin of the same meaning, an ordinary loop against which the tests hold every level. Nothing here
// allocates, locks or keeps state, so all of it may be called from any number of threads at once. Buffers need no
// more than the alignment of a float unless said otherwise, and must not overlap unless said otherwise.
#ifndef GEPETO_KERNELS_H
#define GEPETO_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "codes.h"

// Instruction sets, from the one that always works upwards.
enum {
    KERNELS_EMULATED = -1, // the loops of KERNELS_AMX over tiles in plain C; for tests of these on any processor
    KERNELS_PORTABLE = 0,  // four floats at a time: SSE2, NEON
    KERNELS_AVX2 = 1,      // AVX2 and FMA
    KERNELS_AVX512 = 2,    // AVX-512 F, BW, DQ, VL
    KERNELS_BF16 = 3,      // the same with AVX512_BF16: products of bfloat16
    KERNELS_AMX = 4,       // the same with AMX_TILE and AMX_BF16
};

// Whether this processor and operating system have the level. The first question about KERNELS_AMX asks the system for
// the tiles. A function below that gets a level which is not there uses the next one down that is.
int kernels_has_level(int level);

// The level that is fastest for the encoder. One of bfloat16 is chosen only when it gives the twins' results.
int kernels_best_level(void);

// Whether products and attention of the level agree with the twins on some odd shapes, to the precision of its
// numbers. Takes less than a millisecond at the levels that are for use.
int kernels_level_agrees(int level);

// Vector scan: scores[i] = query . rows[i] for `count` rows of `dimension` floats each, one after another.
// Reads query[0, dimension) and rows[0, count * dimension), writes scores[0, count). Zero counts are fine.
// The sum runs in another order at each level: scores agree with the twin to about dimension * 6e-8 relative to
// |query| * |row|. The level is this processor's best.
void kernels_dot_scan(const float *query, const float *rows, size_t count, size_t dimension, float *scores);
// The same at a chosen level.
void kernels_dot_scan_at(int level, const float *query, const float *rows, size_t count, size_t dimension,
                         float *scores);
void kernels_dot_scan_plain(const float *query, const float *rows, size_t count, size_t dimension, float *scores);

// The encoder: one call is one step of a transformer over packed tokens, the rows of all sequences of a batch one
// after another without padding. A matrix is row-major; `stride` is the distance between its rows, counted in their
// numbers. Widths need not be multiples of anything.
//
// What runs from layer to layer, and what layer norms and means are made of, are floats at all levels. What products
// and attention read and write are the level's own numbers: floats, or bfloat16 (2^-9 relative, the exponents of
// floats) from KERNELS_BF16 on and at KERNELS_EMULATED. Their sums are floats; denormals may count as zero. A row of
// such numbers has room for kernels_row(level, width) of them, and that is the least stride of everything that a
// product reads or writes, floats too. Beyond `width` a product reads what is there times zero, so it must be finite,
// and writes zero or (GELU) nearly so.

// Bytes of one of the level's own numbers, and how many of them a row of `width` has room for.
int kernels_number_bytes(int level);
size_t kernels_row(int level, size_t width);

// What becomes of a product: y = p, y = GELU(p), y = GELU by tanh(p) in the level's own numbers; y = y + p in floats.
enum { KERNELS_STORE = 0, KERNELS_GELU = 1, KERNELS_ADD = 2, KERNELS_GELU_TANH = 3 };

// Weights in the order in which a level reads them: panels of some outputs each, every panel its biases first.
typedef struct {
    size_t outputs, inputs;
    const void *packed; // kernels_packed_bytes(level, outputs, inputs), filled by kernels_pack at the same level
} kernels_linear;

size_t kernels_packed_bytes(int level, size_t outputs, size_t inputs);

// Puts `rows` outputs, the first of them number `first`, into `packed`, which was zero before the first call:
// weights[rows][inputs] and bias[rows] (or NULL for none), both times `scale`.
void kernels_pack(int level, const float *weights, const float *bias, size_t rows, size_t inputs, float scale,
                  size_t first, void *packed);

// y[rows][outputs] from p = x W^T + bias, where x is [rows][inputs].
// GELU is the exact one, by the error function, or the approximation by tanh that some models were trained with; each
// within 1e-6 (with bfloat16 the latter within 2e-4) before it is rounded to the level's numbers.
void kernels_linear_apply(int level, const kernels_linear *linear, const void *x, size_t x_stride, size_t rows,
                          int then, void *y, size_t y_stride);
void kernels_linear_plain(const float *weights, const float *bias, size_t outputs, size_t inputs, const float *x,
                          size_t x_stride, size_t rows, int then, float *y, size_t y_stride);

// The input of the encoder: y[i] = words[ids[i]] + positions[i] + type for `count` tokens of one sequence, tables of
// rows of `width` floats. Every id must be within the table of words, and `count` within that of positions.
void kernels_embed(int level, const int32_t *ids, size_t count, size_t width, const float *words,
                   const float *positions, const float *type, float *y, size_t y_stride);
void kernels_embed_plain(const int32_t *ids, size_t count, size_t width, const float *words, const float *positions,
                         const float *type, float *y, size_t y_stride);

// Rows of x to mean 0 and variance 1 (plus epsilon), then times gamma[width] plus beta[width]. In place; where the
// level's numbers are not floats also to y, in those, with the same stride, the room beyond `width` zero.
void kernels_layer_norm(int level, float *x, size_t stride, size_t rows, size_t width, const float *gamma,
                        const float *beta, float epsilon, void *y);
void kernels_layer_norm_plain(float *x, size_t stride, size_t rows, size_t width, const float *gamma,
                              const float *beta, float epsilon);

// Attention of one sequence of `length` tokens. A row of `mixed` holds queries, keys and values, each
// heads * size numbers; queries come times log2(e) / sqrt(size), because the softmax is by powers of two. Writes
// out[length][heads * size], and zero into the room beyond. `scratch` has kernels_attention_scratch floats.
size_t kernels_attention_scratch(int level, size_t length, size_t size);
void kernels_attention(int level, const void *mixed, size_t stride, size_t length, size_t heads, size_t size,
                       void *out, size_t out_stride, float *scratch);
// `scratch` has `length` floats.
void kernels_attention_plain(const float *mixed, size_t stride, size_t length, size_t heads, size_t size, float *out,
                             size_t out_stride, float *scratch);

// The mean of rows x[rows][width], scaled to unit length, into out[width]. A mean of length 0 stays 0. rows > 0.
void kernels_mean_unit(int level, const float *x, size_t stride, size_t rows, size_t width, float *out);
void kernels_mean_unit_plain(const float *x, size_t stride, size_t rows, size_t width, float *out);

#endif
