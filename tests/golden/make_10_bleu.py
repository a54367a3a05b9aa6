#!/usr/bin/env python3
"""Writes 10_bleu.h: BLEU as two known implementations compute it.

    /usr/bin/python3 tests/golden/make_10_bleu.py > tests/golden/10_bleu.h

Only needed to change the examples. It takes Debian's packages python3-torchtext
and python3-nltk. The scores are torchtext's, in double. NLTK must agree on all
that it defines in the same way: it has no zero (a tiny number stands for it),
and pretends that a translation of fewer than n tokens has one group of n.
"""
import importlib.metadata
import sys
import warnings
from unittest import mock

import nltk
import torch
from nltk.translate.bleu_score import corpus_bleu

# Its compiled half does not load in Debian 12, and BLEU needs nothing of it.
sys.modules["torchtext._extension"] = mock.MagicMock()
sys.modules["torchtext._torchtext"] = mock.MagicMock()
from torchtext.data.metrics import bleu_score

torch.set_default_dtype(torch.float64)
warnings.simplefilter("ignore")     # NLTK's, about the zeros

# name, pairs of translation and reference
CASES = [
    ("perfect",
     [("the red car is fast .", "the red car is fast .")]),
    ("one_word_wrong",
     [("the old car is very fast .", "the red car is very fast .")]),
    ("too_short",
     [("the cat sleeps on", "the cat sleeps on the old chair .")]),
    ("one_token_short",
     [("we saw a dog in the garden", "we saw a dog in the garden .")]),
    ("too_long",
     [("the cat sleeps on the old chair in the kitchen , I think .",
       "the cat sleeps on the old chair .")]),
    ("repeated_word",
     [("the the the the cat sleeps on the chair .",
       "the cat sleeps on the chair .")]),
    ("repeated_groups",
     [("so it is and so it is and so it is and so it is",
       "so it is and so it was and so it goes")]),
    ("reference_repeats",
     [("a rose is a rose .", "a rose is a rose is a rose is a rose .")]),
    ("other_order",
     [("in the garden the children play with a ball .",
       "the children play with a ball in the garden .")]),
    ("no_group_of_four",
     [("the cat sits on a chair .", "the cat sleeps on the chair .")]),
    ("nothing_in_common",
     [("ils regardent un film .", "tom chases jerry")]),
    ("all_too_short_for_groups_of_four",
     [("tom sleeps .", "tom sleeps .")]),
    ("short_sentences_among_long",
     [("yes .", "yes ."),
      ("no", "never ."),
      ("tom sleeps .", "tom sleeps ."),
      ("she reads the new book every day .",
       "she reads a new book every day .")]),
    ("an_empty_translation",
     [("", "yes , of course ."),
      ("they are watching a film .", "they are watching a film .")]),
    ("lengths_count_over_the_corpus",
     [("she is reading a long book in the garden now .",
       "she is reading a long book ."),
      ("he likes", "he likes to sing in the rain .")]),
    ("short_and_long_make_up_for_each_other",
     [("we sing in", "we sing in the rain ."),
      ("they dance in the big garden all night .",
       "they dance in the garden .")]),
    ("clipped_by_sentence_not_by_corpus",
     [("the dog and the dog and the dog .", "the dog and the cat ."),
      ("a cat and a bird play .", "the dog and the cat play .")]),
    ("french",
     [("l' homme n' aime pas l' eau froide .",
       "l' homme n' aime pas l' eau ."),
      ("la voiture rouge est rapide .", "la voiture rouge est très rapide ."),
      ("ils regardent .", "ils regardent .")]),
    ("chinese",
     [("我 喜 欢 深 度 学 习 。", "我 很 喜 欢 深 度 学 习 。"),
      ("汤 姆 追 逐 杰 瑞 。", "汤 姆 追 杰 瑞 。"),
      ("他 们 在 看 。", "他 们 在 看 。")]),
]


def score(name, pairs):
    written = [translation.split() for translation, _ in pairs]
    expected = [[reference.split()] for _, reference in pairs]
    value = 100 * bleu_score(written, expected)
    other = 100 * corpus_bleu(expected, written)
    if value == 0:
        assert other < 1e-50, name
    elif min(map(len, written)) >= 4:
        assert abs(value - other) < 1e-10, name
    return value


print("""/* 10_bleu.h -- BLEU as torchtext %s computes it; NLTK %s agrees where it
 * means the same. Made by tests/golden/make_10_bleu.py: do not edit. */
#ifndef GOLDEN_08_BLEU_H
#define GOLDEN_08_BLEU_H

/* Tokens stand between blanks. The score is that of all n pairs together. */
static const struct GoldenBleu {
    const char *name;
    int n;
    struct {
        const char *translation, *reference;
    } pair[%d];
    double bleu;
} golden_bleu[] = {""" % (importlib.metadata.version("torchtext"),
                          nltk.__version__,
                          max(len(pairs) for _, pairs in CASES)))
for name, pairs in CASES:
    print('    { "%s", %d, {' % (name, len(pairs)))
    for translation, reference in pairs:
        print('        { "%s",\n          "%s" },' % (translation, reference))
    print("      }, %.12g }," % score(name, pairs))
print("""};

#endif""")
