/* Tests of checkpoint.c: what is read back is what was written, and
 * nothing else is believed. */
#define _GNU_SOURCE
#include "child.h"

#include "base/hash.h"
#include "cell/cell.h"
#include "learn/checkpoint.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    long number;
    bool yes;
    uint64_t bits;
    double real_number;
    unsigned char *bytes;
    size_t size;
    Vocabulary words;
    Params params;
    Optimiser *adam;
} Things;

static void begin(Things *t)
{
    *t = (Things){ 0 };
    t_param(&t->params, 3, 5);
    t_param(&t->params, 7);
    t->adam = opt_adam(&t->params, (AdamOptions){ 0 });
}

static void fill(Things *t, real first)
{
    t->number = -7;
    t->yes = true;
    t->bits = 0xFEDCBA9876543210u;
    t->real_number = 0.1;
    t->size = 4;
    t->bytes = grown(NULL, t->size, 1);
    memcpy(t->bytes, "a\0b", t->size);
    vocabulary_add(&t->words, "été");
    vocabulary_add(&t->words, "b");
    for (int i = 0; i < t->params.n; i++) {
        Buffer *b = t->params.at[i]->buffer;
        t_grad(t->params.at[i]);        /* zeros, to begin with */
        for (size_t k = 0; k < b->size; k++) {
            b->data[k] = first + (real)k / 3;
            b->grad[k] = first - (real)k / 7;
        }
    }
    opt_step(t->adam);
}

static void fields(Checkpoint *c, Things *t)
{
    checkpoint_long(c, "number", &t->number);
    checkpoint_bool(c, "yes", &t->yes);
    checkpoint_bits(c, "bits", &t->bits);
    checkpoint_double(c, "real", &t->real_number);
    checkpoint_bytes(c, "bytes", &t->bytes, &t->size);
    checkpoint_vocabulary(c, "words", &t->words);
    checkpoint_params(c, "params", &t->params);
    checkpoint_optimiser(c, "adam", t->adam);
    checkpoint_close(c);
}

/* What the child does: read FILE; or write FILE, over and over. */
static int chapter_main(int argc, char **argv)
{
    cell_begin(1, argv, NULL);
    Things t;
    begin(&t);
    if (argc > 2 && strcmp(argv[2], "try") == 0) {
        argv[argc] = NULL;
        checkpoint_try(argv[1], (const char *const *)(argv + 3));
    } else if (argc > 2 && strcmp(argv[2], "write") == 0) {
        fill(&t, 1);
        for (int i = 0; i < (argc > 3 ? 1000000 : 1); i++)
            fields(checkpoint_write(argv[1], 1), &t);
    } else if (argc > 2 && strcmp(argv[2], "words") == 0) {
        Checkpoint *c = checkpoint_read(argv[1], 1);
        checkpoint_vocabulary(c, "words", &t.words);
        checkpoint_close(c);
    } else if (argc > 2 && strcmp(argv[2], "expect") == 0) {
        Checkpoint *c = checkpoint_read(argv[1], 1);
        checkpoint_expect(c, atol(argv[3]));
        checkpoint_close(c);
    } else if (argc > 2 && strcmp(argv[2], "halve") == 0) {
        t_at(t.params.at[0], 1, 1) = (real)atof(argv[3]);
        Checkpoint *c = checkpoint_write(argv[1], 1);
        checkpoint_halves(c);
        checkpoint_params(c, "params", &t.params);
        checkpoint_close(c);
    } else if (argc > 2 && strcmp(argv[2], "go on") == 0) {
        Checkpoint *c = checkpoint_read(argv[1], 1);
        checkpoint_params(c, "params", &t.params);
        checkpoint_optimiser(c, "adam", t.adam);
        checkpoint_close(c);
    } else if (argc > 2 && strcmp(argv[2], "other") == 0) {
        long wrong = 0;
        Checkpoint *c = checkpoint_read(argv[1], 1);
        checkpoint_long(c, "steps", &wrong);
    } else {
        fields(checkpoint_read(argv[1], 1), &t);
    }
    free(t.bytes);
    vocabulary_free(&t.words);
    tape_free();
    return 0;
}

