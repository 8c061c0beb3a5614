#!/usr/bin/env python3
"""Keeps files readable: more than 400 lines warns, more than 500 fails.

Looks at the files git knows or would add (tracked, or untracked and not ignored). Data is free: lock files,
goldens, corpora, JSON, SVG and licence texts.
"""
import argparse
import pathlib
import subprocess
import sys

WARN, FAIL = 400, 500
FREE_SUFFIXES = {".json", ".svg", ".geojson", ".gpx", ".kml", ".xml", ".csv", ".txt", ".bin", ".png", ".tif"}
FREE_NAMES = {"LICENSE", "CHANGELOG.md"}
FREE_FOLDERS = {"golden", "corpus"}


def is_free(path: pathlib.PurePath) -> bool:
    return path.suffix in FREE_SUFFIXES or path.name in FREE_NAMES or not FREE_FOLDERS.isdisjoint(path.parts)


def known_files(root: pathlib.Path) -> list[pathlib.PurePath]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, check=True, capture_output=True
    ).stdout.decode()
    return [pathlib.PurePath(name) for name in sorted(filter(None, listing.split("\0")))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    root = parser.parse_args().root
    failed = False
    for name in known_files(root):
        path = root / name
        if is_free(name) or not path.is_file():
            continue
        lines = path.read_bytes().count(b"\n")
        if lines > FAIL:
            failed = True
            print(f"{name}: {lines} lines: at most {FAIL} are allowed; split it by subject")
        elif lines > WARN:
            print(f"warning: {name}: {lines} lines: more than {WARN}")
    if not failed:
        print(f"file sizes: no file has more than {FAIL} lines")
    return 1 if failed else 0


sys.exit(main())
