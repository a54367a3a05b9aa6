/* images.h -- pictures as bytes, and files of them. */
#ifndef IMAGES_H
#define IMAGES_H

#include "tensor/tensor.h"

/* Pictures of one size: (n, rows, columns, channels), one byte each. */
typedef struct {
    int n, rows, columns, channels;
    unsigned char *at;      /* give back with images_free() */
} Images;

Images images_new(int n, int rows, int columns, int channels);
void images_free(Images *images);

/* The picture of this number, 0 to n - 1. */
unsigned char *images_one(const Images *images, int number);

/* Pictures of these numbers, bytes 0 ... 255 as -1 ... 1: (count, rows, columns,
 * channels). */
Tensor *images_tensor(const Images *images, int count, const int *numbers);

/* Reads a file in LeCun's IDX format: a zero, a zero, 8 for bytes, the number of
 * axes, the size of each in four bytes, the highest first, and then the numbers.
 * Three axes are grey pictures, four have channels last. What is no such file, or
 * has more or fewer bytes than it says, ends with die(). */
Images images_read(const char *path);

/* The same with one axis: a number for each picture, and how many there are. Free
 * with free(). */
unsigned char *labels_read(const char *path, int *n);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define images_one(...)         T_AT(images_one(__VA_ARGS__))
#define images_tensor(...)      T_AT(images_tensor(__VA_ARGS__))
#endif

#endif