static void write_things(const char *name)
{
    Things t;
    begin(&t);
    fill(&t, 1);
    fields(checkpoint_write(in_folder(name), 1), &t);
    free(t.bytes);
    vocabulary_free(&t.words);
    tape_free();
}

static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    Things a, b;
    begin(&a);
    begin(&b);
    fill(&a, 1);
    fields(checkpoint_write(in_folder("m"), 1), &a);
    assert_int_equal(count_files(""), 1);
    fields(checkpoint_read(in_folder("m"), 1), &b);
    assert_int_equal(b.number, -7);
    assert_true(b.yes);
    assert_true(b.bits == 0xFEDCBA9876543210u);
    assert_true(b.real_number == 0.1);
    assert_int_equal(b.size, 4);
    assert_memory_equal(b.bytes, "a\0b", 4);
    assert_int_equal(b.words.n, a.words.n);
    assert_string_equal(b.words.word[FIRST_WORD], "été");
    assert_int_equal(vocabulary_find(&b.words, "b"), FIRST_WORD + 1);
    /* A further step from the same gradients: the optimiser went on. */
    for (int i = 0; i < a.params.n; i++) {
        Tensor *in_a = a.params.at[i], *in_b = b.params.at[i];
        t_grad(in_a);       /* zeros, to begin with */
        t_grad(in_b);
        for (size_t k = 0; k < in_a->buffer->size; k++)
            in_a->buffer->grad[k] = in_b->buffer->grad[k] = (real)k;
    }
    opt_step(a.adam);
    opt_step(b.adam);
    for (int i = 0; i < a.params.n; i++)
        assert_memory_equal(a.params.at[i]->buffer->data,
                            b.params.at[i]->buffer->data,
                            a.params.at[i]->buffer->size * sizeof(real));
    free(a.bytes);
    free(b.bytes);
    vocabulary_free(&a.words);
    vocabulary_free(&b.words);
    tape_free();
}

/* Copies file `from`, cut after n bytes, byte `flip` changed (-1: none). */
static void damaged(const char *from, const char *to, long n, long flip)
{
    FILE *in = fopen(in_folder(from), "rb"), *out = fopen(in_folder(to), "wb");
    int c;
    for (long i = 0; i < n && (c = getc(in)) != EOF; i++)
        putc(i == flip ? c ^ 4 : c, out);
    fclose(in);
    fclose(out);
}

static long size_of(const char *name)
{
    struct stat info;
    assert_int_equal(stat(in_folder(name), &info), 0);
    return (long)info.st_size;
}

static void every_cut_and_every_changed_byte_is_found(void **state)
{
    (void)state;
    write_things("m");
    long size = size_of("m");
    for (long i = 0; i < size; i += i < 24 || i > size - 12 ? 1 : 37) {
        damaged("m", "cut", i, -1);
        RUN(in_folder("cut"));
        assert_int_equal(child.status, 1);
        assert_true(strstr(child.err, "cut short")
                    || strstr(child.err, "not a checkpoint"));
        damaged("m", "changed", size, i);
        RUN(in_folder("changed"));
        assert_int_equal(child.status, 1);
        assert_true(strstr(child.err, i < 8 ? "not a checkpoint"
                           : i < 12 ? "version" : "altered"));
    }
    damaged("m", "same", size, -1);
    RUN(in_folder("same"));
    went_well();
}

static void foreign_files_are_refused_by_name(void **state)
{
    (void)state;
    RUN(in_folder("absent"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "No such file"));
    write_file("text", "They are watching .\tIls regardent .\n");
    RUN(in_folder("text"));
    assert_non_null(strstr(child.err, "text' is not a checkpoint of this book"));
    write_things("m");
    RUN(in_folder("m"), "other");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "the field 'steps' was expected, and "
                                      "another one is there"));
}

/* What is written instead, and what is said of it. */
typedef struct {
    const char *says;
    bool number_is_real;
    int params[2][2];       /* 0: one axis less */
    int remembered;         /* columns of the optimiser's first */
    long yes;               /* 0: as it is */
} Otherwise;

