"""Adds up the result files (TRX and JUnit) of a test run and prints 'N passed, N failed, N skipped'.

usage: summarise_tests.py RESULTS_DIRECTORY BROKEN_STEPS

A broken step (build, lint, a runner that died) without a failed test of its own counts as one failure, so that a
crash before the first test can never look green. Exits 1 on any failure and when no test ran.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def local_name(element):
    return element.tag.rsplit("}", 1)[-1]


def count_trx(root):
    outcomes = [e.get("outcome") for e in root.iter() if local_name(e) == "UnitTestResult"]
    passed = outcomes.count("Passed")
    skipped = outcomes.count("NotExecuted")
    return passed, len(outcomes) - passed - skipped, skipped


def count_junit(root):
    passed = failed = skipped = 0
    for case in (e for e in root.iter() if local_name(e) == "testcase"):
        kinds = {local_name(child) for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    directory, broken = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    totals = [0, 0, 0]
    for path in sorted([*directory.rglob("*.trx"), *directory.rglob("*.xml")]):
        root = ElementTree.parse(path).getroot()
        counts = count_trx(root) if path.suffix == ".trx" else count_junit(root)
        totals = [a + b for a, b in zip(totals, counts)]
    passed, failed, skipped = totals
    failed = max(failed, broken)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


sys.exit(main())
