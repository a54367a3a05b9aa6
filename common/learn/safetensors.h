/* safetensors.h -- weights in the format in which models are passed around
 * (https://github.com/huggingface/safetensors): named tensors and nothing that
 * could be run.
 *
 * The file is the length of a header (8 bytes, the lowest first), the header, and
 * the numbers. The header is JSON: for each name the type, the shape, and where
 * among the numbers its own begin and end. Here names stand for tensors that are
 * there already, so that one list serves to write and to read:
 *
 *     NamedTensor list[] = { { "words", words }, { "out.weight", w, true } };
 *     safetensors_write("m.safetensors", 2, list);
 *     safetensors_read("m.safetensors", 2, list);
 */
#ifndef SAFETENSORS_H
#define SAFETENSORS_H

#include "learn/nn.h"

enum { TENSOR_NAME = 96 };

/* turned: a matrix that the file has transposed. Rows are tokens here, and W stands
 * on the right, (in, out); PyTorch keeps (out, in). */
typedef struct {
    char name[TENSOR_NAME];
    Tensor *tensor;
    bool turned;
} NamedTensor;

/* A list of names that grows. Start with {0}; give `at` back with free(). */
typedef struct {
    NamedTensor *at;
    int n, room;
    char under[TENSOR_NAME / 2];    /* what names begin with, from now on */
} NamedTensors;

/* From now on names begin so: named_under(&list, "layer.%d.", 3). */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void named_under(NamedTensors *list, const char *format, ...);

/* Adds a tensor. t NULL: adds nothing. */
void named_add(NamedTensors *list, const char *name, Tensor *t, bool turned);

/* The same for NAME.weight and NAME.bias of a layer, as PyTorch calls them. */
void named_linear(NamedTensors *list, const char *name, Linear layer);
void named_norm(NamedTensors *list, const char *name, LayerNorm layer);

/* Writes the list, as 32-bit floats; whole or not at all. Ends with die() where
 * that fails. */
void safetensors_write(const char *path, int n, const NamedTensor *list);

/* Reads the numbers of every tensor in the list: F32, F16 or BF16. Ends with die(),
 * and the place in the file, at what is malformed; at a tensor that is missing, one
 * of another shape, or one that the list has not. Nothing was assigned then. */
void safetensors_read(const char *path, int n, const NamedTensor *list);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define named_under(...)       T_AT(named_under(__VA_ARGS__))
#define named_add(...)         T_AT(named_add(__VA_ARGS__))
#define named_linear(...)      T_AT(named_linear(__VA_ARGS__))
#define named_norm(...)        T_AT(named_norm(__VA_ARGS__))
#define safetensors_write(...) T_AT(safetensors_write(__VA_ARGS__))
#define safetensors_read(...)  T_AT(safetensors_read(__VA_ARGS__))
#endif

#endif
