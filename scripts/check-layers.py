#!/usr/bin/env python3
"""Holds every #include of apps/backend/src against apps/backend/layers.txt.

A folder includes itself and its allowed folders; a third-party header is included only by .cpp files of a folder
that layers.txt lets name it, never by a header. Prints one line for each breach and exits 1 when there is one.
"""
import argparse
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
# Angle-bracket headers of C++, C and the system, which any file may include.
SYSTEM = re.compile(r"^(?:[a-z_0-9]+|(?:sys|arpa|netinet|net|linux)/[a-z_0-9]+\.h|[a-z_0-9]+\.h)$")
# Named like system headers, but third-party.
NOT_SYSTEM = {"sodium.h", "expat.h", "libpq-fe.h", "proj.h", "tiffio.h", "tiff.h", "zstd.h", "sqlite3.h",
              "png.h", "jpeglib.h", "zip.h"}
GENERATED = "embedded"


def read_layers(path: pathlib.Path) -> dict[str, tuple[list[str], list[str]]]:
    """Folder → (folders it may include, third-party prefixes it may include)."""
    layers = {}
    for line in path.read_text().splitlines():
        match = re.match(r"^([a-z]+)\s*:([^:]*):(.*)$", line)
        if match:
            layers[match[1]] = (match[2].split(), match[3].split())
    return layers


def cyclic(layers: dict[str, tuple[list[str], list[str]]]) -> list[str]:
    return [
        f"layers.txt: {name} and {other} may include each other: dependencies go one way"
        for name, (allowed, _) in layers.items()
        for other in allowed
        if other in layers and name in layers[other][0] and name < other
    ]


def is_third_party(header: str) -> bool:
    return header in NOT_SYSTEM or not SYSTEM.match(header)


def names(prefix: str, header: str) -> bool:
    """Whether the word of layers.txt covers the header: "curl" covers curl/curl.h, "expat" covers expat.h."""
    return header == prefix or header.startswith((prefix + "/", prefix + "."))


def breach_of_project(where: str, folder: str, header: str, layers: dict) -> str | None:
    target = header.split("/")[0]
    if "/" not in header or (target not in layers and target != GENERATED):
        return f"{where} includes \"{header}\": write it as \"folder/file.hpp\", a folder of layers.txt"
    allowed = layers[folder][0]
    if target in (folder, GENERATED) or target in allowed:
        return None
    return f"{where} may not include {header}: {folder} may use {' '.join(allowed) or 'no other folder'}"


def breach_of_third_party(where: str, path: pathlib.Path, folder: str, header: str, layers: dict) -> str | None:
    if not is_third_party(header):
        return None
    allowed = layers[folder][1]
    if not any(names(prefix, header) for prefix in allowed):
        return f"{where} may not include <{header}>: {folder} may use {' '.join(allowed) or 'no library'}"
    if path.suffix != ".cpp":
        return f"{where} may not include <{header}>: third-party headers belong into .cpp files"
    return None


def check(root: pathlib.Path) -> list[str]:
    layers = read_layers(root / "layers.txt")
    breaches = cyclic(layers)
    source = root / "src"
    for path in sorted(p for p in source.rglob("*") if p.suffix in (".cpp", ".hpp", ".h")):
        relative = path.relative_to(source)
        folder = relative.parts[0]
        if folder not in layers:
            breaches.append(f"{relative}: the folder {folder} has no line in layers.txt")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            where = f"{relative}:{number}"
            if match[1]:
                breach = breach_of_project(where, folder, match[1], layers)
            else:
                breach = breach_of_third_party(where, path, folder, match[2], layers)
            if breach:
                breaches.append(breach)
    return breaches


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[1] / "apps/backend")
    breaches = check(parser.parse_args().root)
    print("\n".join(breaches) if breaches else "layers: every include is allowed")
    return 1 if breaches else 0


sys.exit(main())
