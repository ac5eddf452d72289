"""Fits the calibration of evidence to the signals that evidence.py wrote down, and says how good it is.

    python Benchmarks/answers/fit_evidence.py MODEL-FOLDER [--json FILE] [--swift FILE]
        [--rest FILE] [--sets FOLDER] [--plot FILE] [--fixture FILE]

Needs numpy, and matplotlib for --plot. Learns from Benchmarks/answers/evidence.csv (dev parts only). --json writes what gepeto
reads as MODEL-FOLDER/evidence.json: what to do after choosing another embedding model, with an evidence.csv made by that model
(GEPETO_MODEL_DIR). --swift writes Sources/Retrieval/Evidence/EvidenceCalibration+Shipped.swift; --fixture some scores for
the tests. --rest, the questions held back, gives the report; with --sets also a baseline that sees the question only.

Logistic regression by Newton's method; every group of questions of a course weighs the same, whatever its size. `known` and
`strange` are fitted together, each question counting for both as far as the model knows its material's language.
"""

import argparse
import collections
import csv
import hashlib
import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = ("similarity", "lexical", "agreement", "sentences", "coverage", "namesMissing")
MATTER, FOREIGN, HOLDS = WEIGHTS[:4], WEIGHTS[:5], ("similarity", "sentences", "namesMissing")
# For a model that nobody has measured: nothing that comes from vectors.
WORDS, WORDS_HOLDS = ("lexical", "sentences", "coverage"), ("sentences", "namesMissing")
# Of sixteen questions in another language than the material one is taken to be answered: what tells them apart is weak, and they
# shall not come before questions about which there is no doubt. Of the others half, and 85 of 100 of squad's tricky ones.
FOREIGN_SHARE, HOLDS_SHARE = 1 / 16, 0.85
# Of the mean loss: how much the weights are held back.
LEAST, MODERATE, MUCH = 0.0002, 0.0075, 0.12
# The most answerable questions refused in any dev part, in the material's language (two thirds of what is promised) and in the other.
REFUSED, FOREIGN_REFUSED = 0.02, 0.1
ENGLISH = {"squad", "scifact", "pira", "openstax-philosophy"}


class Row:
    __slots__ = ("course", "of", "group", "signals", "familiarity", "foreign", "answered")

    def __init__(self, line):
        self.course, self.of, self.group = line["course"], line["set"], line["group"]
        self.signals = dict(zip(WEIGHTS, (float(line[name]) for name in (
            "topSimilarity", "lexical", "agreement", "sentences", "coverage", "namesMissing"))))
        self.familiarity, self.foreign = float(line["familiarity"]), float(line["isForeign"]) > 0
        self.answered = self.group in ("on", "cross", "ctl+")


def read(path):
    with open(path, newline="") as file:
        return [Row(line) for line in csv.DictReader(file)]


def matrix(rows, names):
    return np.array([[row.signals[name] for name in names] for row in rows]).reshape(len(rows), len(names))


