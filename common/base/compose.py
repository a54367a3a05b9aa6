#!/usr/bin/env python3
"""Writes common/base/compose_table.h, from Python's tables of Unicode:

    python3 common/base/compose.py > common/base/compose_table.h
"""
import unicodedata

HANGUL = range(0xAC00, 0xD7A4)      # composed by rule, in compose.c
CHINESE = range(0xF900, 0xFB00)     # doubles of Chinese characters: left alone

composites = []     # (letter, mark, both in one)
doubles = []        # (another form, the usual one)
for code in range(0x20000):
    parts = unicodedata.decomposition(chr(code)).split()
    if not parts or parts[0].startswith("<") or code in HANGUL:
        continue
    usual = unicodedata.normalize("NFC", chr(code))
    if usual == chr(code):
        composites.append((int(parts[0], 16), int(parts[1], 16), code))
    elif len(usual) == 1 and code not in CHINESE:
        doubles.append((code, ord(usual)))

classes = []        # [first, last, class]
for code in range(0x110000):
    number = unicodedata.combining(chr(code))
    if number and classes and classes[-1][1:] == [code - 1, number]:
        classes[-1][1] = code
    elif number:
        classes.append([code, code, number])


def table(comment, declaration, rows):
    print("\n/* %s */\nstatic const %s[] = {" % (comment, declaration))
    line = "   "
    for row in sorted(rows):
        entry = " {%s}," % ",".join("0x%X" % number for number in row)
        if len(line) + len(entry) > 80:
            print(line)
            line = "   "
        line += entry
    print(line + "\n};")


print("/* compose_table.h -- made by compose.py, from Unicode %s. */\n#include <stdint.h>"
      % unicodedata.unidata_version)
table("A letter, a mark, and the character that is both. Sorted.",
      "struct {\n    uint32_t letter, mark, both;\n} composites", composites)
table("Characters that are another one. Sorted.",
      "struct {\n    uint32_t other, usual;\n} doubles", doubles)
table("Combining classes, where they are not 0: marks of different classes"
      "\n * may stand in any order and mean the same. Sorted.",
      "struct {\n    uint32_t first, last;\n    int number;\n} classes", classes)