static void write_otherwise(Otherwise o)
{
    Things t;
    begin(&t);
    fill(&t, 1);
    Params others = { 0 };
    for (int i = 0; i < 2; i++)
        if (o.params[i][1])
            t_param(&others, o.params[i][0], o.params[i][1]);
        else
            t_param(&others, o.params[i][0]);
    Params remembered = { 0 };
    t_param(&remembered, 3, o.remembered);
    t_param(&remembered, 7);
    Optimiser *adam = opt_adam(&remembered, (AdamOptions){ 0 });
    Checkpoint *c = checkpoint_write(in_folder("m"), 1);
    if (o.number_is_real)
        checkpoint_double(c, "number", &t.real_number);
    else
        checkpoint_long(c, "number", &t.number);
    if (o.yes)
        checkpoint_long(c, "yes", &o.yes);
    else
        checkpoint_bool(c, "yes", &t.yes);
    checkpoint_bits(c, "bits", &t.bits);
    checkpoint_double(c, "real", &t.real_number);
    checkpoint_bytes(c, "bytes", &t.bytes, &t.size);
    checkpoint_vocabulary(c, "words", &t.words);
    checkpoint_params(c, "params", &others);
    checkpoint_optimiser(c, "adam", adam);
    checkpoint_close(c);
    free(t.bytes);
    vocabulary_free(&t.words);
    tape_free();
}

static void a_field_of_another_kind_is_refused_by_name(void **state)
{
    (void)state;
    static const Otherwise list[] = {
        { NULL, false, { { 3, 5 }, { 7, 0 } }, 5, 0 },
        { "at byte 20 the field 'number' was expected, and it is of another "
          "type", true, { { 3, 5 }, { 7, 0 } }, 5, 0 },
        { "the field 'params' was expected, with a parameter of another shape",
          false, { { 5, 3 }, { 7, 0 } }, 5, 0 },
        { "the field 'params' was expected, with a parameter of another shape",
          false, { { 15, 0 }, { 7, 0 } }, 5, 0 },
        { "the field 'params' was expected, with a parameter of another shape",
          false, { { 3, 5 }, { 6, 0 } }, 5, 0 },
        { "the field 'adam' was expected, with as many numbers as the model "
          "has", false, { { 3, 5 }, { 7, 0 } }, 6, 0 },
        { "yes is 2, expected a whole number from 0 to 1", false,
          { { 3, 5 }, { 7, 0 } }, 5, 2 },
        { "yes is -1, expected a whole number from 0 to 1", false,
          { { 3, 5 }, { 7, 0 } }, 5, -1 },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        write_otherwise(list[i]);
        RUN(in_folder("m"));
        if (!list[i].says) {
            went_well();
            continue;
        }
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, list[i].says));
        assert_ptr_equal(strchr(child.err, '\n') + 1,
                         child.err + strlen(child.err));
    }
}

/* Sets a byte of the file, and mends its checksum. */
static void patch(const char *name, long at, int byte)
{
    enum { SUM = 8 };
    static unsigned char bytes[10000];
    FILE *f = fopen(in_folder(name), "rb");
    size_t n = fread(bytes, 1, sizeof bytes, f) - SUM;
    fclose(f);
    bytes[at] = (unsigned char)byte;
    uint64_t sum = hash_bytes(HASH_START, bytes, n);
    for (int i = 0; i < SUM; i++)
        bytes[n + (size_t)i] = (unsigned char)(sum >> 8 * i);
    f = fopen(in_folder(name), "wb");
    fwrite(bytes, 1, n + SUM, f);
    fclose(f);
}

/* The first field: its type, the length of its name, "number", how many. */
static void lengths_that_lead_out_of_the_file_are_refused(void **state)
{
    (void)state;
    enum { FIRST = 12 };
    write_things("m");
    patch("m", FIRST + 8, 2);
    RUN(in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "the field 'number' was expected, with "
                                      "one value"));
    Checkpoint *c = checkpoint_write(in_folder("short"), 1);
    long number = 1;
    checkpoint_long(c, "number", &number);
    checkpoint_close(c);
    patch("short", FIRST + 1, 100);
    RUN(in_folder("short"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "a field is longer than the file; it was "
                                      "written by another program"));
}

