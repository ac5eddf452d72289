// The plain twins: what each kernel means, in loops that anyone can check by reading.
#include "kernels.h"

#include <math.h>

void kernels_dot_scan_plain(const float *query, const float *rows, size_t count, size_t dimension, float *scores) {
    for (size_t row = 0; row < count; row++) {
        float score = 0;
        for (size_t i = 0; i < dimension; i++) score += rows[row * dimension + i] * query[i];
        scores[row] = score;
    }
}

void kernels_linear_plain(const float *weights, const float *bias, size_t outputs, size_t inputs, const float *x,
                          size_t x_stride, size_t rows, int then, float *y, size_t y_stride) {
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < outputs; o++) {
            float p = bias ? bias[o] : 0;
            for (size_t i = 0; i < inputs; i++) p += x[r * x_stride + i] * weights[o * inputs + i];
            float *to = y + r * y_stride + o;
            if (then == KERNELS_GELU) *to = (float)(0.5 * p * (1 + erf(p / sqrt(2))));
            else if (then == KERNELS_GELU_TANH)
                *to = (float)(0.5 * p * (1 + tanh(0.7978845608028654 * (p + 0.044715 * p * p * p))));
            else *to = then == KERNELS_ADD ? *to + p : p;
        }
}

void kernels_embed_plain(const int32_t *ids, size_t count, size_t width, const float *words, const float *positions,
                         const float *type, float *y, size_t y_stride) {
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < width; i++)
            y[r * y_stride + i] = words[(size_t)ids[r] * width + i] + positions[r * width + i] + type[i];
}

void kernels_layer_norm_plain(float *x, size_t stride, size_t rows, size_t width, const float *gamma,
                              const float *beta, float epsilon) {
    for (size_t r = 0; r < rows; r++, x += stride) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < width; i++) mean += x[i] / (double)width;
        for (size_t i = 0; i < width; i++) variance += (x[i] - mean) * (x[i] - mean) / (double)width;
        for (size_t i = 0; i < width; i++)
            x[i] = (float)((x[i] - mean) / sqrt(variance + epsilon) * gamma[i] + beta[i]);
    }
}

void kernels_attention_plain(const float *mixed, size_t stride, size_t length, size_t heads, size_t size, float *out,
                             size_t out_stride, float *scratch) {
    for (size_t h = 0; h < heads; h++)
        for (size_t r = 0; r < length; r++) {
            const float *query = mixed + r * stride + h * size;
            const float *key = mixed + (heads + h) * size, *value = mixed + (2 * heads + h) * size;
            float top = -INFINITY, total = 0;
            for (size_t j = 0; j < length; j++) {
                scratch[j] = 0;
                for (size_t i = 0; i < size; i++) scratch[j] += query[i] * key[j * stride + i];
                top = fmaxf(top, scratch[j]);
            }
            for (size_t j = 0; j < length; j++) total += scratch[j] = exp2f(scratch[j] - top);
            for (size_t i = 0; i < size; i++) {
                float mix = 0;
                for (size_t j = 0; j < length; j++) mix += scratch[j] * value[j * stride + i];
                out[r * out_stride + h * size + i] = mix / total;
            }
        }
}

void kernels_mean_unit_plain(const float *x, size_t stride, size_t rows, size_t width, float *out) {
    double square = 0;
    for (size_t i = 0; i < width; i++) {
        double mean = 0;
        for (size_t r = 0; r < rows; r++) mean += x[r * stride + i] / (double)rows;
        out[i] = (float)mean;
        square += mean * mean;
    }
    for (size_t i = 0; i < width; i++) out[i] = square > 0 ? (float)(out[i] / sqrt(square)) : 0;
}
