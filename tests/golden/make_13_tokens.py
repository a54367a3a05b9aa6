#!/usr/bin/env python3
"""Writes 13_tokens.h: byte-pair encoding as a known implementation learns it.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers
    /tmp/venv/bin/python tests/golden/make_13_tokens.py > tests/golden/13_tokens.h

Only needed to change the examples. The implementation is Hugging Face's
package `tokenizers`. It works on characters, so each byte b goes in as the
character 256 + b, and its alphabet, which it sorts, has the bytes in order.
"""
import json
from importlib.metadata import version

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

TEXT = """\
The old goat ate my skirt, and the young goat ate her hat.
Is the black cat under the table? There is no cat under the table.
La vieille chèvre a mangé ma jupe, et la jeune chèvre a mangé son chapeau.
Est-ce que le chat noir est sous la table ? Il n'y a pas de chat.
老山羊吃了我的裙子，小山羊吃了她的帽子。
黑色的猫在桌子下面吗？桌子下面没有猫。
aaaa aaa aa aaaaaaa abababab bababa aabaab    a  b\t\tc
hahahaha haha ha banana bananas bandana
She chases, chased, is chasing and will chase; they chat, and have chatted.
"""
MERGES = 250
ENCODED = [
    "The goats chase the young cat .",
    "Ils n'ont pas mangé la table.",
    "黑色的山羊在桌子下面。",
    "aaaaa aabaabaab hahaha bananananas",
    "  two blanks\tand\n\nlines ",
    "naïve 🐈 안녕",
]


def characters(text):
    return "".join(chr(256 + b) for b in text.encode())


def c_string(text):
    """As pieces of a C string, a line each."""
    out = []
    for line in text.splitlines(keepends=True):
        for sign, escaped in ("\\", "\\\\"), ('"', '\\"'), ("\t", "\\t"), \
                ("\n", "\\n"):
            line = line.replace(sign, escaped)
        out.append(f'    "{line}"')
    return "\n".join(out)


def rows(numbers, margin="   ", width=76):
    line, lines = margin, []
    for number in numbers:
        if len(line) + len(number) + 2 > width:
            lines.append(line)
            line = margin
        line += f" {number},"
    return "\n".join(lines + [line])


white = characters(" \t\n\r")
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Split(
    Regex(f"{characters(' ')}?[^{white}]+|[{white}]"), "isolated")
tokenizer.train_from_iterator([characters(TEXT)], trainers.BpeTrainer(
    vocab_size=256 + MERGES, show_progress=False,
    initial_alphabet=[chr(256 + b) for b in range(256)]))
ids = tokenizer.get_vocab()
merges = json.loads(tokenizer.to_str())["model"]["merges"]

print(f"""\
/* 13_tokens.h -- byte-pair encoding as Hugging Face's tokenizers {version(
    'tokenizers')} learns
 * and uses it. Made by tests/golden/make_13_tokens.py: do not edit. */
#ifndef GOLDEN_13_TOKENS_H
#define GOLDEN_13_TOKENS_H

static const char golden_text[] =
{c_string(TEXT)};

static const int golden_joined[][2] = {{
{rows('{ %d, %d }' % (ids[a], ids[b]) for a, b in merges)}
}};

static const struct {{
    const char *text;
    int n, id[64];
}} golden_encoded[] = {{""")
for text in ENCODED:
    encoded = tokenizer.encode(characters(text)).ids
    said = "\n".join("    " + line for line in c_string(text).splitlines())
    print(f"    {{\n{said},\n        {len(encoded)},")
    print("        {\n" + rows(map(str, encoded), "           ") + "\n        } },")
print("};\n\n#endif")
