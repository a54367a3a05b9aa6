/* text.c -- UTF-8, the columns it takes, words and tokens. */
#define T_LIBRARY
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/compose.h"
#include "base/fail.h"
#include "base/text.h"

/* ---- UTF-8 -------------------------------------------------------------- */

enum { INVALID = TEXT_INVALID };

size_t text_decode(const char *string, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)string;
    *code = s[0];
    if (s[0] < 0x80)
        return s[0] != 0;
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    bool valid = s[0] >= 0xC0 && s[0] < 0xF8;
    uint32_t c = s[0] & 0x7Fu >> n;
    for (size_t i = 1; valid && i < n; i++) {
        valid = (s[i] & 0xC0) == 0x80;  /* not so at the end of the string */
        c = c << 6 | (s[i] & 0x3Fu);
    }
    valid = valid && c >= least[n] && c < INVALID && (c < 0xD800 || c > 0xDFFF);
    *code = valid ? c : INVALID;
    return valid ? n : 1;
}

ptrdiff_t text_invalid_utf8(const char *s)
{
    uint32_t code;
    size_t bytes;
    for (const char *c = s; (bytes = text_decode(c, &code)) > 0; c += bytes)
        if (code == INVALID)
            return c - s;
    return -1;
}

/* ---- any bytes ---------------------------------------------------------- */

Text text_of(const char *string) { return (Text){ string, strlen(string) }; }

