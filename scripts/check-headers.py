#!/usr/bin/env python3
"""Compiles each header of apps/backend/src alone, so that none leans on what another file included before.

Uses the flags of the dev build's own compile commands for the folder. A header that passed is remembered in
build/header-check by the content of everything it includes, so that only what changed is compiled again.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

DROP_WITH_VALUE = {"-o", "-MF", "-MT", "-MQ"}
DROP = {"-c", "-MD", "-MMD"}


def flags_of(entry: dict) -> list[str]:
    """The compiler and its flags, without input, output and the compiler launcher."""
    words = shlex.split(entry["command"])
    if os.path.basename(words[0]) == "ccache":
        words = words[1:]
    flags, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in DROP_WITH_VALUE:
            skip = True
        elif word not in DROP and not word.endswith(".cpp"):
            flags.append(word)
    return flags


def flags_by_folder(commands: pathlib.Path, source: pathlib.Path) -> dict[str, list[str]]:
    flags = {}
    for entry in json.loads(commands.read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(source):
            flags.setdefault(path.relative_to(source).parts[0], flags_of(entry))
    return flags


def digest(header: pathlib.Path, flags: list[str], depends: pathlib.Path) -> str | None:
    """A digest of the flags and of every file the header includes; None when they are not known or gone."""
    if not depends.exists():
        return None
    words = depends.read_text().replace("\\\n", " ").split(":", 1)[1].split()
    total = hashlib.sha256(" ".join(flags).encode())
    for name in [str(header), *words]:
        try:
            total.update(pathlib.Path(name).read_bytes())
        except OSError:
            return None
    return total.hexdigest()


def compile_alone(header: pathlib.Path, name: str, flags: list[str], cache: pathlib.Path) -> str | None:
    """None when the header compiles alone, else the compiler's words."""
    depends = cache / (name.replace("/", "__") + ".d")
    passed = depends.with_suffix(".passed")
    before = digest(header, flags, depends)
    if before and passed.exists() and passed.read_text() == before:
        return None
    command = [*flags, "-fsyntax-only", "-x", "c++", "-MD", "-MF", str(depends), "-include", str(header), "/dev/null"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        return f"{name} does not compile alone:\n{result.stderr}"
    passed.write_text(digest(header, flags, depends) or "")
    return None


def main() -> int:
    repository = pathlib.Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, default=repository / "apps/backend/src")
    parser.add_argument("--commands", type=pathlib.Path, default=repository / "build/dev/compile_commands.json")
    parser.add_argument("--cache", type=pathlib.Path, default=repository / "build/header-check")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    source = options.source.resolve()
    flags = flags_by_folder(options.commands, source)
    if not flags:
        print(f"{options.commands} has no command for {source}: build the dev preset first")
        return 1
    fallback = next(iter(flags.values()))
    headers = sorted(source.rglob("*.hpp"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(
            lambda header: compile_alone(
                header,
                str(header.relative_to(source)),
                flags.get(header.relative_to(source).parts[0], fallback),
                options.cache,
            ),
            headers,
        )
        failures = [failure for failure in results if failure]
    print("\n".join(failures) if failures else f"headers: {len(headers)} compile alone")
    return 1 if failures else 0


sys.exit(main())