static void what_does_not_begin_as_a_checkpoint_is_not_read(void **state)
{
    (void)state;
    const char *path = access("/dev/zero", R_OK) == 0 ? "/dev/zero"
                                                      : in_folder("zero");
    write_file("zero", "00000000000000000000");
    RUN(path);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "is not a checkpoint of this book"));
}

static void words_that_no_text_has_are_refused(void **state)
{
    (void)state;
    static const char *const words[] = { "", "\033[2J", "a b", "\xFF", "a\n",
                                         "\u3000", "twice" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        Vocabulary v = { 0 };
        vocabulary_add(&v, "twice");
        vocabulary_add(&v, "x");
        strcpy(v.word[FIRST_WORD + 1] = realloc(v.word[FIRST_WORD + 1], 9),
               words[i]);
        Checkpoint *c = checkpoint_write(in_folder("m"), 1);
        checkpoint_vocabulary(c, "words", &v);
        checkpoint_close(c);
        vocabulary_free(&v);
        RUN(in_folder("m"), "words");
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "word 2 of 'words' is no word, or "
                                          "stands there twice"));
    }
}

static void a_model_larger_than_the_file_is_refused(void **state)
{
    (void)state;
    write_things("m");      /* header, fields, checksum */
    char most[30];
    for (long more = 0; more < 2; more++) {
        snprintf(most, sizeof most, "%ld", (size_of("m") - 12 - 8) / 2 + more);
        RUN(in_folder("m"), "expect", most);
        assert_int_equal(child.status, more);
    }
    assert_non_null(strstr(child.err, "describes a model of"));
    RUN(in_folder("m"), "expect", "-1");
    assert_int_equal(child.status, 1);
}

/* What a number has become on its way through a file of halves. */
static double halved(double number)
{
    Params params = { 0 };
    Tensor *t = t_param(&params, 1);
    t_at(t, 0) = (real)number;
    Checkpoint *c = checkpoint_write(in_folder("half"), 1);
    checkpoint_halves(c);
    checkpoint_params(c, "params", &params);
    checkpoint_close(c);
    t_at(t, 0) = 7;
    c = checkpoint_read(in_folder("half"), 1);
    checkpoint_params(c, "params", &params);
    checkpoint_close(c);
    double half = (double)t_at(t, 0);
    tape_free();
    return half;
}

static void a_half_is_the_nearest_of_eleven_bits(void **state)
{
    (void)state;
    static const double table[][2] = {
        { 0, 0 }, { 1, 1 }, { -2, -2 }, { 0.1, 0x1.998p-4 },
        { 1 + 0x1p-11, 1 }, { 1 + 0x3p-11, 1 + 0x1p-9 },    /* ties to even */
        { 1 + 0x1.1p-11, 1 + 0x1p-10 }, { 2 - 0x1p-12, 2 }, { 65504, 65504 },
        { 65519, 65504 }, { -65519, -65504 }, { 0x1p-14, 0x1p-14 },
        { 0x1p-14 - 0x1p-26, 0x1p-14 }, { 0x1p-24, 0x1p-24 },
        { 0x1.8p-24, 0x1p-23 }, { 0x1p-25, 0 }, { 0x1.1p-25, 0x1p-24 },
        { -0x3.3p-24, -0x3p-24 }, { 1e-30, 0 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_true(halved(table[i][0]) == table[i][1]);
    assert_true(signbit(halved(-1e-30)) && signbit(halved(-0.0)));
    Rng rng = rng_new(1);
    for (int i = 0; i < 200; i++) {
        double x = rng_normal(&rng), y = halved(x);
        assert_true(fabs(y - x) <= fabs(x) / 2048);
        assert_true(halved(y) == y);
    }
}

static void halves_take_half_the_room(void **state)
{
    (void)state;
    Things t;
    begin(&t);
    fill(&t, 1);
    for (int halves = 0; halves < 2; halves++) {
        Checkpoint *c = checkpoint_write(in_folder(halves ? "h" : "f"), 1);
        if (halves)
            checkpoint_halves(c);
        checkpoint_params(c, "params", &t.params);
        checkpoint_close(c);
    }
    assert_int_equal(size_of("f") - size_of("h"), 2 * (3 * 5 + 7));
    free(t.bytes);
    vocabulary_free(&t.words);
    tape_free();
}

static void what_no_half_can_be_is_not_written(void **state)
{
    (void)state;
    RUN(in_folder("m"), "halve", "65520");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "a number of 'params' is 65520, and half "
                                      "precision ends at 65504"));
    RUN(in_folder("m"), "halve", "nan");
    assert_int_equal(child.status, 1);
    assert_int_equal(count_files(""), 0);
    RUN(in_folder("m"), "halve", "-65519");
    assert_int_equal(child.status, 0);
}

