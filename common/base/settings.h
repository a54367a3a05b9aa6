/* settings.h -- what can be chosen about a program, in one table: what stands
 * on the command line, what --help says, and what a file may hold (see
 * checkpoint_settings) have the same names and the same limits.
 *
 *     typedef struct { int layers; double dropout; } Choice;
 *     static const Setting list[] = {
 *         { "layers", SETTING_INT, offsetof(Choice, layers),
 *           1, 16, 2, "N", "layers" },
 *         { "dropout", SETTING_REAL, offsetof(Choice, dropout),
 *           0, 0.9, 0.1, "P", "share of numbers left out" },
 *     };
 *     Choice c;
 *     bool given[2];
 *     settings_read(argc, argv, (Settings){ "program", 2, list }, &c, given,
 *                   0);
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    SETTING_INT,
    SETTING_REAL,   /* double */
    SETTING_TEXT,   /* const char *, such as the name of a file; or NULL */
    SETTING_FLAG,   /* bool: true if it is there */
    SETTING_WORD,   /* int: which of the words in `argument`, pre|post, from 0 */
} SettingKind;

typedef struct {
    const char *name;       /* layers for --layers */
    SettingKind kind;
    size_t at;              /* offsetof() its value */
    double low, high;       /* of a number, both allowed */
    double standard;        /* its default; outside of the limits if that
                             * depends on others */
    const char *argument;   /* as --help calls it: N, FILE, pre|post */
    const char *help;
    bool needed;            /* must be given */
} Setting;

typedef struct {
    const char *usage;      /* "train --data FILE [OPTIONS]", for --help */
    int n;
    const Setting *list;
} Settings;

/* Fills in the defaults, then reads --name value, --name=value and --flag.
 * given[i]: setting i was there. Returns the first word that is no option, or
 * NULL; `words` of them are allowed, and they follow one another. Answers
 * --help; what is wrong ends with die_usage(). argv[0] is not looked at. */
char **settings_read(int argc, char **argv, Settings s, void *values,
                     bool *given, int words);

/* Whether a number is within its limits; what a message says of them: "a whole
 * number from 1 to 16", in a buffer that the next call uses, too. */
bool settings_allow(const Setting *s, double number);
const char *settings_limits(const Setting *s);

/* Puts what a text says into the place of a value; false if it is none that the
 * setting allows. */
bool settings_take(const Setting *s, void *value, const char *text);

/* Whether a setting has the same value in both. */
bool settings_same(const Setting *s, const void *values, const void *others);

#endif
