/* Tests of llama.c: models and pieces are read as they were written, what is
 * malformed is refused, and texts become pieces as llama2.c makes them. */
#define _GNU_SOURCE
#include "child.h"
#include "check.h"

#include "cell/cell.h"
#include "learn/llama.h"

enum { WIDTH = 4, PLACES = 3 };

/* The shape of the tests: how many numbers it has, by the format's description. */
static const LlamaShape shape = {
    .width = WIDTH, .hidden = 5, .layers = 2, .heads = 2, .shared = 1,
    .vocabulary = LLAMA_WORDS + 1, .places = PLACES,
};
enum {
    NUMBERS = (LLAMA_WORDS + 1) * WIDTH + WIDTH + PLACES * 2
            + 2 * (2 * WIDTH + 2 * WIDTH * WIDTH + 2 * WIDTH * 2 + 3 * WIDTH * 5),
};

static void write_model(const char *path, LlamaShape s, int numbers)
{
    LlamaFile *f = llama_write(path, s);
    Tensor *x = t_zeros(numbers / 2, 2);
    for (int i = 0; i < numbers; i++)
        t_at(x, i / 2, i % 2) = (real)i / 8;
    llama_numbers(f, x, false);
    llama_close(f);
}

/* The three signs and the bytes, and pieces that make "the": of th + e and t + he
 * the second has the higher score. */
static LlamaPieces some_pieces(void)
{
    LlamaPieces p = { 0 };
    llama_pieces_add(&p, "<unk>", 5, 0);
    llama_pieces_add(&p, "\n<s>\n", 5, 0);
    llama_pieces_add(&p, "\n</s>\n", 6, 0);
    for (int i = 0; i < 256; i++) {
        char text[20];
        int n = snprintf(text, sizeof text, i >= 'a' && i <= 'z' ? "%c" : "<0x%02X>",
                         (unsigned)i);
        llama_pieces_add(&p, text, n, 0);
    }
    llama_pieces_add(&p, " ", 1, 0);
    llama_pieces_add(&p, "th", 2, -3);
    llama_pieces_add(&p, "he", 2, -1);
    llama_pieces_add(&p, "the", 3, -2);
    llama_pieces_add(&p, " the", 4, -4);
    llama_pieces_add(&p, "猫", 3, -5);
    llama_pieces_add(&p, "aa", 2, -6);
    llama_pieces_done(&p);
    return p;
}
enum { BLANK = LLAMA_WORDS, TH, HE, THE, _THE, CAT, AA, SOME };

/* What the child does: read the model FILE, or write it, or read pieces. */
static int chapter_main(int argc, char **argv)
{
    cell_begin(1, argv, NULL);
    if (argc > 2 && strcmp(argv[2], "write") == 0) {
        write_model(argv[1], shape, NUMBERS);
    } else if (argc > 2) {
        LlamaPieces p = llama_pieces_read(argv[1], atoi(argv[2]));
        llama_pieces_free(&p);
    } else {
        LlamaShape s;
        LlamaFile *f = llama_read(argv[1], &s);
        llama_numbers(f, t_zeros(NUMBERS), false);
        llama_close(f);
    }
    tape_free();
    return 0;
}

static void a_model_is_read_as_it_was_written(void **state)
{
    (void)state;
    write_model(in_folder("m"), shape, NUMBERS);
    struct stat info;
    assert_int_equal(stat(in_folder("m"), &info), 0);
    assert_int_equal(info.st_size, 4 * (7 + NUMBERS));
    LlamaShape s;
    LlamaFile *f = llama_read(in_folder("m"), &s);
    assert_int_equal(s.width, shape.width);
    assert_int_equal(s.hidden, shape.hidden);
    assert_int_equal(s.layers, shape.layers);
    assert_int_equal(s.heads, shape.heads);
    assert_int_equal(s.shared, shape.shared);
    assert_int_equal(s.vocabulary, shape.vocabulary);
    assert_int_equal(s.places, shape.places);
    assert_int_equal(s.own_output, shape.own_output);
    Tensor *a = t_zeros(2, 3), *b = t_zeros(NUMBERS - 6);
    llama_numbers(f, a, true);
    llama_numbers(f, b, false);
    llama_close(f);
    for (int i = 0; i < 6; i++)     /* (2, 3), turned in the file: (3, 2) */
        assert_true(t_at(a, i % 2, i / 2) == (real)i / 8);
    assert_true(t_at(b, 0) == (real)6 / 8);
    LlamaShape own = shape;
    own.own_output = true;
    write_model(in_folder("own"), own, NUMBERS + own.vocabulary * WIDTH);
    f = llama_read(in_folder("own"), &s);
    assert_true(s.own_output && s.vocabulary == shape.vocabulary);
    llama_numbers(f, t_zeros(NUMBERS + own.vocabulary * WIDTH), false);
    llama_close(f);
    tape_free();
}

