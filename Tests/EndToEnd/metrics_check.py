"""Metrics as Prometheus's own parser reads them.

    metrics_check.py [PROGRAM]

Holds the renderer's sample (which the Swift tests hold the renderer against) against what it should say. With a
program, also what a real server tells on its operator port.
"""

import math
import sys

from prometheus_client.parser import text_string_to_metric_families

from harness import ROOT, check


def families(text):
    """Name to family; a text that does not end its last line, or names a family twice, is not the format."""
    check(text.endswith("\n"), "the text does not end with a line feed")
    found = list(text_string_to_metric_families(text))
    names = [family.name for family in found]
    check(len(set(names)) == len(names), f"families named twice: {sorted(names)}")
    return {family.name: family for family in found}


def samples(family):
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in family.samples}


def value(found, name, family=None, **labels):
    """The value of one series; a counter's family is named without `_total` by the parser."""
    series = samples(found[family or name.removesuffix("_total")])
    return series[(name, frozenset(labels.items()))]


def check_sample():
    found = families((ROOT / "Tests/Fixtures/metrics/sample.txt").read_text())
    check({name: family.type for name, family in found.items()} == {
        "plain": "counter", "labelled": "counter", "level": "gauge", "nothing": "gauge", "seconds": "histogram",
        "empty_seconds": "histogram", "together": "gauge"}, "names and types")
    check(found["labelled"].documentation == 'Of all kinds:\n\\ and "quoted".', "help")
    check(value(found, "plain_total") == 3.5, "a counter without labels")
    check(value(found, "labelled_total", kind="a", code='a "quote", a \\ and\na line; ção') == 3, "odd labels")
    check(value(found, "labelled_total", kind="c", code="") == 0, "an empty label")
    check(value(found, "level") == -0.25 and math.isnan(value(found, "level", of="nan")), "a gauge")
    check(value(found, "level", of="much") == math.inf and value(found, "level", of="little") == -math.inf, "infinity")
    check(not found["nothing"].samples, "no sample")
    route = "/api/{id}"
    buckets = [value(found, "seconds_bucket", "seconds", le=le, route=route) for le in ("0.005", "0.1", "1", "2.5", "+Inf")]
    check(buckets == [2, 4, 4, 4, 6], f"buckets: {buckets}")
    check(value(found, "seconds_count", "seconds", route=route) == 6, "count")
    check(math.isclose(value(found, "seconds_sum", "seconds", route=route), 1000000003.1110001), "sum")
    check(value(found, "together", n="1") == 1e21 and value(found, "together", n="2") == 12345678901, "large numbers")
    print("the renderer's sample reads as it should")


if __name__ == "__main__":
    check_sample()