int text_compare(Text a, Text b)
{
    int order = memcmp(a.at, b.at, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* ---- columns ------------------------------------------------------------ */

typedef struct {
    uint32_t first, last;
} Range;

/* Unicode 15.1: what combines with the character before (categories Mn, Me),
 * steers without a shape (Cf) or completes a Korean syllable. Sorted. */
static const Range no_columns[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF},
    {0x05C1, 0x05C2}, {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, {0x0610, 0x061A},
    {0x061C, 0x061C}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC},
    {0x06DF, 0x06E4}, {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x0711, 0x0711},
    {0x0730, 0x074A}, {0x07A6, 0x07B0}, {0x07EB, 0x07F3}, {0x07FD, 0x07FD},
    {0x0816, 0x0819}, {0x081B, 0x0823}, {0x0825, 0x0827}, {0x0829, 0x082D},
    {0x0859, 0x085B}, {0x0898, 0x089F}, {0x08CA, 0x08E1}, {0x08E3, 0x0902},
    {0x093A, 0x093A}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D},
    {0x0951, 0x0957}, {0x0962, 0x0963}, {0x0981, 0x0981}, {0x09BC, 0x09BC},
    {0x09C1, 0x09C4}, {0x09CD, 0x09CD}, {0x09E2, 0x09E3}, {0x09FE, 0x0A02},
    {0x0A3C, 0x0A3C}, {0x0A41, 0x0A51}, {0x0A70, 0x0A71}, {0x0A75, 0x0A75},
    {0x0A81, 0x0A82}, {0x0ABC, 0x0ABC}, {0x0AC1, 0x0AC8}, {0x0ACD, 0x0ACD},
    {0x0AE2, 0x0AE3}, {0x0AFA, 0x0B01}, {0x0B3C, 0x0B3C}, {0x0B3F, 0x0B3F},
    {0x0B41, 0x0B44}, {0x0B4D, 0x0B56}, {0x0B62, 0x0B63}, {0x0B82, 0x0B82},
    {0x0BC0, 0x0BC0}, {0x0BCD, 0x0BCD}, {0x0C00, 0x0C00}, {0x0C04, 0x0C04},
    {0x0C3C, 0x0C3C}, {0x0C3E, 0x0C40}, {0x0C46, 0x0C56}, {0x0C62, 0x0C63},
    {0x0C81, 0x0C81}, {0x0CBC, 0x0CBC}, {0x0CBF, 0x0CBF}, {0x0CC6, 0x0CC6},
    {0x0CCC, 0x0CCD}, {0x0CE2, 0x0CE3}, {0x0D00, 0x0D01}, {0x0D3B, 0x0D3C},
    {0x0D41, 0x0D44}, {0x0D4D, 0x0D4D}, {0x0D62, 0x0D63}, {0x0D81, 0x0D81},
    {0x0DCA, 0x0DCA}, {0x0DD2, 0x0DD6}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x0EB1, 0x0EB1}, {0x0EB4, 0x0EBC}, {0x0EC8, 0x0ECE},
    {0x0F18, 0x0F19}, {0x0F35, 0x0F35}, {0x0F37, 0x0F37}, {0x0F39, 0x0F39},
    {0x0F71, 0x0F7E}, {0x0F80, 0x0F84}, {0x0F86, 0x0F87}, {0x0F8D, 0x0FBC},
    {0x0FC6, 0x0FC6}, {0x102D, 0x1030}, {0x1032, 0x1037}, {0x1039, 0x103A},
    {0x103D, 0x103E}, {0x1058, 0x1059}, {0x105E, 0x1060}, {0x1071, 0x1074},
    {0x1082, 0x1082}, {0x1085, 0x1086}, {0x108D, 0x108D}, {0x109D, 0x109D},
    {0x1160, 0x11FF}, {0x135D, 0x135F}, {0x1712, 0x1714}, {0x1732, 0x1733},
    {0x1752, 0x1753}, {0x1772, 0x1773}, {0x17B4, 0x17B5}, {0x17B7, 0x17BD},
    {0x17C6, 0x17C6}, {0x17C9, 0x17D3}, {0x17DD, 0x17DD}, {0x180B, 0x180F},
    {0x1885, 0x1886}, {0x18A9, 0x18A9}, {0x1920, 0x1922}, {0x1927, 0x1928},
    {0x1932, 0x1932}, {0x1939, 0x193B}, {0x1A17, 0x1A18}, {0x1A1B, 0x1A1B},
    {0x1A56, 0x1A56}, {0x1A58, 0x1A60}, {0x1A62, 0x1A62}, {0x1A65, 0x1A6C},
    {0x1A73, 0x1A7F}, {0x1AB0, 0x1B03}, {0x1B34, 0x1B34}, {0x1B36, 0x1B3A},
    {0x1B3C, 0x1B3C}, {0x1B42, 0x1B42}, {0x1B6B, 0x1B73}, {0x1B80, 0x1B81},
    {0x1BA2, 0x1BA5}, {0x1BA8, 0x1BA9}, {0x1BAB, 0x1BAD}, {0x1BE6, 0x1BE6},
    {0x1BE8, 0x1BE9}, {0x1BED, 0x1BED}, {0x1BEF, 0x1BF1}, {0x1C2C, 0x1C33},
    {0x1C36, 0x1C37}, {0x1CD0, 0x1CD2}, {0x1CD4, 0x1CE0}, {0x1CE2, 0x1CE8},
    {0x1CED, 0x1CED}, {0x1CF4, 0x1CF4}, {0x1CF8, 0x1CF9}, {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x20D0, 0x20F0},
    {0x2CEF, 0x2CF1}, {0x2D7F, 0x2D7F}, {0x2DE0, 0x2DFF}, {0x302A, 0x302D},
    {0x3099, 0x309A}, {0xA66F, 0xA672}, {0xA674, 0xA67D}, {0xA69E, 0xA69F},
    {0xA6F0, 0xA6F1}, {0xA802, 0xA802}, {0xA806, 0xA806}, {0xA80B, 0xA80B},
    {0xA825, 0xA826}, {0xA82C, 0xA82C}, {0xA8C4, 0xA8C5}, {0xA8E0, 0xA8F1},
    {0xA8FF, 0xA8FF}, {0xA926, 0xA92D}, {0xA947, 0xA951}, {0xA980, 0xA982},
    {0xA9B3, 0xA9B3}, {0xA9B6, 0xA9B9}, {0xA9BC, 0xA9BD}, {0xA9E5, 0xA9E5},
    {0xAA29, 0xAA2E}, {0xAA31, 0xAA32}, {0xAA35, 0xAA36}, {0xAA43, 0xAA43},
    {0xAA4C, 0xAA4C}, {0xAA7C, 0xAA7C}, {0xAAB0, 0xAAB0}, {0xAAB2, 0xAAB4},
    {0xAAB7, 0xAAB8}, {0xAABE, 0xAABF}, {0xAAC1, 0xAAC1}, {0xAAEC, 0xAAED},
    {0xAAF6, 0xAAF6}, {0xABE5, 0xABE5}, {0xABE8, 0xABE8}, {0xABED, 0xABED},
    {0xD7B0, 0xD7FF}, {0xFB1E, 0xFB1E}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0001, 0xE01EF},
};

