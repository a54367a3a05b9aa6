/* exercise.h -- what every file of exercises includes. */
#ifndef EXERCISE_H
#define EXERCISE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tensor/tensor.h"

/* Stands where your code goes, and says what that code should do. As long as a
 * TODO is reached, the exercise counts as not begun. */
#define TODO(what) exercise_todo(what, __LINE__)

_Noreturn void exercise_todo(const char *what, int line);

#endif
