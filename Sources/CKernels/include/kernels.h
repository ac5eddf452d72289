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
    KERNELS_PORTABLE = 0, // four floats at a time: SSE2, NEON
    KERNELS_AVX2 = 1,     // AVX2 and FMA
    KERNELS_AVX512 = 2,   // AVX-512 F, BW, DQ, VL
};

// The best level of this processor and operating system. Every level up to it may be asked for; a function that gets
// a higher one uses the best.
int kernels_best_level(void);

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
// after another without padding. A matrix is row-major; `stride` is the distance between its rows in floats, at
// least their width. Widths need not be multiples of anything.

// What becomes of a product: y = p, y = GELU(p), y = y + p.
enum { KERNELS_STORE = 0, KERNELS_GELU = 1, KERNELS_ADD = 2 };

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
// The sums of a product run in the order of the inputs; GELU is the exact one, by the error function, within 1e-6.
void kernels_linear_apply(int level, const kernels_linear *linear, const float *x, size_t x_stride, size_t rows,
                          int then, float *y, size_t y_stride);
void kernels_linear_plain(const float *weights, const float *bias, size_t outputs, size_t inputs, const float *x,
                          size_t x_stride, size_t rows, int then, float *y, size_t y_stride);

// The input of the encoder: y[i] = words[ids[i]] + positions[i] + type for `count` tokens of one sequence, all of rows
// of `width` floats. Every id must be within the table of words, and `count` within that of positions.
void kernels_embed(int level, const int32_t *ids, size_t count, size_t width, const float *words,
                   const float *positions, const float *type, float *y);
void kernels_embed_plain(const int32_t *ids, size_t count, size_t width, const float *words, const float *positions,
                         const float *type, float *y);

// Rows of x to mean 0 and variance 1 (plus epsilon), then times gamma[width] plus beta[width]. In place.
void kernels_layer_norm(int level, float *x, size_t rows, size_t width, const float *gamma, const float *beta,
                        float epsilon);
void kernels_layer_norm_plain(float *x, size_t rows, size_t width, const float *gamma, const float *beta,
                              float epsilon);

// Attention of one sequence of `length` tokens. A row of `mixed` holds queries, keys and values, each
// heads * size floats, so its stride is at least three times that; queries come times log2(e) / sqrt(size), because
// the softmax is by powers of two. Writes out[length][heads * size]. `scratch` has kernels_attention_scratch floats.
size_t kernels_attention_scratch(int level, size_t length, size_t size);
void kernels_attention(int level, const float *mixed, size_t stride, size_t length, size_t heads, size_t size,
                       float *out, size_t out_stride, float *scratch);
// `scratch` has `length` floats.
void kernels_attention_plain(const float *mixed, size_t stride, size_t length, size_t heads, size_t size, float *out,
                             size_t out_stride, float *scratch);

// The mean of rows x[rows][width], scaled to unit length, into out[width]. A mean of length 0 stays 0. rows > 0.
void kernels_mean_unit(int level, const float *x, size_t rows, size_t width, float *out);
void kernels_mean_unit_plain(const float *x, size_t rows, size_t width, float *out);

#endif
