#!/usr/bin/env python3
"""Writes compose.h: texts with accents, and their NFC as Python has it.

    python3 tests/golden/make_compose.py > tests/golden/compose.h
"""
import random
import unicodedata

CHINESE = range(0xF900, 0xFB00)     # their doubles are left alone


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfd(text):
    return unicodedata.normalize("NFD", text)


composed = [chr(c) for c in range(0x20000) if c not in CHINESE
            and nfd(chr(c)) != chr(c) and len(nfc(chr(c))) == 1]
hangul = [c for c in composed if 0xAC00 <= ord(c) < 0xD7A4]
others = [c for c in composed if c not in set(hangul)]
marks = [chr(c) for c in range(0x300, 0x370) if unicodedata.combining(chr(c))]

# Every composed character taken apart, and some of Hangul; then letters with
# marks in any order and number.
random.seed(1)
texts = [nfd("".join(others[i:i + 50])) for i in range(0, len(others), 50)]
texts += ["".join(others[i:i + 50]) for i in range(0, len(others), 250)]
texts += [nfd("".join(hangul[::419])), "".join(hangul[::997])]
for _ in range(40):
    text = ""
    for _ in range(8):
        letter = random.choice(["a", "e", "o", "q", "Ω", "ê", "ǭ", "猫", " "])
        text += letter + "".join(random.choices(marks[:20] + marks[-30:],
                                                k=random.randrange(4)))
    texts.append(text)


def c_string(text):
    """Octal escapes have three digits, so nothing behind them joins them."""
    data = "".join(chr(b) if 0x20 < b < 0x7F and chr(b) not in '"\\?'
                   else "\\%03o" % b for b in text.encode())
    lines, line = [], ""
    while data:
        size = 4 if data[0] == "\\" else 1
        if len(line) + size > 68:
            lines.append(line)
            line = ""
        line, data = line + data[:size], data[size:]
    return "\n".join('      "%s"' % l for l in lines + [line])


print("/* compose.h -- NFC, as Python has it of Unicode %s. Made by\n"
      " * tests/golden/make_compose.py: do not edit. */\n"
      "#ifndef GOLDEN_COMPOSE_H\n#define GOLDEN_COMPOSE_H\n\n"
      "static const struct {\n    const char *text, *nfc;\n} golden_compose[] = {"
      % unicodedata.unidata_version)
for text in texts:
    print("    { %s,\n%s },"
          % (c_string(text).lstrip(), c_string(nfc(text))))
print("};\n\n#endif")
