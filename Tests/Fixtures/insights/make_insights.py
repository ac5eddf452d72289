"""Makes insights.json: what scikit-learn 1.9.1 and numpy 2.4.6 say of grouping, likeness and topic words.

    python Tests/Fixtures/insights/make_insights.py

Seeded; needs numpy and scikit-learn. `groups` are AgglomerativeClustering's (average linkage, precomputed distances), numbered by
their first member; `likeness` is half the cosine of the vectors without their mean (shrunk by 20) and half that of
TfidfTransformer with `ln((1 + n + 20) / (1 + df))`; `words` is class-based TF-IDF (arXiv:2203.05794, eq. 2) over CountVectorizer's
counts; `percentiles` are numpy's (inverted_cdf).
"""

import json
import pathlib

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

WORDS = "heap stack graph tree sort hash loop array list search merge pivot node edge path cost".split()


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def numbered(labels):
    numbers = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def main():
    generator = np.random.default_rng(27)
    count, dimension = 60, 21
    centres = unit(generator.normal(size=(9, dimension)))
    vectors = unit(centres[generator.integers(9, size=count)] + 0.28 * generator.normal(size=(count, dimension))).astype(np.float32)
    topics = [generator.choice(WORDS, size=4, replace=False) for _ in range(9)]
    texts = [" ".join(generator.choice(topics[generator.integers(9)], size=generator.integers(1, 6))) for _ in range(count)]

    likeness = (vectors @ vectors.T).astype(np.float64)
    distance = np.clip(1 - likeness, 0, None)
    np.fill_diagonal(distance, 0)
    groups = []
    for threshold in (0.1, 0.25, 0.4, 0.55, 0.7, 0.9):
        model = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - threshold)
        groups.append({"threshold": threshold, "groups": numbered(model.fit_predict(distance).tolist())})

    vectorizer = CountVectorizer(vocabulary=WORDS)
    counts = vectorizer.fit_transform(texts)
    transformer = TfidfTransformer(sublinear_tf=True).fit(counts)
    transformer.idf_ = np.log((1 + count + 20) / (1 + (counts > 0).sum(axis=0).A1))
    weights = transformer.transform(counts).toarray()
    centred = unit(vectors - vectors.sum(axis=0) / (count + 20))
    both = 0.5 * centred @ centred.T + 0.5 * weights @ weights.T

    # Six topics of ten questions each.
    classes = np.array([counts[10 * topic:10 * topic + 10].sum(axis=0).A1 for topic in range(6)])
    inverse = np.log(1 + classes.sum() / len(classes) / np.maximum(classes.sum(axis=0), 1))
    words = [{WORDS[word]: round(float(value), 6) for word, value in enumerate(row) if value > 0} for row in classes * inverse]

    times = np.rint(generator.lognormal(8, 1.2, size=500)).astype(int)
    percentiles = {str(share): float(np.percentile(times, 100 * share, method="inverted_cdf")) / 1000 for share in (0.05, 0.5, 0.95, 1)}

    pathlib.Path(__file__).with_name("insights.json").write_text(json.dumps({
        "dimension": dimension, "vectors": [[round(float(x), 7) for x in row] for row in vectors], "texts": texts, "groups": groups,
        "likeness": [[round(float(x), 5) for x in row] for row in both], "words": words, "times": times.tolist(),
        "percentiles": percentiles}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
