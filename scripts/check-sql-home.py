#!/usr/bin/env python3
"""Keeps SQL in its home: *_store.{hpp,cpp} files, db/, jobs/ and the migrations.

Looks at the string literals of apps/backend/src (plain and raw) for whole statements. Exits 1 when there is one
elsewhere.
"""
import argparse
import pathlib
import re
import sys

HOMES = ("db", "jobs")
LITERAL = re.compile(r'R"(?P<tag>\w*)\((?P<raw>.*?)\)(?P=tag)"|"(?P<plain>(?:[^"\\\n]|\\.)*)"', re.DOTALL)
STATEMENT = re.compile(
    r"^\s*(?:SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s|"
    r"(?:CREATE|ALTER|DROP|TRUNCATE)\s+(?:TABLE|INDEX|ROLE|TYPE|DATABASE)\s)"
)


def is_home(relative: pathlib.Path) -> bool:
    return relative.parts[0] in HOMES or relative.stem.endswith("_store")


def statements(text: str) -> list[tuple[int, str]]:
    """(line, start of the statement) of each literal that is SQL."""
    found = []
    for match in LITERAL.finditer(text):
        content = match["raw"] if match["raw"] is not None else match["plain"]
        if STATEMENT.match(content):
            found.append((text.count("\n", 0, match.start()) + 1, " ".join(content.split())[:40]))
    return found


def check(root: pathlib.Path) -> list[str]:
    breaches = []
    source = root / "src"
    for path in sorted(p for p in source.rglob("*") if p.suffix in (".cpp", ".hpp")):
        relative = path.relative_to(source)
        if not is_home(relative):
            breaches += [
                f"{relative}:{line} holds SQL ({start}…): move it to a *_store.cpp file"
                for line, start in statements(path.read_text())
            ]
    return breaches


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[1] / "apps/backend")
    breaches = check(parser.parse_args().root)
    print("\n".join(breaches) if breaches else "sql home: every statement is in a store")
    return 1 if breaches else 0


sys.exit(main())
