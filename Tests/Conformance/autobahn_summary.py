"""Sums up a report of the Autobahn fuzzing client by group of cases: autobahn_summary.py INDEX.json [--markdown].

Exit code 1 when a case, or the way its connection was closed, is neither OK nor informational, or when cases are missing.
"""

import argparse
import json
import sys

GOOD = {"OK", "INFORMATIONAL"}
# Cases of autobahntestsuite 0.8.2 without those of groups 12 and 13.
CASES = 301
GROUPS = {
    1: "framing", 2: "pings and pongs", 3: "reserved bits", 4: "opcodes", 5: "fragmentation", 6: "UTF-8",
    7: "closing handshake", 9: "limits and performance", 10: "automatic fragmentation",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report")
    parser.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.report, encoding="utf-8") as file:
        (cases,) = json.load(file).values()

    groups: dict[int, list[tuple[str, str, str]]] = {}
    for case, result in cases.items():
        groups.setdefault(int(case.split(".")[0]), []).append((case, result["behavior"], result["behaviorClose"]))
    rows = [("group", "cases", "OK", "informational", "non-strict", "failed")]
    totals = [0] * 5
    for group, results in sorted(groups.items()):
        names = [name for _, name, _ in results]
        counts = [len(names), names.count("OK"), names.count("INFORMATIONAL"), names.count("NON-STRICT")]
        counts.append(counts[0] - sum(counts[1:]))
        totals = [total + count for total, count in zip(totals, counts)]
        rows.append((f"{group} {GROUPS.get(group, '')}", *map(str, counts)))
    rows.append(("all", *map(str, totals)))
    if arguments.markdown:
        rows.insert(1, ("---", *["---:"] * 5))
        print("\n".join("| " + " | ".join(row) + " |" for row in rows))
    else:
        print("\n".join(f"{row[0]:28}" + "".join(f"{cell:>15}" for cell in row[1:]) for row in rows))

    bad = [result for results in groups.values() for result in results if not {result[1], result[2]} <= GOOD]
    for case, behaviour, closing in sorted(bad):
        print(f"case {case}: {behaviour}, closing {closing}", file=sys.stderr)
    if len(cases) != CASES:
        print(f"{len(cases)} cases were run instead of {CASES}", file=sys.stderr)
    return 1 if bad or len(cases) != CASES else 0


if __name__ == "__main__":
    sys.exit(main())
