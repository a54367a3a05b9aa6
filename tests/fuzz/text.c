/* text.c -- any bytes as a text: tokens, words, columns, composed forms. */
#include "fuzz.h"

#include "base/compose.h"
#include "base/text.h"

static void look(void *data)
{
    char *text = data;
    text_width(text);
    if (text_invalid_utf8(text) >= 0)
        return;
    char *composed = compose(text), *again;
    if (composed) {
        FUZZ_EXPECT(text_invalid_utf8(composed) < 0);
        again = compose(composed);
        FUZZ_EXPECT(!again || strcmp(again, composed) == 0);
    }
    Words words = text_split(text), tokens = text_tokens(text);
    for (int i = 0; i < words.n; i++)
        FUZZ_EXPECT(text_is_word(words.word[i]));
    for (int i = 0; i < tokens.n; i++)
        FUZZ_EXPECT(text_is_word(tokens.word[i]));
    char *joined = text_join(tokens.n, tokens.word);
    Words back = text_tokens(joined);
    FUZZ_EXPECT(back.n == tokens.n);
    for (int i = 0; i < back.n; i++)
        FUZZ_EXPECT(strcmp(back.word[i], tokens.word[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(size + 1, 1);
    memcpy(text, data, size);
    fuzz_try(look, text);
    return 0;
}