static void without_what_a_training_needs_none_goes_on(void **state)
{
    (void)state;
    Things t;
    begin(&t);
    fill(&t, 1);
    Checkpoint *c = checkpoint_write(in_folder("m"), 1);
    checkpoint_params(c, "params", &t.params);
    checkpoint_close(c);
    free(t.bytes);
    vocabulary_free(&t.words);
    tape_free();
    RUN(in_folder("m"), "go on");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "was saved to be used, without what a "
                                      "training needs to go on"));
}

static void a_newer_version_is_refused_as_such(void **state)
{
    (void)state;
    long number = 1;
    Checkpoint *c = checkpoint_write(in_folder("m"), 2);
    checkpoint_long(c, "number", &number);
    checkpoint_close(c);
    RUN(in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "has version 2 of the format, and this "
                           "program reads version 1: it comes from a newer one, "
                           "or from another tool"));
}

/* Refuses FILE, with this in its one line, and leaves nothing new behind. */
static void try_refuses(const char *reason, const char *file,
                        const char *input)
{
    int before = count_files("");
    RUN(file, "try", input ? input : "absent");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write the checkpoint"));
    assert_non_null(strstr(child.err, reason));
    assert_ptr_equal(strchr(child.err, '\n') + 1,
                     child.err + strlen(child.err));
    assert_int_equal(count_files(""), before);
}

static void an_input_is_never_written_to(void **state)
{
    (void)state;
    write_file("data", "a\tb\n");
    assert_int_equal(link(in_folder("data"), in_folder("hard")), 0);
    assert_int_equal(symlink("data", in_folder("soft")), 0);
    const char *names[] = { "data", "hard", "soft" };
    for (int i = 0; i < 9; i++)
        try_refuses("which is read", in_folder(names[i / 3]),
                    in_folder(names[i % 3]));
    assert_string_equal(contents("data"), "a\tb\n");
    RUN(in_folder("m"), "try", "absent", in_folder("data"));
    went_well();
    assert_false(exists("m"));
}

static void what_is_no_checkpoint_is_not_replaced(void **state)
{
    (void)state;
    write_file("letter", "Dear ...\n");
    try_refuses("it is no checkpoint", in_folder("letter"), NULL);
    write_file("short", "D");
    try_refuses("it is no checkpoint", in_folder("short"), NULL);
    try_refuses("Is a directory", folder, NULL);
    try_refuses("the name is empty", "", NULL);
    try_refuses("No such file or directory", in_folder("no/m"), NULL);
    try_refuses("not a regular file", "/dev/null", NULL);
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    try_refuses("not a regular file", in_folder("pipe"), NULL);
    assert_int_equal(symlink("nowhere", in_folder("link")), 0);
    try_refuses("leads nowhere", in_folder("link"), NULL);
    write_file("empty", "");
    RUN(in_folder("empty"), "try");
    went_well();
    write_things("m");
    RUN(in_folder("m"), "try");
    went_well();
}

static void a_full_disk_leaves_the_old_file_whole(void **state)
{
    (void)state;
    write_things("m");
    struct rlimit before, limit;
    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = 300;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    try_refuses("File too large", in_folder("m"), NULL);
    RUN(in_folder("m"), "write");
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write the checkpoint"));
    assert_int_equal(count_files(""), 1);
    RUN(in_folder("m"));
    went_well();
}