/* Unicode 15.1: East Asian Width "wide" and "full". Sorted. */
static const Range two_columns[] = {
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC},
    {0x23F0, 0x23F0}, {0x23F3, 0x23F3}, {0x25FD, 0x25FE}, {0x2614, 0x2615},
    {0x2648, 0x2653}, {0x267F, 0x267F}, {0x2693, 0x2693}, {0x26A1, 0x26A1},
    {0x26AA, 0x26AB}, {0x26BD, 0x26BE}, {0x26C4, 0x26C5}, {0x26CE, 0x26CE},
    {0x26D4, 0x26D4}, {0x26EA, 0x26EA}, {0x26F2, 0x26F3}, {0x26F5, 0x26F5},
    {0x26FA, 0x26FA}, {0x26FD, 0x26FD}, {0x2705, 0x2705}, {0x270A, 0x270B},
    {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755},
    {0x2757, 0x2757}, {0x2795, 0x2797}, {0x27B0, 0x27B0}, {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50}, {0x2B55, 0x2B55}, {0x2E80, 0x3029},
    {0x302E, 0x303E}, {0x3041, 0x3096}, {0x309B, 0x3247}, {0x3250, 0x4DBF},
    {0x4E00, 0xA4C6}, {0xA960, 0xA97C}, {0xAC00, 0xD7A3}, {0xF900, 0xFAD9},
    {0xFE10, 0xFE19}, {0xFE30, 0xFE6B}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6},
    {0x16FE0, 0x1B2FB}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320},
    {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440},
    {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E},
    {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF},
    {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0},
    {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAF8}, {0x20000, 0x3FFFD},
};

/* Words of one character: Han, kana, bopomofo, and what is set in the same
 * squares. Not Korean, which puts blanks between words. Sorted. */
static const Range one_word[] = {
    {0x2E80, 0x2FFF}, {0x3001, 0x3130}, {0x3190, 0x4DBF}, {0x4E00, 0x9FFF},
    {0xF900, 0xFAFF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF9F},
    {0xFFE0, 0xFFE6}, {0x16FE2, 0x16FF1}, {0x1AFF0, 0x1B16F},
    {0x1F200, 0x1F2FF}, {0x20000, 0x3FFFD},
};

/* White space, and the invisible marks that may end a word (U+200B) or start
 * a file (U+FEFF). Control characters count too: no word holds one. Sorted. */
static const Range spaces[] = {
    {0x00, 0x20}, {0x7F, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200B},
    {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
    {0xFEFF, 0xFEFF},
};

static bool within(uint32_t code, const Range *ranges, size_t n)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && code >= ranges[low].first;
}
#define WITHIN(code, ranges)                                                   \
    within(code, ranges, sizeof(ranges) / sizeof *(ranges))

static int columns_of(uint32_t code)
{
    if (code < 0x20 || (code >= 0x7F && code < 0xA0))
        return 0;
    if (code < no_columns[0].first)
        return 1;
    return WITHIN(code, no_columns) ? 0 : WITHIN(code, two_columns) ? 2 : 1;
}

/* Bytes of the longest beginning of s that fits in so many columns, and the
 * columns it takes. */
