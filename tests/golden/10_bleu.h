/* 10_bleu.h -- BLEU as torchtext 0.14.1a0 computes it; NLTK 3.8 agrees where it
 * means the same. Made by tests/golden/make_10_bleu.py: do not edit. */
#ifndef GOLDEN_08_BLEU_H
#define GOLDEN_08_BLEU_H

/* Tokens stand between blanks. The score is that of all n pairs together. */
static const struct GoldenBleu {
    const char *name;
    int n;
    struct {
        const char *translation, *reference;
    } pair[4];
    double bleu;
} golden_bleu[] = {
    { "perfect", 1, {
        { "the red car is fast .",
          "the red car is fast ." },
      }, 100 },
    { "one_word_wrong", 1, {
        { "the old car is very fast .",
          "the red car is very fast ." },
      }, 64.3458884161 },
    { "too_short", 1, {
        { "the cat sleeps on",
          "the cat sleeps on the old chair ." },
      }, 36.7879441171 },
    { "one_token_short", 1, {
        { "we saw a dog in the garden",
          "we saw a dog in the garden ." },
      }, 86.687789975 },
    { "too_long", 1, {
        { "the cat sleeps on the old chair in the kitchen , I think .",
          "the cat sleeps on the old chair ." },
      }, 44.7101861926 },
    { "repeated_word", 1, {
        { "the the the the cat sleeps on the chair .",
          "the cat sleeps on the chair ." },
      }, 63.8943104246 },
    { "repeated_groups", 1, {
        { "so it is and so it is and so it is and so it is",
          "so it is and so it was and so it goes" },
      }, 41.2118375132 },
    { "reference_repeats", 1, {
        { "a rose is a rose .",
          "a rose is a rose is a rose is a rose ." },
      }, 36.7879441171 },
    { "other_order", 1, {
        { "in the garden the children play with a ball .",
          "the children play with a ball in the garden ." },
      }, 67.5600077404 },
    { "no_group_of_four", 1, {
        { "the cat sits on a chair .",
          "the cat sleeps on the chair ." },
      }, 0 },
    { "nothing_in_common", 1, {
        { "ils regardent un film .",
          "tom chases jerry" },
      }, 0 },
    { "all_too_short_for_groups_of_four", 1, {
        { "tom sleeps .",
          "tom sleeps ." },
      }, 0 },
    { "short_sentences_among_long", 4, {
        { "yes .",
          "yes ." },
        { "no",
          "never ." },
        { "tom sleeps .",
          "tom sleeps ." },
        { "she reads the new book every day .",
          "she reads a new book every day ." },
      }, 58.5828169118 },
    { "an_empty_translation", 2, {
        { "",
          "yes , of course ." },
        { "they are watching a film .",
          "they are watching a film ." },
      }, 43.4598208507 },
    { "lengths_count_over_the_corpus", 2, {
        { "she is reading a long book in the garden now .",
          "she is reading a long book ." },
        { "he likes",
          "he likes to sing in the rain ." },
      }, 42.9449481093 },
    { "short_and_long_make_up_for_each_other", 2, {
        { "we sing in",
          "we sing in the rain ." },
        { "they dance in the big garden all night .",
          "they dance in the garden ." },
      }, 39.1271145018 },
    { "clipped_by_sentence_not_by_corpus", 2, {
        { "the dog and the dog and the dog .",
          "the dog and the cat ." },
        { "a cat and a bird play .",
          "the dog and the cat play ." },
      }, 22.7497070202 },
    { "french", 3, {
        { "l' homme n' aime pas l' eau froide .",
          "l' homme n' aime pas l' eau ." },
        { "la voiture rouge est rapide .",
          "la voiture rouge est très rapide ." },
        { "ils regardent .",
          "ils regardent ." },
      }, 72.7320217243 },
    { "chinese", 3, {
        { "我 喜 欢 深 度 学 习 。",
          "我 很 喜 欢 深 度 学 习 。" },
        { "汤 姆 追 逐 杰 瑞 。",
          "汤 姆 追 杰 瑞 。" },
        { "他 们 在 看 。",
          "他 们 在 看 。" },
      }, 74.3033359227 },
};

#endif
