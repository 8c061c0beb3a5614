#!/usr/bin/env python3
"""Adds up test-results/*.{gtest,node,fuzz}.json and prints one line for each part, then the total as the last line.

Exits 1 when a test failed or when no test ran at all.
"""
import argparse
import json
import pathlib
import sys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, nargs="?", default=pathlib.Path("test-results"))
    parts: dict[str, dict] = {}
    for path in sorted(parser.parse_args().folder.glob("*.json")):
        part, _, kind = path.stem.partition(".")
        if kind not in ("gtest", "node", "fuzz", "build"):
            continue
        total = parts.setdefault(part, {"passed": 0, "failed": 0, "skipped": 0, "failures": [], "skips": []})
        for key, value in json.loads(path.read_text()).items():
            total[key] += value

    print()
    for part, total in parts.items():
        print(f"{part:<12} {total['passed']:>5} passed {total['failed']:>4} failed {total['skipped']:>4} skipped")
    for kind, title in (("skips", "skipped"), ("failures", "FAILED")):
        for part, total in parts.items():
            for name in total[kind]:
                print(f"  {title}: {part}: {name}")

    passed, failed, skipped = (sum(total[key] for total in parts.values()) for key in ("passed", "failed", "skipped"))
    print(f"tests: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or passed == 0 else 0


sys.exit(main())