size_t text_fit(const char *s, int columns, int *taken)
{
    const char *c = s;
    uint32_t code;
    size_t bytes;
    *taken = 0;
    while ((bytes = text_decode(c, &code)) > 0) {
        int more = columns_of(code);
        if (more > columns - *taken)
            break;
        *taken += more;
        c += bytes;
    }
    return (size_t)(c - s);
}

int text_width(const char *s)
{
    int width;
    text_fit(s, INT_MAX, &width);
    return width;
}

/* ---- words -------------------------------------------------------------- */

/* The next word at or after *s and its bytes, or NULL. Moves *s behind it. */
static const char *next_word(const char **s, size_t *length)
{
    uint32_t code;
    size_t bytes;
    while ((bytes = text_decode(*s, &code)) > 0 && WITHIN(code, spaces))
        *s += bytes;
    if (bytes == 0)
        return NULL;
    const char *start = *s;
    bool alone = WITHIN(code, one_word);
    *s += bytes;
    while ((bytes = text_decode(*s, &code)) > 0 && !WITHIN(code, spaces)) {
        bool joins = columns_of(code) == 0  /* accents stay with their base, */
            || code == 0xFF9E || code == 0xFF9F;    /* so do those of ハ゜ */
        if (!joins && (alone || WITHIN(code, one_word)))
            break;
        *s += bytes;
    }
    *length = (size_t)(*s - start);
    return start;
}

bool text_is_word(const char *s)
{
    const char *word = s;
    uint32_t code;
    for (size_t n; (n = text_decode(s, &code)) > 0; s += n)
        if (code == INVALID || WITHIN(code, spaces))
            return false;
    return s > word;
}

Words text_split(const char *sentence)
{
    ptrdiff_t invalid = text_invalid_utf8(sentence);
    if (invalid >= 0)
        t_fail("text_split: not UTF-8 at byte offset %ld", (long)invalid);
    Words words = { 0 };
    size_t length, room = 0;
    for (const char *s = sentence; next_word(&s, &length); words.n++)
        room += sizeof(char *) + length + 1;
    if (words.n == 0)
        return words;
    words.word = grown(NULL, room, 1);
    char *out = (char *)(words.word + words.n);
    const char *s = sentence;
    for (int i = 0; i < words.n; i++) {
        const char *word = next_word(&s, &length);
        words.word[i] = out;
        memcpy(out, word, length);
        out[length] = '\0';
        out += length + 1;
    }
    return words;
}

void text_free_words(Words *words)
{
    free(words->word);
    *words = (Words){ 0 };
}

/* ---- tokens ------------------------------------------------------------- */

/* Capitals of the alphabets of Europe, and how far away their small letters
 * are. Where the two alternate, `every` is 2. */
static const struct {
    uint16_t first, last, every;
    int16_t distance;
} capitals[] = {
    {'A', 'Z', 1, 32},          {0xC0, 0xD6, 1, 32},    {0xD8, 0xDE, 1, 32},
    {0x100, 0x12E, 2, 1},       {0x132, 0x136, 2, 1},   {0x139, 0x147, 2, 1},
    {0x14A, 0x176, 2, 1},       {0x178, 0x178, 1, -121}, {0x179, 0x17D, 2, 1},
    {0x1A0, 0x1A4, 2, 1},       {0x1AF, 0x1AF, 1, 1},   {0x1CD, 0x1DB, 2, 1},
    {0x1DE, 0x1EE, 2, 1},       {0x1F8, 0x21E, 2, 1},   {0x222, 0x232, 2, 1},
    {0x386, 0x386, 1, 38},      {0x388, 0x38A, 1, 37},  {0x38C, 0x38C, 1, 64},
    {0x38E, 0x38F, 1, 63},      {0x391, 0x3A1, 1, 32},  {0x3A3, 0x3AB, 1, 32},
    {0x400, 0x40F, 1, 80},      {0x410, 0x42F, 1, 32},  {0x460, 0x480, 2, 1},
    {0x48A, 0x4BE, 2, 1},       {0x4C0, 0x4C0, 1, 15},  {0x4C1, 0x4CD, 2, 1},
    {0x4D0, 0x52E, 2, 1},       {0x1E00, 0x1E94, 2, 1}, {0x1EA0, 0x1EFE, 2, 1},
};

