// The known-answer test that a level has to pass before it is chosen: a processor, a hypervisor or a compiler that
// gets an instruction wrong must not get into anybody's vectors.
#include "kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16 * 1024 };

// Numbers in -1...1 that bfloat16 holds exactly: a sixty-fourth apart.
static void fill(float *numbers, size_t count, uint32_t seed) {
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525 + 1013904223;
        numbers[i] = (float)((int)(seed >> 25) - 64) / 64;
    }
}

static void to_numbers(int level, const float *from, size_t count, void *to) {
    if (kernels_number_bytes(level) == sizeof(float)) {
        memcpy(to, from, count * sizeof(float));
        return;
    }
    for (size_t i = 0; i < count; i++) memcpy((uint16_t *)to + i, (const char *)(from + i) + 2, 2);
}

static float at(int level, const void *numbers, size_t place, int floats) {
    if (floats || kernels_number_bytes(level) == sizeof(float)) return ((const float *)numbers)[place];
    const uint32_t bits = (uint32_t)((const uint16_t *)numbers)[place] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// False for what is no number, too.
static int is_close(float found, float expected, float tolerance) {
    return fabsf(found - expected) <= tolerance * fmaxf(1, fabsf(expected));
}

static int product_agrees(int level, size_t outputs, size_t inputs, size_t rows, int then, float *room) {
    const size_t x_stride = kernels_row(level, inputs), y_stride = kernels_row(level, outputs);
    float *weights = room, *bias = weights + MOST, *x = bias + MOST, *expected = x + MOST, *numbers = expected + MOST;
    float *found = numbers + MOST, *packed = found + MOST;
    fill(weights, outputs * inputs, 1);
    fill(bias, outputs, 2);
    memset(x, 0, rows * x_stride * sizeof *x);
    for (size_t r = 0; r < rows; r++) fill(x + r * x_stride, inputs, (uint32_t)r + 3);
    fill(expected, rows * y_stride, 4);
    memcpy(found, expected, rows * y_stride * sizeof *found);
    to_numbers(level, x, rows * x_stride, numbers);
    memset(packed, 0, kernels_packed_bytes(level, outputs, inputs));
    kernels_pack(level, weights, bias, outputs, inputs, 1, 0, packed);
    const kernels_linear linear = {outputs, inputs, packed};
    kernels_linear_apply(level, &linear, numbers, x_stride, rows, then, found, y_stride);
    kernels_linear_plain(weights, bias, outputs, inputs, x, x_stride, rows, then, expected, y_stride);
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < outputs; o++) {
            const size_t place = r * y_stride + o;
            const float tolerance = then == KERNELS_ADD ? 1e-5f : 1.0f / 256;
            if (!is_close(at(level, found, place, then == KERNELS_ADD), expected[place], tolerance)) return 0;
        }
    return 1;
}

static int attention_agrees(int level, size_t length, size_t heads, size_t size, float *room) {
    const size_t width = heads * size, stride = kernels_row(level, 3 * width), out_stride = kernels_row(level, width);
    float *mixed = room, *expected = mixed + MOST, *numbers = expected + MOST, *found = numbers + MOST;
    float *scratch = found + MOST;
    if (kernels_attention_scratch(level, length, size) > 2 * MOST) return 0;
    fill(mixed, length * stride, 5);
    to_numbers(level, mixed, length * stride, numbers);
    kernels_attention(level, numbers, stride, length, heads, size, found, out_stride, scratch);
    kernels_attention_plain(mixed, stride, length, heads, size, expected, out_stride, scratch);
    for (size_t r = 0; r < length; r++)
        for (size_t i = 0; i < width; i++)
            if (!is_close(at(level, found, r * out_stride + i, 0), expected[r * out_stride + i], 1.0f / 128)) return 0;
    return 1;
}

int kernels_level_agrees(int level) {
    static const struct {
        size_t outputs, inputs, rows;
    } shapes[] = {{1, 1, 1}, {33, 31, 17}, {20, 66, 33}, {65, 40, 5}};
    float *room = calloc(8 * MOST, sizeof *room);
    int agrees = room != NULL;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int then = KERNELS_STORE; agrees && then <= KERNELS_GELU_TANH; then++)
            agrees = product_agrees(level, shapes[s].outputs, shapes[s].inputs, shapes[s].rows, then, room);
    agrees = agrees && attention_agrees(level, 35, 1, 32, room) && attention_agrees(level, 5, 3, 10, room);
    free(room);
    return agrees;
}