/* A model with these tables, whose other numbers are 0. */
static void write_tables(const char *path, LlamaShape s, Tensor *words,
                         Tensor *output)
{
    LlamaFile *f = llama_write(path, s);
    llama_words(f, words);
    llama_numbers(f, t_zeros(NUMBERS - (LLAMA_WORDS + 1) * WIDTH - PLACES * 2), false);
    llama_turns(f);
    llama_output(f, output, words);
    llama_close(f);
}

static void tables_of_the_books_tokens_are_in_the_files_order(void **state)
{
    (void)state;
    enum { V = LLAMA_WORDS + 1 };
    const real cosine[PLACES] = { 1, 0.5403023f, -0.4161468f };
    for (int own = 0; own < 2; own++) {
        LlamaShape s = shape;
        s.own_output = own;
        Tensor *words = t_zeros(V + 1, WIDTH), *output = t_zeros(V + 1, WIDTH);
        for (int i = 0; i <= V; i++)
            for (int j = 0; j < WIDTH; j++) {
                t_at(words, i, j) = (real)i;
                t_at(output, i, j) = (real)i / 2;
            }
        write_tables(in_folder("m"), s, words, output);
        Tensor *read = t_zeros(V, WIDTH), *said = t_zeros(V, WIDTH);
        Tensor *turns = t_zeros(2, PLACES);
        LlamaFile *f = llama_read(in_folder("m"), &s);
        llama_numbers(f, read, false);
        llama_numbers(f, t_zeros(NUMBERS - V * WIDTH - PLACES * 2), false);
        llama_numbers(f, turns, false);
        if (own)
            llama_numbers(f, said, false);
        llama_close(f);
        for (int i = 0; i < V; i++) {
            int token = i == LLAMA_UNKNOWN ? UNKNOWN : i == LLAMA_START ? START
                      : i == LLAMA_END ? END : i + FIRST_WORD - LLAMA_BYTES;
            int says = token == START ? END : token == END ? START : token;
            assert_near(t_at(read, i, 1), token, 0);
            assert_near(t_at(said, i, 1), own ? says / 2.0 : 0, 0);
        }
        for (int p = 0; p < PLACES; p++) {
            assert_near(t_at(turns, 0, p), cosine[p], 1e-6);
            assert_near(t_at(turns, 1, p), sin(p), 1e-6);
        }
        Tensor *a = t_zeros(V + 1, WIDTH), *b = t_zeros(V + 1, WIDTH);
        f = llama_read(in_folder("m"), &s);
        llama_words(f, a);
        llama_numbers(f, t_zeros(NUMBERS - V * WIDTH - PLACES * 2), false);
        llama_turns(f);
        llama_output(f, b, a);
        llama_close(f);
        for (int i = START; i <= V; i++) {
            int says = i == START ? END : i == END ? START : i;
            assert_near(t_at(a, i, 2), i, 0);
            assert_near(t_at(b, i, 2), own ? i / 2.0 : says, 0);
        }
        tape_free();
    }
}

