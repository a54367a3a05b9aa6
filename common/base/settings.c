/* settings.c -- what can be chosen about a program, in one table. */
#define T_LIBRARY
#include "base/settings.h"
#include "base/fail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *place(const Setting *s, void *values)
{
    return (char *)values + s->at;
}

/* ---- limits ------------------------------------------------------------- */

bool settings_allow(const Setting *s, double number)
{
    return number >= s->low && number <= s->high;   /* never of a NaN */
}

const char *settings_limits(const Setting *s)
{
    static char text[200];
    if (s->kind == SETTING_WORD)
        snprintf(text, sizeof text, "one of %s", s->argument);
    else if (s->kind == SETTING_INT)
        snprintf(text, sizeof text, "a whole number from %.0f to %.0f", s->low,
                 s->high);
    else
        snprintf(text, sizeof text, "a number from %g to %g", s->low, s->high);
    return text;
}

bool settings_same(const Setting *s, const void *values, const void *others)
{
    const void *a = (const char *)values + s->at;
    const void *b = (const char *)others + s->at;
    if (s->kind == SETTING_TEXT)
        return strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
    if (s->kind == SETTING_FLAG)
        return *(const bool *)a == *(const bool *)b;
    if (s->kind == SETTING_REAL)
        return *(const double *)a == *(const double *)b;
    return *(const int *)a == *(const int *)b;
}

/* ---- values ------------------------------------------------------------- */

/* The place of a word among those of "pre|post", or -1. */
static int which(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (int i = 0;; i++) {
        size_t n = strcspn(words, "|");
        if (n == length && strncmp(words, word, n) == 0)
            return i;
        if (!words[n])
            return -1;
        words += n + 1;
    }
}

static void set_standard(const Setting *s, void *value)
{
    if (s->kind == SETTING_TEXT)
        *(const char **)value = NULL;
    else if (s->kind == SETTING_FLAG)
        *(bool *)value = false;
    else if (s->kind == SETTING_REAL)
        *(double *)value = s->standard;
    else
        *(int *)value = (int)s->standard;
}

bool settings_take(const Setting *s, void *value, const char *text)
{
    char *end = NULL;
    bool good = true;
    errno = 0;
    if (s->kind == SETTING_TEXT) {
        *(const char **)value = text;
    } else if (s->kind == SETTING_WORD) {
        *(int *)value = which(s->argument, text);
        good = *(int *)value >= 0;
    } else if (s->kind == SETTING_INT) {
        long number = strtol(text, &end, 10);
        good = !errno && settings_allow(s, (double)number);
        *(int *)value = good ? (int)number : 0;
    } else {
        *(double *)value = strtod(text, &end);
        good = settings_allow(s, *(double *)value);
    }
    return good && end != text && (!end || !*end);
}

/* ---- the command line --------------------------------------------------- */

/* "; 1 to 16 (2)": the limits, and the default if it is one number. */
static void put_limits(char *text, size_t size, const Setting *s)
{
    *text = '\0';
    if (s->kind != SETTING_INT && s->kind != SETTING_REAL)
        return;
    int n = snprintf(text, size,
                     s->kind == SETTING_INT ? "%.0f to %.0f" : "%g to %g",
                     s->low, s->high);
    if (settings_allow(s, s->standard))
        snprintf(text + n, size - (size_t)n, " (%g)", s->standard);
}

static void print_help(Settings s)
{
    enum { INDENT = 25, WIDTH = 79 };
    printf("usage: %s\n\n", s.usage);
    for (int i = 0; i < s.n; i++) {
        const Setting *one = &s.list[i];
        char limits[100];
        put_limits(limits, sizeof limits, one);
        int used = printf("  --%s %s", one->name,
                          one->argument ? one->argument : "");
        printf("%*s%s", used < INDENT ? INDENT - used : 1, "", one->help);
        size_t all = INDENT + strlen(one->help) + 2 + strlen(limits);
        if (*limits && all > WIDTH)
            printf(";\n%*s%s", INDENT, "", limits);
        else if (*limits)
            printf("; %s", limits);
        printf("\n");
    }
    printf("  --help%*sprint this and stop\n", INDENT - 8, "");
    end_well();
}

/* Which setting is meant by --name or --name=value; -1: none. */
static int find(Settings s, const char *argument)
{
    size_t length = strcspn(argument, "=");
    for (int i = 0; i < s.n; i++)
        if (strlen(s.list[i].name) == length
            && strncmp(s.list[i].name, argument, length) == 0)
            return i;
    return -1;
}

/* Takes the option at argv[k]; returns where its last word stands. */
static int take(int argc, char **argv, int k, Settings s, void *values,
                bool *given)
{
    const char *argument = argv[k] + 2, *equals = strchr(argument, '=');
    int i = strncmp(argv[k], "--", 2) == 0 ? find(s, argument) : -1;
    if (strcmp(argv[k], "--help") == 0)
        print_help(s);
    if (i < 0)
        die_usage("unknown option '%s'", argv[k]);
    const Setting *one = &s.list[i];
    given[i] = true;
    if (one->kind == SETTING_FLAG) {
        if (equals)
            die_usage("--%s takes no value", one->name);
        *(bool *)place(one, values) = true;
        return k;
    }
    if (!equals && (++k == argc || strncmp(argv[k], "--", 2) == 0))
        die_usage("--%s: its value is missing", one->name);
    const char *text = equals ? equals + 1 : argv[k];
    if (!settings_take(one, place(one, values), text))
        die_usage("--%s: expected %s, got '%s'", one->name,
                  settings_limits(one), text);
    return k;
}

char **settings_read(int argc, char **argv, Settings s, void *values,
                     bool *given, int words)
{
    int found = 0;
    bool more = true;       /* "--" ends the options */
    for (int i = 0; i < s.n; i++) {
        set_standard(&s.list[i], place(&s.list[i], values));
        given[i] = false;
    }
    for (int k = 1; k < argc; k++) {
        if (more && strcmp(argv[k], "--") == 0)
            more = false;
        else if (more && argv[k][0] == '-' && argv[k][1])
            k = take(argc, argv, k, s, values, given);
        else if (found == words)
            die_usage("unexpected argument '%s'", argv[k]);
        else
            argv[++found] = argv[k];    /* those before it have been read */
    }
    for (int i = 0; i < s.n; i++)
        if (s.list[i].needed && !given[i])
            die_usage("--%s is missing", s.list[i].name);
    argv[found + 1] = NULL;
    return argv + 1;
}