/* A child that writes FILE over and over. */
static pid_t writing(const char *name)
{
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        execl(child_program, "x", "--as-chapter", in_folder(name), "write",
              "again", (char *)NULL);
        _exit(127);
    }
    return id;
}

static void two_at_once_leave_a_whole_file(void **state)
{
    (void)state;
    write_things("m");
    pid_t id[2] = { writing("m"), writing("m") };
    for (int i = 0; i < 200; i++) {
        RUN(in_folder("m"));
        went_well();
    }
    for (int i = 0; i < 2; i++) {
        int status;
        kill(id[i], SIGTERM);
        waitpid(id[i], &status, 0);
        assert_true(WIFSIGNALED(status));   /* it never failed before that */
    }
    RUN(in_folder("m"));
    went_well();
}

static void files_of_the_name_that_is_used_meanwhile_stay(void **state)
{
    (void)state;
    write_file("m.new", "mine");
    write_file("target", "mine, too");
    assert_int_equal(symlink("target", in_folder("m.new2")), 0);
    assert_int_equal(symlink("nowhere", in_folder("m.new3")), 0);
    RUN(in_folder("m"), "try");
    went_well();
    write_things("m");
    RUN(in_folder("m"));
    went_well();
    assert_string_equal(contents("m.new"), "mine");
    assert_string_equal(contents("target"), "mine, too");
    assert_true(exists("m.new2") && exists("m.new3"));
    assert_false(exists("nowhere"));
    assert_int_equal(count_files(""), 5);
}

static void a_link_stays_and_what_it_leads_to_is_replaced(void **state)
{
    (void)state;
    write_things("m");
    long size = size_of("m");
    RUN(in_folder("no/m"), "write");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "no/m': No such file or directory\n"));
    FILE *f = fopen(in_folder("m"), "wb");      /* empty now */
    fclose(f);
    assert_int_equal(mkdir(in_folder("sub"), 0777), 0);
    assert_int_equal(symlink("../m", in_folder("sub/link")), 0);
    write_things("sub/link");
    struct stat info;
    assert_int_equal(lstat(in_folder("sub/link"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(size_of("m"), size);
}

static void a_kill_at_any_moment_leaves_a_whole_file(void **state)
{
    (void)state;
    write_things("m");
    for (int i = 0; i < 20; i++) {
        pid_t id = writing("m");
        nanosleep(&(struct timespec){ 0, 3000000 + i * 1300000 }, NULL);
        kill(id, SIGKILL);
        waitpid(id, NULL, 0);
        RUN(in_folder("m"));
        went_well();
    }
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(what_is_read_is_what_was_written),
        FOLDER_TEST(every_cut_and_every_changed_byte_is_found),
        FOLDER_TEST(foreign_files_are_refused_by_name),
        FOLDER_TEST(a_field_of_another_kind_is_refused_by_name),
        FOLDER_TEST(lengths_that_lead_out_of_the_file_are_refused),
        FOLDER_TEST(what_does_not_begin_as_a_checkpoint_is_not_read),
        FOLDER_TEST(words_that_no_text_has_are_refused),
        FOLDER_TEST(a_model_larger_than_the_file_is_refused),
        FOLDER_TEST(a_half_is_the_nearest_of_eleven_bits),
        FOLDER_TEST(halves_take_half_the_room),
        FOLDER_TEST(what_no_half_can_be_is_not_written),
        FOLDER_TEST(what_no_half_can_be_is_not_written),
        FOLDER_TEST(without_what_a_training_needs_none_goes_on),
        FOLDER_TEST(a_newer_version_is_refused_as_such),
        FOLDER_TEST(an_input_is_never_written_to),
        FOLDER_TEST(what_is_no_checkpoint_is_not_replaced),
        FOLDER_TEST(files_of_the_name_that_is_used_meanwhile_stay),
        FOLDER_TEST(a_link_stays_and_what_it_leads_to_is_replaced),
        FOLDER_TEST(two_at_once_leave_a_whole_file),
        FOLDER_TEST(a_full_disk_leaves_the_old_file_whole),
        FOLDER_TEST(a_kill_at_any_moment_leaves_a_whole_file),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
