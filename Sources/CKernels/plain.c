// The plain twins: what each kernel means, in loops that anyone can check by reading.
#include "kernels.h"

void kernels_dot_scan_plain(const float *query, const float *rows, size_t count, size_t dimension, float *scores) {
    for (size_t row = 0; row < count; row++) {
        float score = 0;
        for (size_t i = 0; i < dimension; i++) score += rows[row * dimension + i] * query[i];
        scores[row] = score;
    }
}
