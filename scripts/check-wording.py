#!/usr/bin/env python3
"""Keeps the word "safe" out of everything that people may read: product text, schemas, the companion.

A green grade says that no stretch crossed the rule, nothing more. Comments are for engineers and are not
looked at; what a provider writes never stands in the sources. Exits 1 when the word is found.
"""
import argparse
import pathlib
import re
import sys

FOLDERS = ("apps/backend/src", "apps/web/src", "apps/web/index.html")
SUFFIXES = (".cpp", ".hpp", ".json", ".sql", ".ts", ".tsx", ".css", ".html")
COMMENTS = {".sql": r"--[^\n]*", ".html": r"<!--.*?-->"}
CODE_COMMENT = r"//[^\n]*|/\*.*?\*/"
# A URL's // starts no comment, nor does anything else inside a literal.
LITERAL = r"""(?P<literal>R"(?P<tag>\w*)\(.*?\)(?P=tag)"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
WORD = re.compile(r"\b(?:un)?safe(?:ly|r|st|ty)?\b", re.IGNORECASE)
# Values of CSS and names that the platform gives, and what whom one calls in need is called.
ALLOWED = re.compile(r"safe-area-inset-\w+|\bjustify-content: safe\b|\balign-items: safe\b|\bsafety[- ]contacts?\b")


def without_comments(text: str, suffix: str) -> str:
    if suffix == ".json":
        return text

    def keep(match: re.Match[str]) -> str:
        return match[0] if match["literal"] is not None else "\n" * match[0].count("\n")

    comment = COMMENTS.get(suffix, CODE_COMMENT)
    return re.sub(f"{LITERAL}|{comment}", keep, text, flags=re.DOTALL)


def breaches_of(path: pathlib.Path, root: pathlib.Path) -> list[str]:
    text = ALLOWED.sub("", without_comments(path.read_text(), path.suffix))
    return [
        f'{path.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1} says "{match[0]}": '
        "say what was found, nobody can promise the rest"
        for match in WORD.finditer(text)
    ]


def files_of(root: pathlib.Path) -> list[pathlib.Path]:
    found: list[pathlib.Path] = []
    for name in FOLDERS:
        place = root / name
        candidates = [place] if place.is_file() else place.rglob("*")
        found += [path for path in candidates if path.is_file() and path.suffix in SUFFIXES]
    return sorted(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    root = parser.parse_args().root
    breaches = [breach for path in files_of(root) for breach in breaches_of(path, root)]
    print("\n".join(breaches) if breaches else "wording: nothing is called safe")
    return 1 if breaches else 0


sys.exit(main())