/* The small letter, whatever the locale. It takes as many bytes. */
static uint32_t lower(uint32_t code)
{
    if (code < 'A' || (code > 'Z' && code < 0xC0) || code > 0x1EFE)
        return code;
    for (size_t i = 0; i < sizeof capitals / sizeof *capitals; i++)
        if (code <= capitals[i].last)
            return code >= capitals[i].first
                && (code - capitals[i].first) % capitals[i].every == 0
                ? (uint32_t)((int)code + capitals[i].distance) : code;
    return code;
}

char *text_encode(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
        return out;
    }
    int bytes = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (int i = bytes - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(0xF00u >> bytes | code);
    return out + bytes;
}

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

static bool is_space(uint32_t c)
{
    return c < 0x7F ? c <= ' ' : WITHIN(c, spaces);
}

/* A combining mark, which stays with its base; also those of ハ゜. */
static bool combines(uint32_t c)
{
    return c >= 0x300 && (columns_of(c) == 0 || c == 0xFF9E || c == 0xFF9F);
}

/* What is a token by itself: a Chinese or Japanese character, and punctuation,
 * but for hyphens and apostrophes. Sorted. */
static bool stands_alone(uint32_t c)
{
    static const Range marks[] = {
        {'!', '&'}, {'(', ','}, {'.', '/'}, {':', '@'}, {'[', '^'}, {'`', '`'},
        {'{', '~'}, {0xA1, 0xA7}, {0xA9, 0xA9}, {0xAB, 0xAC}, {0xAE, 0xAE},
        {0xB0, 0xB1}, {0xB6, 0xB6}, {0xBB, 0xBB}, {0xBF, 0xBF}, {0xD7, 0xD7},
        {0xF7, 0xF7}, {0x37E, 0x37E}, {0x589, 0x589}, {0x60C, 0x60C},
        {0x61B, 0x61B}, {0x61F, 0x61F}, {0x6D4, 0x6D4}, {0x964, 0x965},
        {0x2012, 0x2018}, {0x201A, 0x2026}, {0x2030, 0x203E}, {0x2047, 0x2049},
        {0x20A0, 0x20C0},
    };
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        return false;
    return c <= 0x20C0 ? WITHIN(c, marks) : WITHIN(c, one_word);
}

/* Is the word that ends here a French one that has lost its last vowel? */
static bool elided(const char *start, const char *end)
{
    ptrdiff_t n = end - start;
    return (n == 1 && strchr("cdjlmnst", *start))
        || (n >= 2 && end[-2] == 'q' && end[-1] == 'u');
}

/* A copy in which a typographic apostrophe is a plain one, and what some
 * corpora write as &apos; and so on is the character meant. */
static char *plain(const char *s)
{
    static const struct {
        const char *name, *meant;
    } list[] = { { "&apos;", "'" }, { "&quot;", "\"" }, { "&amp;", "&" },
                 { "&lt;", "<" },   { "&gt;", ">" },    { "\u2019", "'" } };
    char *text = grown(NULL, strlen(s) + 1, 1), *out = text;
    while (*s) {
        size_t i = 0, n = sizeof list / sizeof *list;
        while (i < n && strncmp(s, list[i].name, strlen(list[i].name)) != 0)
            i++;
        *out++ = i < n ? *list[i].meant : *s;
        s += i < n ? strlen(list[i].name) : 1;
    }
    *out = '\0';
    return text;
}

static char *composed(char *text)
{
    char *other = compose(text);
    if (!other)
        return text;
    free(text);
    return other;
}

/* What a sentence is before it is cut into tokens: small letters, each of them
 * one character with its accents. Small ones have accents to be composed with
 * that capitals have not, and the other way round. Free with free(). */
