#!/usr/bin/env python3
"""Runs GoogleTest binaries and writes one result file that scripts/sum-results.py reads.

Each binary runs once, as one process, so that what its suites share (a database cluster) is made once. A binary
that crashes or exceeds its time counts as one failure, on top of the tests that had finished before.
"""
import argparse
import concurrent.futures
import json
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as xml


def results_of(report: pathlib.Path) -> dict:
    """Counts of a GoogleTest XML report. A skipped test counts as skipped, not as passed."""
    counts = {"passed": 0, "failed": 0, "skipped": 0, "failures": [], "skips": []}
    for case in xml.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None:
            counts["failed"] += 1
            counts["failures"].append(name)
        elif case.get("status") == "run" and case.get("result") == "skipped":
            counts["skipped"] += 1
            counts["skips"].append(f"{name}: {skip_reason(case)}")
        elif case.get("status") == "run":
            counts["passed"] += 1
    return counts


def skip_reason(case: xml.Element) -> str:
    """What GTEST_SKIP() << ... said. Its message begins with the place in the source, on a line of its own."""
    skipped = case.find("skipped")
    message = (skipped.get("message") or skipped.text or "") if skipped is not None else ""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if len(lines) > 1 and re.fullmatch(r".*:\d+", lines[0]):
        lines = lines[1:]
    return " ".join(lines) or "no reason given"


def results_of_crash(output: str, binary: str, why: str) -> dict:
    """Counts from the output of a binary that left no report."""
    lines = output.splitlines()
    running = [line.split("]", 1)[1].strip() for line in lines if line.startswith("[ RUN ")]
    skips = [line.split("]", 1)[1].strip() for line in lines if line.startswith("[  SKIPPED ]") and line.endswith("ms)")]
    return {
        "passed": sum(line.startswith("[       OK ]") for line in lines),
        "failed": sum(line.startswith("[  FAILED  ]") and line.endswith("ms)") for line in lines) + 1,
        "skipped": len(skips),
        "failures": [f"{binary} {why} in {running[-1] if running else 'start'}"],
        "skips": [f"{name}: see the log of {binary}" for name in skips],
    }


def run(binary: pathlib.Path, options: argparse.Namespace) -> dict:
    report = options.folder / f"{options.part}.{binary.name}.xml"
    report.unlink(missing_ok=True)
    command = [str(binary), f"--gtest_output=xml:{report}", f"--gtest_filter={options.filter}"]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL) as process:
        try:
            output = process.communicate(timeout=options.timeout)[0].decode(errors="replace")
            why = f"ended by {signal.Signals(-process.returncode).name}" if process.returncode < 0 else "crashed"
        except subprocess.TimeoutExpired:
            process.kill()
            output = process.communicate()[0].decode(errors="replace")
            why = f"did not end within {options.timeout} s"
    (options.folder / f"{options.part}.{binary.name}.log").write_text(output)
    if report.exists() and report.stat().st_size > 0:
        counts = results_of(report)
        # A leak or a failed teardown after the last test is a failure too.
        if process.returncode != 0 and counts["failed"] == 0:
            counts["failed"] += 1
            counts["failures"].append(f"{binary.name} exited with {process.returncode} after its tests")
    else:
        counts = results_of_crash(output, binary.name, why)
    return {**counts, "name": binary.name, "seconds": time.monotonic() - started, "output": output}


def show(result: dict) -> None:
    mark = "✗" if result["failed"] else "✓"
    skipped = f", {result['skipped']} skipped" if result["skipped"] else ""
    print(f"{mark} {result['name']}: {result['passed']} passed{skipped} ({result['seconds']:.1f} s)", flush=True)
    if result["failed"]:
        print("\n".join(result["output"].splitlines()[-120:]), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", required=True, help="name of the part of ./test")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("test-results"))
    parser.add_argument("--filter", default="*")
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("binaries", type=pathlib.Path, nargs="*")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    total = {"passed": 0, "failed": 0, "skipped": 0, "failures": [], "skips": []}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, b, options) for b in options.binaries]):
            result = future.result()
            if result["passed"] + result["failed"] + result["skipped"] > 0:
                show(result)
            for key in total:
                total[key] += result[key]
    (options.folder / f"{options.part}.gtest.json").write_text(json.dumps(total, indent=2))
    return 1 if total["failed"] else 0


sys.exit(main())
