/* ubsan.c -- what -fsanitize=undefined calls when something happens that C gives
 * no meaning to. Compilers bring a library of this for machines, but none for
 * WebAssembly. It says in the words of that library what happened and where, and
 * stops. The arguments are clang's: a description, which begins with the place,
 * and the values that met there. */
#include <stdint.h>
#include <stdio.h>

typedef struct {
    const char *file;
    uint32_t line, column;
} Place;

typedef struct {
    uint16_t kind, info;    /* info: twice the log2 of the bits, and 1 if signed */
    char name[1];
} Type;

static void begin(const Place *place)
{
    fflush(stdout);
    fprintf(stderr, "%s:%u:%u: runtime error: ", place->file, place->line,
            place->column);
}

static _Noreturn void stop(void)
{
    fputc('\n', stderr);
    fflush(NULL);
    __builtin_trap();
}

/* An integer of a type: itself, or where it lies if it is wider than a pointer. */
static long long number(const Type *type, uintptr_t value)
{
    int bits = 1 << (type->info >> 1);
    if (bits > 32)
        return *(const long long *)value;
    uint32_t high = (uint32_t)value << (32 - bits);
    return type->info & 1 ? (int32_t)high >> (32 - bits) : (long long)value;
}

typedef struct {
    Place place;
    const Type *array, *index;
} Bounds;

void __ubsan_handle_out_of_bounds_abort(const Bounds *d, uintptr_t index);
void __ubsan_handle_out_of_bounds_abort(const Bounds *d, uintptr_t index)
{
    begin(&d->place);
    fprintf(stderr, "index %lld out of bounds for type %s",
            number(d->index, index), d->array->name);
    stop();
}

typedef struct {
    Place place;
    const Type *type;
    uint8_t log_alignment, access;
} Access;

void __ubsan_handle_type_mismatch_v1_abort(const Access *d, uintptr_t address);
void __ubsan_handle_type_mismatch_v1_abort(const Access *d, uintptr_t address)
{
    uintptr_t below = ((uintptr_t)1 << d->log_alignment) - 1;
    begin(&d->place);
    fprintf(stderr, "%s %s",
            !address          ? "access through null pointer of type"
            : address & below ? "misaligned address for type"
                              : "address with insufficient space for an object"
                                " of type",
            d->type->name);
    stop();
}

void __ubsan_handle_pointer_overflow_abort(const Place *d, uintptr_t from,
                                           uintptr_t to);
void __ubsan_handle_pointer_overflow_abort(const Place *d, uintptr_t from,
                                           uintptr_t to)
{
    (void)to;
    begin(d);
    fputs(from ? "pointer index expression overflowed"
               : "applying an offset to a null pointer", stderr);
    stop();
}

/* All others need no more than their place and a sentence; but they must take as
 * many values as they are given. */
#define ALONE (const Place *d)
#define WITH_ONE (const Place *d, uintptr_t a)
#define WITH_TWO (const Place *d, uintptr_t a, uintptr_t b)
#define WITH_THREE (const Place *d, uintptr_t a, uintptr_t b, uintptr_t c)
#define MISTAKE(name, arguments, sentence)                                     \
    void __ubsan_handle_##name arguments;                                      \
    void __ubsan_handle_##name arguments                                       \
    {                                                                          \
        begin(d);                                                              \
        fputs(sentence, stderr);                                               \
        stop();                                                                \
    }

MISTAKE(divrem_overflow_abort, WITH_TWO,
        "division by zero, or one that overflows")
MISTAKE(add_overflow_abort, WITH_TWO, "signed integer overflow in a sum")
MISTAKE(sub_overflow_abort, WITH_TWO, "signed integer overflow in a difference")
MISTAKE(mul_overflow_abort, WITH_TWO, "signed integer overflow in a product")
MISTAKE(negate_overflow_abort, WITH_ONE,
        "signed integer overflow in a negation")
MISTAKE(shift_out_of_bounds_abort, WITH_TWO,
        "shift exponent is negative or too large")
MISTAKE(vla_bound_not_positive_abort, WITH_ONE,
        "variable length array bound is not positive")
MISTAKE(float_cast_overflow_abort, WITH_ONE,
        "a number is outside the range of the integer that is made of it")
MISTAKE(load_invalid_value_abort, WITH_ONE,
        "load of a value that its type does not have")
MISTAKE(nonnull_arg_abort, ALONE, "null pointer passed where none is allowed")
MISTAKE(invalid_builtin_abort, ALONE, "zero is not a valid argument here")
MISTAKE(alignment_assumption_abort, WITH_THREE,
        "an address is not aligned as was assumed")
MISTAKE(builtin_unreachable, ALONE, "execution reached an unreachable place")
MISTAKE(missing_return, ALONE, "the function ended without return")