static char *simple(const char *sentence)
{
    char *text = composed(plain(sentence));
    uint32_t code;
    for (char *s = text; text_decode(s, &code) > 0;)
        s = text_encode(s, lower(code));
    return composed(text);
}

/* Tokens in the making, one after the other, each ending in \0. */
typedef struct {
    int n;
    char *token, *out;  /* where the last one begins, and where it goes on */
    char *word;         /* all of it, or what is behind its last hyphen */
    bool alone;         /* it takes no more than combining marks */
} Tokens;

static void end_token(Tokens *t)
{
    if (t->out > t->token) {
        *t->out++ = '\0';
        t->n++;
    }
    t->token = t->word = t->out;
    t->alone = false;
}

/* Does an apostrophe before s end a word, as in the dogs' tails? */
static bool word_ends(const char *s)
{
    uint32_t next;
    return text_decode(s, &next) == 0 || next == '\'' || is_space(next)
        || stands_alone(next);
}

static void add_character(Tokens *t, uint32_t code, uint32_t before,
                          const char *rest)
{
    bool in_number = (code == '.' || code == ',') && is_digit(before)
                  && is_digit((unsigned char)*rest);
    bool alone = (stands_alone(code) && !in_number)
              || (code == '\'' && !elided(t->word, t->out)
                  && word_ends(rest));
    if (t->alone || alone)
        end_token(t);
    bool shortened = code == '\'' && elided(t->word, t->out);
    t->out = text_encode(t->out, code);
    t->alone = alone;
    if (shortened)
        end_token(t);
    if (code == '-')
        t->word = t->out;
}

static void add_tokens(Tokens *t, const char *s)
{
    uint32_t code, before = 0;
    for (size_t bytes; (bytes = text_decode(s, &code)) > 0; s += bytes) {
        if (is_space(code))
            end_token(t);
        else if (combines(code))
            t->out = text_encode(t->out, code);
        else
            add_character(t, code, before, s + bytes);
        before = code;
    }
    end_token(t);
}

Words text_tokens(const char *sentence)
{
    ptrdiff_t invalid = text_invalid_utf8(sentence);
    if (invalid >= 0)
        t_fail("text_tokens: not UTF-8 at byte offset %ld", (long)invalid);
    char *text = simple(sentence);
    char *room = grown(NULL, 2 * strlen(text) + 1, 1);  /* each may end */
    Tokens t = { .token = room, .out = room, .word = room };
    add_tokens(&t, text);
    Words words = { .n = t.n };
    if (t.n > 0) {
        size_t bytes = (size_t)(t.out - room);
        words.word = grown(NULL, (size_t)t.n * sizeof *words.word + bytes, 1);
        char *out = memcpy(words.word + t.n, room, bytes);
        for (int i = 0; i < t.n; i++, out += strlen(out) + 1)
            words.word[i] = out;
    }
    free(room);
    free(text);
    return words;
}

/* Whether no blank stands between two tokens: Chinese, or after l', d', qu'. */
static bool joined(const char *a, const char *b)
{
    uint32_t first, second;
    size_t n = strlen(a);
    if (n > 1 && a[n - 1] == '\'') {
        const char *hyphen = strrchr(a, '-');
        return elided(hyphen ? hyphen + 1 : a, a + n - 1);
    }
    text_decode(a, &first);
    text_decode(b, &second);
    return WITHIN(first, one_word) && WITHIN(second, one_word)
        && !combines(second);
}

char *text_join(int n, char *const *word)
{
    size_t room = 1;
    for (int i = 0; i < n; i++)
        room += strlen(word[i]) + 1;
    char *text = grown(NULL, room, 1), *out = text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && !joined(word[i - 1], word[i]))
            *out++ = ' ';
        size_t bytes = strlen(word[i]);
        memcpy(out, word[i], bytes);
        out += bytes;
    }
    *out = '\0';
    return text;
}