def logistic(x, answered, weights, penalty, constants):
    """Weights of the columns of x; the last `constants` columns are free of penalty and not scaled."""
    scale = np.ones(x.shape[1])
    scale[:x.shape[1] - constants] = x[:, :x.shape[1] - constants].std(axis=0) + 1e-9
    x, weights = x / scale, weights / weights.sum()
    ridge = np.full(x.shape[1], penalty)
    ridge[x.shape[1] - constants:] = 1e-9
    beta = np.zeros(x.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ beta))
        step = np.linalg.solve((x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(ridge),
                               x.T @ (weights * (p - answered)) + ridge * beta)
        beta = beta - step
        if np.abs(step).max() < 1e-10:
            break
    return beta / scale


def balanced(rows, share):
    """Each group of a course the same, then the answered ones `share` of all."""
    counts = collections.Counter((row.course, row.group) for row in rows)
    weights = np.array([1 / counts[row.course, row.group] for row in rows])
    answered = np.array([row.answered for row in rows])
    weights[answered] *= share / weights[answered].sum()
    weights[~answered] *= (1 - share) / weights[~answered].sum()
    return weights


def named(names, values, bias):
    found = dict(zip(names, values))
    return {"bias": round(float(bias), 3), **{name: round(float(found.get(name, 0)), 3) for name in WEIGHTS}}


def one(rows, names, share, penalty):
    x = np.hstack([matrix(rows, names), np.ones((len(rows), 1))])
    beta = logistic(x, np.array([row.answered for row in rows]), balanced(rows, share), penalty, 1)
    return named(names, beta[:-1], beta[-1])


def fit(rows, model="", revision="", vectors=True):
    """A calibration but for its threshold."""
    native = [row for row in rows if not row.foreign and row.group in ("on", "off")]
    foreign = [row for row in rows if row.foreign and row.group in ("cross", "off") and row.course != "sample"]
    tricky = [row for row in rows if row.group == "unans"]
    tricky += [row for row in rows if row.group == "on" and row.course in {each.course for each in tricky}]
    if vectors:
        x, share = matrix(native, MATTER), np.array([[row.familiarity] for row in native])
        x = np.hstack([share * x, (1 - share) * x, share, 1 - share])
        beta = logistic(x, np.array([row.answered for row in native]), balanced(native, 0.5), LEAST, 2)
        count = len(MATTER)
        known, strange = named(MATTER, beta[:count], beta[-2]), named(MATTER, beta[count:-2], beta[-1])
    else:
        known = strange = one(native, WORDS, 0.5, LEAST)
    return {"model": model, "revision": revision, "known": known, "strange": strange,
            "foreign": one(foreign, FOREIGN if vectors else WORDS, FOREIGN_SHARE, MUCH),
            "holds": one(tricky, HOLDS if vectors else WORDS_HOLDS, HOLDS_SHARE, MODERATE) if tricky
            else named((), (), np.log(HOLDS_SHARE / (1 - HOLDS_SHARE)))}


def scores(rows, calibration):
    def odds(weights):
        return weights["bias"] + matrix(rows, WEIGHTS) @ np.array([weights[name] for name in WEIGHTS])

    def chance(logit):
        return 1 / (1 + np.exp(-logit))
    share = np.array([row.familiarity for row in rows])
    matter = chance(share * odds(calibration["known"]) + (1 - share) * odds(calibration["strange"]))
    own = matter * chance(odds(calibration["holds"]))
    return np.where([row.foreign for row in rows], chance(odds(calibration["foreign"])), own)


def threshold(rows, calibration, foreign):
    """The highest at which no part of `rows` has too many answerable questions refused, of those that are `foreign` or not."""
    parts = collections.defaultdict(list)
    for row, score in zip(rows, scores(rows, calibration)):
        if row.foreign == foreign and row.group == ("cross" if foreign else "on"):
            parts[row.course].append(score)
    most = FOREIGN_REFUSED if foreign else REFUSED
    fit = [step for step in range(1, 51) if all(np.mean(np.array(part) < step / 100) <= most for part in parts.values())]
    return max(fit, default=1) / 100


def thresholds(rows, calibration):
    """The threshold of each row."""
    return np.where([row.foreign for row in rows], calibration["foreignThreshold"], calibration["threshold"])


def curve(good, bad):
    """The area under the ROC curve."""
    if not len(good) or not len(bad):
        return float("nan")
    bad = np.sort(bad)
    wins = np.searchsorted(bad, good, "left") + np.searchsorted(bad, good, "right")
    return wins.mean() / 2 / len(bad)


def report(dev, rest, calibration, sets):
    def table(title, rows, how):
        print(f"\n{title}\n{'course':22}{'answered':>9}{'off':>6}{'AUC':>7}{'own language':>14}{'refused: answered':>19}{'off':>7}{'own':>7}{'foreign':>9}")
        for course in dict.fromkeys(row.course for row in rows):
            mine = [row for row in rows if row.course == course and row.group in ("on", "off")]
            found = how(course, mine)
            on, off = np.array([row.answered for row in mine]), np.array([row.group == "off" for row in mine])
            foreign = np.array([row.foreign for row in mine])
            own = off & ~foreign
            below = found < thresholds(mine, calibration)
            print(f"{course:22}{on.sum():9}{off.sum():6}{curve(found[on], found[off]):7.3f}{curve(found[on], found[own]):14.3f}"
                  f"{below[on].mean():19.3f}{below[off].mean():7.2f}{below[own].mean():7.2f}{below[off & foreign].mean():9.2f}")

    table("Questions of other courses, held-back questions", rest, lambda _, rows: scores(rows, calibration))
    kin = {"squad-pt": "squad", "pira_pt": "pira"}

    def without(course, rows):
        name = kin.get(course, course)
        kept = [row for row in dev if kin.get(row.course, row.course) != name and kin.get(row.of, row.of) != name]
        return scores(rows, fit(kept))
    table("The same, the course's set left out of the fit", rest, without)

    print("\nQuestions in the other language than the passages: AUC against questions of other courses, refused")
    for course in ("squad", "squad-pt", "pira", "pira_pt"):
        good = [row for row in rest if row.course == course and row.group == "cross"]
        bad = [row for row in rest if row.course == course and row.group == "off" and row.foreign]
        found = scores(good, calibration)
        print(f"  {good[0].of:8} on {course:9} {curve(found, scores(bad, calibration)):.3f}  {(found < thresholds(good, calibration)).mean():.3f} of {len(good)}")

    print("\nUnanswerable questions written against a passage: AUC on dev, on the rest; refused of the rest")
    for course in ("squad", "squad-pt"):
        parts = []
        for rows in (dev, rest):
            good, bad = ([row for row in rows if row.course == course and row.group == group] for group in ("on", "unans"))
            parts.append(curve(scores(good, calibration), scores(bad, calibration)))
        print(f"  {course:9} {parts[0]:.3f} {parts[1]:.3f}  {(scores(bad, calibration) < thresholds(bad, calibration)).mean():.3f} of {len(bad)}")
    for course in ("scifact", "faquad"):
        good, bad = ([row for row in dev + rest if row.course == course and row.group == group] for group in ("ctl+", "ctl-"))
        print(f"  squad's, asked of {course}, where a score that sees the question only would tell them apart as well: "
              f"{curve(scores(good, calibration), scores(bad, calibration)):.3f}")
    if sets:
        for course in ("squad", "squad-pt"):
            print(f"  {course:9} by the question alone (words, length, negation): {question_only(sets, course):.3f} on the rest")
    groups = {group: [row for row in rest if row.course == "sample" and row.group == group] for group in ("on", "near")}
    sample = {group: scores(rows, calibration) for group, rows in groups.items()}
    below = {group: (sample[group] < thresholds(rows, calibration)).sum() for group, rows in groups.items()}
    print(f"\nSample course: {below['on']} of {len(sample['on'])} answerable refused, "
          f"{below['near']} of {len(sample['near'])} near misses; AUC {curve(sample['on'], sample['near']):.3f}")


def question_only(sets, name):
    """What a model gets that sees the question but no passage: its area under the curve."""
    sys.path.insert(0, str(ROOT / "Benchmarks/answers"))
    from evidence import Questions
    questions = Questions(sets, name)
    asked = [(text, dev, True) for text, dev in questions.answered] + [(text, dev, False) for text, dev in questions.unanswered]

    def words(text):
        return [word.strip("?.,\"'()") for word in text.lower().split()]
    common = [word for word, _ in collections.Counter(
        word for text, dev, _ in asked if dev for word in set(words(text))).most_common(400)]
    x = np.array([[word in found for word in common] + [len(found), any(n in found for n in ("not", "não", "never", "nunca"))
                  or "n't" in text, 1] for text, _, _ in asked for found in (words(text),)], float)
    dev, answered = np.array([each[1] for each in asked]), np.array([each[2] for each in asked])
    weights = np.where(answered[dev], 0.5 / answered[dev].sum(), 0.5 / (~answered[dev]).sum())
    found = x @ logistic(x[dev], answered[dev], weights, 0.01, 1)
    return curve(found[~dev & answered], found[~dev & ~answered])


def plot(rest, calibration, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4.6))
    parts = [("English on English", lambda row: not row.foreign and row.course in ENGLISH),
             ("Portuguese on Portuguese", lambda row: not row.foreign and row.course not in ENGLISH | {"sample"}),
             ("question in the other language", lambda row: row.foreign and row.course != "sample")]
    axes[0].plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle=":")
    for name, wanted in parts:
        rows = [row for row in rest if wanted(row) and row.group in ("on", "off", "unans", "cross")]
        rows = [row for row in rows if row.foreign == (row.group == "cross") or row.group in ("off", "unans")]
        foreign = rows[0].foreign
        found, answered = scores(rows, calibration), np.array([row.answered for row in rows])
        off = np.array([row.group == "off" for row in rows])
        # The shares that the fit took for granted: tricky questions beside answered ones, and both beside other courses'.
        counts = collections.Counter((row.course, row.group) for row in rows)
        weights = np.array([1 / counts[row.course, row.group] for row in rows])
        if foreign:
            weights[answered] *= FOREIGN_SHARE / weights[answered].sum()
            weights[~answered] *= (1 - FOREIGN_SHARE) / weights[~answered].sum()
        else:
            for part, share in ((off, 0.5), (answered, 0.5 * HOLDS_SHARE), (~off & ~answered, 0.5 * (1 - HOLDS_SHARE))):
                if part.any():
                    weights[part] *= share / weights[part].sum()
        order = np.argsort(found)
        bins = np.minimum((np.cumsum(weights[order]) / weights.sum() * 10).astype(int), 9)
        points = [(np.average(found[order][bins == b], weights=weights[order][bins == b]),
                   np.average(answered[order][bins == b], weights=weights[order][bins == b])) for b in range(10) if (bins == b).any()]
        axes[0].plot(*zip(*points), marker="o", markersize=4, label=name)
    axes[0].axvline(calibration["threshold"], color="firebrick", linewidth=1, label=f"threshold {calibration['threshold']}")
    axes[0].axvline(calibration["foreignThreshold"], color="firebrick", linewidth=1, linestyle="--",
                    label=f"in the other language {calibration['foreignThreshold']}")
    axes[0].set(xlabel="score of evidence", ylabel="share that the course answers", title="Calibration, held-back questions")
    axes[0].legend(fontsize=8)
    groups = (("answered", ("on",)), ("answered, other language", ("cross",)), ("written to look answered", ("unans",)),
              ("another course's", ("off",)))
    for name, wanted in groups:
        found = np.sort(scores([row for row in rest if row.group in wanted], calibration))
        axes[1].plot(found, np.arange(1, len(found) + 1) / len(found), label=f"{name} ({len(found)})")
    axes[1].axvline(calibration["threshold"], color="firebrick", linewidth=1)
    axes[1].axvline(calibration["foreignThreshold"], color="firebrick", linewidth=1, linestyle="--")
    axes[1].set(xlabel="score of evidence", ylabel="share of questions below", title="Refused at each threshold")
    axes[1].legend(fontsize=8, loc="center")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def swift(calibrations):
    def weights(values):
        inner = ", ".join(f"{name}: {values[name]}" for name in ("bias", *WEIGHTS[:3]))
        outer = ", ".join(f"{name}: {values[name]}" for name in WEIGHTS[3:])
        return f"Weights(\n            {inner},\n            {outer})"

    def literal(each):
        parts = ",\n        ".join(f"{name}: {weights(each[name])}" for name in ("known", "strange", "foreign", "holds"))
        return (f"EvidenceCalibration(\n        model: \"{each['model']}\", revision: \"{each['revision']}\", "
                f"threshold: {each['threshold']},\n        foreignThreshold: {each['foreignThreshold']},\n        {parts})")
    return f"""// Made by Benchmarks/answers/fit_evidence.py.

extension EvidenceCalibration {{
    /// Those of the models that were measured.
    static let shipped = [measured]

    private static let measured = {literal(calibrations[0])}

    /// For models that nobody has measured: fitted without what comes from vectors.
    static let unmeasured = {literal(calibrations[1])}
}}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path, help="the embedding model's folder")
    for name in ("json", "swift", "rest", "sets", "plot", "fixture"):
        parser.add_argument(f"--{name}", type=pathlib.Path)
    arguments = parser.parse_args()
    dev = read(ROOT / "Benchmarks/answers/evidence.csv")
    revision = hashlib.sha256((arguments.model / "model.safetensors").read_bytes()).hexdigest()[:16]
    calibrations = [fit(dev, arguments.model.name, revision), fit(dev, vectors=False)]
    for each in calibrations:
        each["threshold"], each["foreignThreshold"] = threshold(dev, each, False), threshold(dev, each, True)
    print(json.dumps(calibrations, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(calibrations[0], indent=1) + "\n")
    if arguments.swift:
        arguments.swift.write_text(swift(calibrations))
    if arguments.fixture:
        chosen = dev[::397]
        arguments.fixture.write_text(json.dumps({"calibration": calibrations[0], "cases": [
            {**row.signals, "familiarity": row.familiarity, "isForeign": row.foreign, "score": round(float(score), 9)}
            for row, score in zip(chosen, scores(chosen, calibrations[0]))]}, indent=1) + "\n")
    if arguments.rest:
        rest = read(arguments.rest)
        report(dev, rest, calibrations[0], arguments.sets)
        print("\nWithout vectors (a model that nobody has measured):")
        for course in dict.fromkeys(row.course for row in rest):
            good, bad = ([row for row in rest if row.course == course and row.group == group] for group in ("on", "off"))
            found = scores(good, calibrations[1])
            print(f"  {course:22} AUC {curve(found, scores(bad, calibrations[1])):.3f}, refused {(found < thresholds(good, calibrations[1])).mean():.3f}")
        if arguments.plot:
            plot(rest, calibrations[0], arguments.plot)


if __name__ == "__main__":
    main()