static void a_table_of_other_tokens_is_refused(void **state)
{
    (void)state;
    char wanted[60];
    snprintf(wanted, sizeof wanted, "llama_words: %d tokens were expected, got (3, 4)",
             LLAMA_WORDS + 2);
    write_model(in_folder("m"), shape, NUMBERS);
    LlamaShape s;
    LlamaFile *f = llama_read(in_folder("m"), &s);
    assert_refuses(wanted, llama_words(f, t_zeros(3, WIDTH)));
    static const char other[] = "llama_numbers: a tensor of its own, and what is "
                                "turned a matrix, expected; got ";
    char said[120];
    snprintf(said, sizeof said, "%s(2)", other);
    assert_refuses(said, llama_numbers(f, t_slice(t_zeros(4), 0, 1, 3), false));
    assert_refuses(said, llama_numbers(f, t_zeros(2), true));
    llama_numbers(f, t_zeros(NUMBERS - 1), false);
    snprintf(said, sizeof said, "llama_close: 1 numbers of '%s' are left",
             in_folder("m"));
    assert_refuses(said, llama_close(f));
    assert_refuses("llama_numbers: 1 numbers are left, and 3 of (3, 1) were asked for",
                   llama_turns(f));
    llama_numbers(f, t_zeros(1), false);
    llama_close(f);
    tape_free();
}

/* Sets number `at` of the header. */
static void patch(const char *name, int at, int value)
{
    FILE *f = fopen(in_folder(name), "r+b");
    fseek(f, 4 * at, SEEK_SET);
    for (int i = 0; i < 4; i++)
        putc((int)((unsigned)value >> 8 * i & 0xFF), f);
    fclose(f);
}

static void what_cannot_be_written_is_said(void **state)
{
    (void)state;
    RUN(in_folder("no/m"), "write");
    refused_in_one_line("cannot write '");
    RUN_ON_FULL_DISK(in_folder("m"), "write");
    refused_in_one_line("cannot write '");
    assert_int_equal(count_files(""), 0);
}

static void a_header_that_no_model_has_is_refused(void **state)
{
    (void)state;
    static const struct {
        int at, value;
        const char *says;
    } list[] = {
        { 0, 0, "dim is 0, expected 1 to 65536; is this a model of llama2.c" },
        { 0, 3, "a width of 3, 2 heads and 1 of keys cannot be" },
        { 0, 6, "a width of 6, 2 heads and 1 of keys cannot be" },
        { 1, -1, "hidden_dim is -1" }, { 2, 1 << 30, "n_layers is 1073741824" },
        { 3, 0, "n_heads is 0" }, { 4, 3, "2 heads and 3 of keys cannot be" },
        { 4, 0, "n_kv_heads is 0" },
        { 5, -2147483647 - 1, "vocab_size is -2147483648" },
        { 5, 100, "vocab_size is 100, expected 259 at least" },
        { 6, 0, "seq_len is 0" }, { 6, 4, "and its header speaks of" },
        { 2, 3, "and its header speaks of" },
        { 5, -(LLAMA_WORDS + 1), "and its header speaks of" },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        write_model(in_folder("m"), shape, NUMBERS);
        patch("m", list[i].at, list[i].value);
        RUN(in_folder("m"));
        assert_int_equal(child.status, 1);
        if (!strstr(child.err, list[i].says))
            fail_msg("%s: said %s", list[i].says, child.err);
        assert_ptr_equal(strchr(child.err, '\n') + 1,
                         child.err + strlen(child.err));
    }
    write_model(in_folder("m"), shape, NUMBERS);
    RUN(in_folder("m"));
    went_well();
    static const long cuts[] = { 0, 27, 28, 400, 4 * (7 + NUMBERS) - 1 };
    for (int i = 4; i >= 0; i--) {
        assert_int_equal(truncate(in_folder("m"), cuts[i]), 0);
        RUN(in_folder("m"));
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, cuts[i] < 28 ? "no model of llama2.c"
                                                       : "cut short"));
    }
    RUN(in_folder("absent"));
    assert_non_null(strstr(child.err, "No such file"));
    tape_free();
}

