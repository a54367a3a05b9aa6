/* settings.c -- any words, each ending in a zero, as a command line. */
#include "fuzz.h"

#include "../../chapters/programs/translate/model.h"

typedef struct {
    int argc;
    char *argv[64];
} Line;

static void read_line(void *data)
{
    Line *line = data;
    Choice c;
    bool given[64];
    char **words = settings_read(line->argc, line->argv, choice_of_command, &c,
                                 given, 2);
    int n = 0;
    while (words[n])
        n++;
    FUZZ_EXPECT(n <= 2 && c.data && c.save);
    for (int i = 0; i < choice_of_command.n; i++) {
        const Setting *s = &choice_of_command.list[i];
        if (!given[i])
            continue;
        void *value = (char *)&c + s->at;
        if (s->kind == SETTING_INT || s->kind == SETTING_WORD)
            FUZZ_EXPECT(settings_allow(s, *(int *)value));
        if (s->kind == SETTING_REAL)
            FUZZ_EXPECT(settings_allow(s, *(double *)value));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(size + 1, 1);
    memcpy(text, data, size);
    Line line = { .argc = 1, .argv = { "train" } };
    for (size_t i = 0; i < size && line.argc < 63; i += strlen(text + i) + 1)
        line.argv[line.argc++] = text + i;
    fuzz_try(read_line, &line);
    return 0;
}
