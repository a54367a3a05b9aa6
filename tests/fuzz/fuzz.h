/* fuzz.h -- what the fuzz targets share: a program that ends with die() or
 * t_fail() is only one try that has ended, and leaves no memory behind.
 *
 * The linker turns calls of the functions named below into calls of __wrap_...
 * (see rules.mk).
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* What fopen() opens, for reading; the name does not matter. Used in turn. */
extern const uint8_t *fuzz_file[2];
extern size_t fuzz_size[2];

/* Does the work, up to its end or to an error. False: there was an error. A
 * mistake that only the programmer can have made is a finding. */
bool fuzz_try(void (*work)(void *), void *data);

/* Stops the fuzzer with a finding. */
#define FUZZ_EXPECT(what) ((what) ? (void)0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