static void pieces_are_read_as_they_were_written(void **state)
{
    (void)state;
    LlamaPieces p = some_pieces();
    llama_pieces_write(in_folder("z"), &p);
    LlamaPieces q = llama_pieces_read(in_folder("z"), p.n);
    for (int i = 0; i < p.n; i++) {
        assert_string_equal(p.piece[i].text, q.piece[i].text);
        assert_true(p.piece[i].score == q.piece[i].score);
    }
    size_t size = 4;
    for (int i = 0; i < p.n; i++)
        size += 8 + strlen(p.piece[i].text);
    struct stat info;
    assert_int_equal(stat(in_folder("z"), &info), 0);
    assert_int_equal(info.st_size, size);
    for (long n = info.st_size - 1; n >= 0; n -= 31) {
        assert_int_equal(truncate(in_folder("z"), n), 0);
        RUN(in_folder("z"), "266");
        assert_int_equal(child.status, 1);
    }
    llama_pieces_write(in_folder("z"), &p);
    RUN(in_folder("z"), "265");
    assert_non_null(strstr(child.err, "and its 265 pieces end at byte"));
    RUN(in_folder("z"), "267");
    assert_non_null(strstr(child.err, "ends in piece 266, and 267 were expected"));
    patch("z", 1, 0x7F800000);      /* the first score: infinite */
    RUN(in_folder("z"), "266");
    assert_non_null(strstr(child.err, "piece 0, at byte 4, has the score inf and 5 "
                                      "bytes"));
    patch("z", 1, 0);
    patch("z", 2, -1);              /* its length */
    RUN(in_folder("z"), "266");
    assert_non_null(strstr(child.err, "and 4294967295 bytes"));
    llama_pieces_free(&p);
    llama_pieces_free(&q);
}

static void check_pieces(const LlamaPieces *p, const char *text, int n,
                         const int *wanted)
{
    Ids ids = llama_encode(p, text);
    assert_int_equal(ids.n, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(ids.id[i], wanted[i]);
    free(ids.id);
}
#define CHECK_PIECES(text, ...)                                                \
    check_pieces(&p, text,                                                     \
                 (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)),          \
                 (int[]){ __VA_ARGS__ })

static void neighbours_with_the_highest_score_are_joined_first(void **state)
{
    (void)state;
    LlamaPieces p = some_pieces();
    check_pieces(&p, "", 0, NULL);
    CHECK_PIECES("the", _THE);
    CHECK_PIECES("th", BLANK, TH);
    CHECK_PIECES("xthe", BLANK, LLAMA_BYTES + 'x', THE);
    CHECK_PIECES("aaa", BLANK, AA, LLAMA_BYTES + 'a');  /* from the left */
    CHECK_PIECES("猫é", BLANK, CAT, LLAMA_BYTES + 0xC3, LLAMA_BYTES + 0xA9);
    CHECK_PIECES("T\n", BLANK, LLAMA_BYTES + 'T', LLAMA_BYTES + '\n');
    CHECK_PIECES("\x80\x80\x80\x80\x80", BLANK, LLAMA_BYTES + 0x80,
                 LLAMA_BYTES + 0x80, LLAMA_BYTES + 0x80, LLAMA_BYTES + 0x80,
                 LLAMA_BYTES + 0x80);
    llama_pieces_free(&p);
}

/* As run.c does it: looks for the best couple in all, again and again. */
static Ids encode_slowly(const LlamaPieces *p, const char *text)
{
    Ids ids = { 0, malloc((strlen(text) + 2) * sizeof(int)) };
    ids.id[ids.n++] = BLANK;
    for (; *text; text++)
        ids.id[ids.n++] = *text == ' ' ? BLANK : LLAMA_BYTES + *text;
    for (;;) {
        int best = -1, at = -1;
        for (int i = 0; i + 1 < ids.n; i++) {
            char both[20];
            snprintf(both, sizeof both, "%s%s", p->piece[ids.id[i]].text,
                     p->piece[ids.id[i + 1]].text);
            for (int k = 0; k < p->n; k++)
                if (strcmp(p->piece[k].text, both) == 0
                    && (best < 0 || p->piece[k].score > p->piece[best].score)) {
                    best = k;
                    at = i;
                }
        }
        if (best < 0)
            return ids;
        ids.id[at] = best;
        memmove(ids.id + at + 1, ids.id + at + 2,
                (size_t)(--ids.n - at - 1) * sizeof(int));
    }
}

