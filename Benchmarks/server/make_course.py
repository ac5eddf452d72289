#!/usr/bin/env python3
"""A large course out of a small one: documents of the corpus's own sentences in another order, the same for each seed.

    python Benchmarks/server/make_course.py FOLDER [--chunks N] [--seed S]

Each section has a number of its own in its heading and in one sentence, so that sections differ and can be asked for:
`questions.jsonl` in FOLDER holds one question a section ("id", "text"). About N chunks of the usual size come of it.
"""

import argparse
import json
import pathlib
import random
import re

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "corpus"
# Characters of a section: short enough that it stays one chunk (measured).
CHUNK = 400
SECTIONS = 40


def sentences():
    text = "\n".join(path.read_text() for path in sorted(CORPUS.glob("*.md")))
    prose = [line.strip("-*> ") for line in text.splitlines() if len(line) > 60 and not line.startswith(("|", "#", "    "))]
    found = [sentence.strip() for line in prose for sentence in re.split(r"(?<=[.!?])\s+", line)]
    return sorted({sentence for sentence in found if 40 < len(sentence) < 300})


def make(folder, chunks, seed):
    folder.mkdir(parents=True, exist_ok=True)
    rng, pool, questions = random.Random(seed), sentences(), []
    documents = max(1, chunks // SECTIONS)
    for document in range(documents):
        lines = [f"# Caderno {document + 1}", ""]
        for section in range(SECTIONS):
            number = document * SECTIONS + section + 1
            topic = rng.choice(pool)
            lines += [f"## Exercício {number}", "", f"O exercício {number} trata disto: {topic}"]
            size = 0
            while size < CHUNK - len(topic) - 60:
                lines.append(rng.choice(pool))
                size += len(lines[-1]) + 1
            lines.append("")
            questions.append({"id": number, "text": f"De que trata o exercício {number}, {topic[:60].rstrip('.')}?"})
        (folder / f"caderno-{document + 1:04}.md").write_text("\n".join(lines))
    rng.shuffle(questions)
    (folder / "questions.jsonl").write_text("".join(json.dumps(q, ensure_ascii=False) + "\n" for q in questions))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.chunks, arguments.seed)


if __name__ == "__main__":
    main()
