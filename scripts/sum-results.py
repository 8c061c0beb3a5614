#!/usr/bin/env python3
"""Adds up test-results/PART[.NAME].KIND.json and prints one line for each part, then the total as the last line.

A part of which no test ran counts as one failure, unless it was asked to be skipped (kind "skip"). Exits 1 on any
failure.
"""
import argparse
import json
import pathlib
import sys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("test-results"))
    parser.add_argument("parts", nargs="+")
    parts: dict[str, dict] = {}
    options = parser.parse_args()
    for part in options.parts:
        parts[part] = {"passed": 0, "failed": 0, "skipped": 0, "failures": [], "skips": []}
    left_out: set[str] = set()
    for path in sorted(options.folder.glob("*.json")):
        part, kind = path.stem.split(".", 1)[0], path.stem.rsplit(".", 1)[-1]
        if part not in parts or kind not in ("gtest", "node", "fuzz", "build", "skip"):
            continue
        total = parts[part]
        if kind == "skip":
            left_out.add(part)
        for key, value in json.loads(path.read_text()).items():
            total[key] += value
    for part, total in parts.items():
        if total["passed"] + total["failed"] == 0 and part not in left_out:
            total["failed"] += 1
            total["failures"].append("no test of this part ran")

    print()
    for part, total in parts.items():
        print(f"{part:<12} {total['passed']:>5} passed {total['failed']:>4} failed {total['skipped']:>4} skipped")
    for kind, title in (("skips", "skipped"), ("failures", "FAILED")):
        for part, total in parts.items():
            for name in total[kind]:
                print(f"  {title}: {part}: {name}")

    passed, failed, skipped = (sum(total[key] for total in parts.values()) for key in ("passed", "failed", "skipped"))
    print(f"tests: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


sys.exit(main())
