"""How well questions fall into topics: average linkage and its threshold against gold groups of questions.

    swift build -c release --package-path Benchmarks/insights
    python Benchmarks/insights/topics.py PATH-TO-gepeto --sets FOLDER [--held-back] [--cache FILE]

Gold groups are the questions on one passage of squad, squad-pt, faquad and pira (in both languages). A draw is as a course's
refused questions are: 40 passages of a set, or 8, and of each 1 to 5 questions, by a seeded generator. Figures are means of 10
draws: B-cubed F1 (Bagga and Baldwin 1998) and the adjusted Rand index; `related` is the B-cubed precision by article (squad
only), which says whether what was joined wrongly is at least about the same. Passages whose number (CRC-32 of the id) is even
tune, the odd ones have no say; they are measured with --held-back. Needs numpy, scipy and scikit-learn, and GEPETO_MODEL_DIR.

`gepeto` is the program's own code (TopicHarness). Baselines: each question alone, all together, words alone (TF-IDF, average
linkage), the plain cosine of the vectors with average linkage and with a leader, k-means told the true number of topics. Each
baseline at the one threshold of its list that is best for all sets together.
"""

import argparse
import json
import pathlib
import random
import subprocess
import zlib
from collections import Counter, defaultdict

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score

DRAWS = 10
SETS = [("squad", "en"), ("squad-pt", "pt"), ("faquad", "pt"), ("pira", "en"), ("pira", "pt")]
HARNESS = pathlib.Path(__file__).with_name(".build") / "release/TopicHarness"


def questions(folder, language):
    """(text, passage) of a set."""
    name = "queries_pt.jsonl" if language == "pt" and folder.name == "pira" else "queries.jsonl"
    texts = {row["_id"]: row["text"] for row in map(json.loads, (folder / name).read_text().splitlines())}
    rows = [line.split("\t") for line in (folder / "qrels.tsv").read_text().splitlines()[1:]]
    return [(texts[query], passage) for query, passage, _ in rows if query in texts]


def embed(program, texts, cache):
    known = json.loads(cache.read_text()) if cache and cache.exists() else {}
    missing = [text for text in texts if text not in known]
    if missing:
        lines = "\n".join(" ".join(text.split()) for text in missing)
        done = subprocess.run([program, "embed"], input=lines, capture_output=True, text=True, check=True)
        known |= dict(zip(missing, map(json.loads, done.stdout.splitlines()), strict=True))
        if cache:
            cache.write_text(json.dumps(known))
    return np.array([known[text] for text in texts], dtype=np.float32)


def draw(groups, seed, passages):
    generator = random.Random(seed)
    chosen = generator.sample(sorted(groups), min(passages, len(groups)))
    return [(index, passage) for passage in chosen
            for index in generator.sample(groups[passage], min(len(groups[passage]), generator.choice([1, 1, 2, 3, 4, 5])))]


def b_cubed(labels, gold):
    both, own, true = Counter(zip(labels, gold)), Counter(labels), Counter(gold)
    precision = sum(count * count / own[label] for (label, _), count in both.items()) / len(gold)
    recall = sum(count * count / true[group] for (_, group), count in both.items()) / len(gold)
    return precision, 2 * precision * recall / (precision + recall)


def average(vectors, thresholds):
    """Labels by threshold; clusters are joined while the mean cosine of their pairs is at least that."""
    tree = linkage(vectors, "average", metric="cosine")
    return [list(fcluster(tree, 1 - threshold, "distance")) for threshold in thresholds]


def words(texts, thresholds):
    # A question without a word of its own has no direction; a column for all gives it one.
    weights = TfidfVectorizer(sublinear_tf=True).fit_transform(texts).toarray()
    return average(np.hstack([weights, np.full((len(texts), 1), 1e-6)]), thresholds)


