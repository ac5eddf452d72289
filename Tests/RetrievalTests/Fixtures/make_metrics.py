"""Makes metrics.json: rankings with the figures that pytrec_eval (the trec_eval C code) gives for them.

    pip install pytrec-eval-terrier==0.5.11 && python make_metrics.py > metrics.json
"""
import json
import random

import pytrec_eval

random.seed(2026)
cases = []
for number in range(60):
    pool = [f"d{i}" for i in range(random.choice([3, 8, 30, 300]))]
    ranking = random.sample(pool, random.randint(0, len(pool)))
    relevant = random.sample(pool, random.randint(1, min(len(pool), 12)))
    # Some relevant documents are never found, some grades are above 1.
    grades = {doc: random.choice([1, 1, 1, 2, 3]) for doc in relevant}
    grades.update({f"missing{i}": 1 for i in range(random.choice([0, 0, 2]))})
    cases.append({"ranking": ranking, "relevance": grades})

judgements = {str(i): case["relevance"] for i, case in enumerate(cases)}
# trec_eval sorts by score: the first gets the highest. A run must not be empty, so a document nobody judged is last.
runs = {
    str(i): {doc: 1e6 - rank for rank, doc in enumerate(case["ranking"] + ["unjudged"])}
    for i, case in enumerate(cases)
}
measures = {"ndcg_cut.10", "recall.5,10,100", "recip_rank"}
figures = pytrec_eval.RelevanceEvaluator(judgements, measures).evaluate(runs)
for i, case in enumerate(cases):
    found = figures[str(i)]
    # trec_eval's reciprocal rank has no cut: below rank 10 it counts as 0 here.
    reciprocal = found["recip_rank"] if found["recip_rank"] >= 0.0999 else 0.0
    case["expected"] = {
        "ndcg10": found["ndcg_cut_10"],
        "recall5": found["recall_5"],
        "recall10": found["recall_10"],
        "recall100": found["recall_100"],
        "reciprocalRank10": reciprocal,
    }
print(json.dumps(cases, separators=(",", ":")))
