#!/usr/bin/env python3
"""Runs each libFuzzer target for some seconds from its committed seeds; each target counts as one test.

Seeds are in apps/backend/tests/fuzz/corpus/<target without _fuzz>/. What a run finds goes to the build folder's
corpus, a crash to test-results/fuzz/, with the command that repeats it.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
SEEDS = REPOSITORY / "apps/backend/tests/fuzz/corpus"


def run(target: pathlib.Path, seconds: int, results: pathlib.Path) -> dict:
    name = target.name.removesuffix("_fuzz")
    found = target.parent.parent / "corpus" / name
    artifacts = results / "fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    artifacts.mkdir(parents=True, exist_ok=True)
    seeds = [str(SEEDS / name)] if (SEEDS / name).is_dir() else []
    command = [
        str(target), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
        "-verbosity=0", f"-artifact_prefix={artifacts}/", str(found), *seeds,
    ]  # fmt: skip
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
    # libFuzzer ends by itself; the outer limit is for a target that cannot.
    try:
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, errors="replace", timeout=seconds + 120, check=False
        )
        output, failed = ended.stdout + ended.stderr, ended.returncode != 0
    except subprocess.TimeoutExpired as late:
        output, failed = f"did not end within {seconds + 120} s\n{late.stderr!r}", True
    (results / f"fuzz-smoke.{name}.log").write_text(output)
    runs = re.search(r"number_of_executed_units:\s*(\d+)", output)
    return {"name": name, "failed": failed, "runs": int(runs[1]) if runs else 0, "output": output, "artifacts": artifacts}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("test-results"))
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("targets", type=pathlib.Path, nargs="*")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    total = {"passed": 0, "failed": 0, "skipped": 0, "failures": [], "skips": []}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for result in pool.map(lambda target: run(target, options.seconds, options.folder), options.targets):
            # A target that never ran an input has tested nothing.
            failed = result["failed"] or result["runs"] == 0
            total["failed" if failed else "passed"] += 1
            print(f"{'✗' if failed else '✓'} {result['name']}: {result['runs']} inputs", flush=True)
            if failed:
                total["failures"].append(result["name"])
                print("\n".join(result["output"].splitlines()[-60:]), flush=True)
                for artifact in result["artifacts"].iterdir():
                    print(f"    repeat it: build/fuzz/tests/{result['name']}_fuzz {artifact}", flush=True)
    (options.folder / "fuzz-smoke.fuzz.json").write_text(json.dumps(total, indent=2))
    return 1 if total["failed"] else 0


sys.exit(main())