def leader(vectors, threshold):
    sums, labels = [], []
    for vector in vectors:
        scores = [float(vector @ total) / float(np.linalg.norm(total)) for total in sums]
        best = int(np.argmax(scores)) if scores else -1
        if best >= 0 and scores[best] >= threshold:
            sums[best] = sums[best] + vector
        else:
            best = len(sums)
            sums.append(vector.copy())
        labels.append(best)
    return labels


class Program:
    """The program's own grouping."""

    def __init__(self):
        self.process = subprocess.Popen([HARNESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def groups(self, vectors, texts, language, thresholds):
        self.process.stdin.write(json.dumps({"vectors": vectors.tolist(), "texts": texts, "language": language,
                                             "thresholds": thresholds}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.milliseconds = answer["milliseconds"]
        return answer["groups"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--held-back", action="store_true")
    parser.add_argument("--cache", type=pathlib.Path)
    arguments = parser.parse_args()
    steps = [round(0.05 + 0.025 * step, 3) for step in range(28)]
    ours = Program()
    ways = {
        "each alone": ([None], lambda v, t, g, l: [list(range(len(g)))]),
        "all together": ([None], lambda v, t, g, l: [[0] * len(g)]),
        "k-means, true k": ([None], lambda v, t, g, l: [KMeans(len(set(g)), n_init=3, random_state=0).fit_predict(v).tolist()]),
        "words": (steps, lambda v, t, g, l: words(t, steps)),
        "vectors, leader": (steps[::2], lambda v, t, g, l: [leader(v, threshold) for threshold in steps[::2]]),
        "vectors": (steps, lambda v, t, g, l: average(v, steps)),
        "gepeto": (steps, lambda v, t, g, l: ours.groups(v, t, l, steps)),
    }
    found = {way: {threshold: defaultdict(list) for threshold in thresholds} for way, (thresholds, _) in ways.items()}
    for name, language in SETS:
        rows = [row for row in questions(arguments.sets / name, language)
                if zlib.crc32(row[1].encode()) % 2 == int(arguments.held_back)]
        vectors = embed(arguments.program, [text for text, _ in rows], arguments.cache)
        groups = defaultdict(list)
        for index, (_, passage) in enumerate(rows):
            groups[passage].append(index)
        for passages in (40, 8):
            for seed in range(DRAWS):
                picked = draw(groups, seed, passages)
                indexes, gold = [index for index, _ in picked], [passage for _, passage in picked]
                texts = [rows[index][0] for index in indexes]
                for way, (thresholds, cluster) in ways.items():
                    for threshold, labels in zip(thresholds, cluster(vectors[indexes], texts, gold, language), strict=True):
                        related, _ = b_cubed(labels, [passage.split("#")[0] for passage in gold])
                        found[way][threshold][f"{name} {language} {passages}"].append(
                            (b_cubed(labels, gold)[1], adjusted_rand_score(gold, labels), related, len(set(labels)) / len(set(gold))))
        print(f"{name} {language}: {len(rows)} questions on {len(groups)} passages", flush=True)

    for way, by_threshold in found.items():
        means = {threshold: np.mean([np.mean(draws, axis=0) for draws in sets.values()], axis=0)
                 for threshold, sets in by_threshold.items()}
        best = max(means, key=lambda threshold: means[threshold][0])
        squad = np.mean([np.mean(draws, axis=0) for name, draws in by_threshold[best].items() if name.startswith("squad ")], axis=0)
        print(f"{way:16} threshold {best or 0:<6} B-cubed {means[best][0]:.3f}  ARI {means[best][1]:.3f}  topics/gold {means[best][3]:.2f}"
              f"  related {squad[2]:.3f} | " + "  ".join(f"{name} {np.mean(draws, axis=0)[0]:.3f}" for name, draws in by_threshold[best].items()))
    means = {threshold: np.mean([np.mean(draws, axis=0) for draws in sets.values()], axis=0) for threshold, sets in found["gepeto"].items()}
    print("gepeto by threshold: " + "  ".join(f"{threshold} {mean[0]:.3f}/{mean[1]:.3f}" for threshold, mean in means.items()))


if __name__ == "__main__":
    main()