static void any_text_becomes_the_pieces_of_the_plain_rule(void **state)
{
    (void)state;
    LlamaPieces p = some_pieces();
    Rng rng = rng_new(1);
    for (int round = 0; round < 2000; round++) {
        char text[40];
        int n = 1 + rng_below(&rng, 38);
        for (int i = 0; i < n; i++)
            text[i] = "theta "[rng_below(&rng, 6)];
        text[n] = '\0';
        Ids wanted = encode_slowly(&p, text);
        check_pieces(&p, text, wanted.n, wanted.id);
        free(wanted.id);
    }
    llama_pieces_free(&p);
}

static void what_is_said_is_the_text_of_a_piece_or_its_byte(void **state)
{
    (void)state;
    LlamaPieces p = some_pieces();
    int n;
    char none[60];
    snprintf(none, sizeof none, "llama_said: there are %d pieces, and no %d", p.n,
             p.n);
    assert_refuses(none, llama_said(&p, THE, p.n, &n));
    snprintf(none, sizeof none, "llama_said: there are %d pieces, and no -1", p.n);
    assert_refuses(none, llama_said(&p, THE, -1, &n));
    assert_string_equal(llama_said(&p, THE, _THE, &n), " the");
    assert_int_equal(n, 4);
    assert_string_equal(llama_said(&p, LLAMA_START, _THE, &n), "the");
    assert_int_equal(n, 3);
    assert_string_equal(llama_said(&p, THE, LLAMA_BYTES + '\n', &n), "\n");
    assert_int_equal(n, 1);
    assert_string_equal(llama_said(&p, THE, LLAMA_BYTES + 0xC3, &n), "\xC3");
    assert_int_equal(*llama_said(&p, THE, LLAMA_BYTES, &n), 0);
    assert_int_equal(n, 1);
    llama_pieces_free(&p);
}

static void a_text_becomes_tokens_and_is_said_again(void **state)
{
    (void)state;
    LlamaPieces p = llama_pieces_new();
    assert_int_equal(p.n, LLAMA_WORDS);
    assert_string_equal(p.piece[LLAMA_BYTES + 'a'].text, "a");
    assert_string_equal(p.piece[LLAMA_BYTES + '\t'].text, "<0x09>");
    llama_pieces_add(&p, " the", 4, -1);
    char none[60];
    snprintf(none, sizeof none, "llama_encode: %d pieces are not enough, or not done",
             p.n);
    assert_refuses(none, llama_tokens(&p, "the"));
    llama_pieces_done(&p);
    const char text[] = "the\tthe the\n\xe7\x8c\xab";
    Ids tokens = llama_tokens(&p, text);
    for (int i = 0; i < tokens.n; i++)
        assert_true(tokens.id[i] >= FIRST_WORD && tokens.id[i] <= p.n);
    assert_int_equal(tokens.id[1], FIRST_WORD + 't');   /* " ", "t", "h", "e" */
    Text said = llama_text(&p, tokens);
    assert_string_equal(said.at, text);
    assert_int_equal(said.n, strlen(text));
    free((char *)said.at);
    Ids signs = { 4, (int[]){ PAD, START, tokens.id[1], END } };
    said = llama_text(&p, signs);
    assert_string_equal(said.at, "t");
    free((char *)said.at);
    free(tokens.id);
    llama_pieces_free(&p);
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_model_is_read_as_it_was_written),
        FOLDER_TEST(tables_of_the_books_tokens_are_in_the_files_order),
        FOLDER_TEST(a_table_of_other_tokens_is_refused),
        FOLDER_TEST(what_cannot_be_written_is_said),
        FOLDER_TEST(a_header_that_no_model_has_is_refused),
        FOLDER_TEST(pieces_are_read_as_they_were_written),
        FOLDER_TEST(neighbours_with_the_highest_score_are_joined_first),
        FOLDER_TEST(any_text_becomes_the_pieces_of_the_plain_rule),
        FOLDER_TEST(a_text_becomes_tokens_and_is_said_again),
        FOLDER_TEST(what_is_said_is_the_text_of_a_piece_or_its_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
