#!/usr/bin/env python3
"""Vector search beside sqlite-vec and faiss: time, recall, filters, a writer beside it, the first query, memory.

    python3 -m venv /tmp/vectors && /tmp/vectors/bin/pip install numpy faiss-cpu sqlite-vec apsw matplotlib
    gepeto embed < questions.txt > questions.json
    /tmp/vectors/bin/python Benchmarks/retrieval/vectors.py --questions questions.json [--sizes 1000,10000] [--rounds 200]
        [--folder DIR] [--plot FILE.png] COURSE.sqlite...

BENCHMARK_AS_BUILT=1 takes the harness as it was built last.

The vectors are those of the course files (as `gepeto ingest` or `gepeto eval` made them) and, beyond their number, a
smoothed bootstrap of them: a real vector plus 0.3 times the difference of two others of its cluster (128 clusters),
brought to unit length. Questions are real. Ten questions are put to each side by turns, one thread each, k = 10, all from
files in the page cache; what counts is the median, of the clock and of the CPU, for the machine may be busy. Ours includes
the way to the reading thread and back. sqlite-vec is what PyPI has; faiss keeps codes and float32 vectors in memory and
re-scores as many candidates as it needs for a recall of 0.99 (k_factor below).
"""
import argparse
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
import apsw
import faiss
import numpy as np
import sqlite_vec

faiss.omp_set_num_threads(1)
HERE = pathlib.Path(__file__).resolve().parent
HARNESS = HERE / ".build/release/VectorHarness"
D, K, TURN = 384, 10, 10
# Bytes of codes that a process may hold: none, and what a course file holds unless told otherwise.
NONE, USUAL = 0, 320 << 20

parser = argparse.ArgumentParser()
parser.add_argument("courses", nargs="+", type=pathlib.Path)
parser.add_argument("--questions", type=pathlib.Path, required=True)
parser.add_argument("--sizes", default="1000,10000,100000,1000000")
parser.add_argument("--rounds", type=int, default=200)
parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/tmp/vector-benchmark"))
parser.add_argument("--plot", type=pathlib.Path)
options = parser.parse_args()
sizes = [int(size) for size in options.sizes.split(",")]
work = options.folder
work.mkdir(parents=True, exist_ok=True)


def real_vectors():
    rows = []
    for path in options.courses:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        rows += [np.frombuffer(row[0], "<f4") for row in database.execute("SELECT embedding FROM vector ORDER BY chunk_id")]
    return np.array(rows)


def made_vectors(count):
    """Written once: the real vectors in random order, then the bootstrap."""
    path, rng, real = work / "vectors.f32", np.random.default_rng(7), real_vectors()
    print(len(real), "real vectors,", len(questions), "questions")
    if path.exists() and path.stat().st_size >= count * D * 4:
        return path
    clusters = faiss.Kmeans(D, 128, niter=15, seed=1, min_points_per_centroid=1)
    clusters.train(real)
    near = clusters.index.search(real, 1)[1][:, 0]
    members = [np.flatnonzero(near == cluster) for cluster in range(128)]
    out = np.memmap(path, "f4", "w+", shape=(count, D))
    out[:len(real)] = real[rng.permutation(len(real))][:count]
    for start in range(len(real), count, 50_000):
        rows = rng.integers(0, len(real), min(50_000, count - start))
        one, other = np.empty(len(rows), int), np.empty(len(rows), int)
        for cluster in range(128):
            mask = near[rows] == cluster
            if mask.any():
                one[mask], other[mask] = (rng.choice(members[cluster], mask.sum()) for _ in range(2))
        made = real[rows] + 0.3 * (real[one] - real[other])
        out[start:start + len(rows)] = made / np.linalg.norm(made, axis=1, keepdims=True)
    out.flush()
    return path


class Ours:
    def __init__(self, path, memory):
        self.process = subprocess.Popen(
            [HARNESS, "serve", path, work / "questions.f32", str(memory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.process.stdout.readline()

    def search(self, first, count, how="q", *rest):
        """`how`: a capital letter for the search alone, as the peers are timed; a small one for what a caller waits."""
        # Dispatch gives its threads a niceness of their own; here all sides have that of this script.
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            try:
                os.setpriority(os.PRIO_PROCESS, int(thread), os.getpriority(os.PRIO_PROCESS, 0))
            except OSError:
                pass
        print(how, first, count, K, *rest, file=self.process.stdin, flush=True)
        answers = [self.process.stdout.readline().split() for _ in range(count)]
        return [(float(clock) / 1e3, float(cpu) / 1e3, [int(found) - 1 for found in ids]) for clock, cpu, *ids in answers]

    def make_lists(self):
        """Seconds by the clock and of CPU; a course that gets none takes no time."""
        print("l", file=self.process.stdin, flush=True)
        return [float(time) / 1e6 for time in self.process.stdout.readline().split()]

    def memory(self):
        print("m", file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline().split()[1]) / 1024

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(search):
    """A peer as a function of the first question and their number."""
    def searches(first, count):
        answers = []
        for n in range(first, first + count):
            clock, cpu = time.perf_counter(), time.process_time()
            found = search(n)
            answers.append(((time.perf_counter() - clock) * 1e3, (time.process_time() - cpu) * 1e3, found))
        return answers
    return searches


def by_turns(sides, rounds):
    """Ten questions to each side, and so on; what takes long is asked fewer."""
    samples = {name: [] for name in sides}
    for search in sides.values():
        for _ in range(3):
            search(0, 3)
    for start in range(0, rounds, TURN):
        for name, search in sides.items():
            if sum(sample[0] for sample in samples[name]) < 20_000:
                samples[name] += search(start, min(TURN, rounds - start))
    return samples


def course(count):
    path = work / f"course-{count}.sqlite"
    if not path.exists():
        subprocess.run([HARNESS, "make", path, work / "vectors.f32", str(count)], check=True)
    return path


def peer_file(count, vectors):
    path = work / f"sqlite-vec-{count}.sqlite"
    fresh = not path.exists()
    database = apsw.Connection(str(path))
    database.enable_load_extension(True)
    database.load_extension(sqlite_vec.loadable_path())
    if fresh:
        list(database.execute(
            f"""PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;
            CREATE VIRTUAL TABLE v USING vec0(id integer primary key, e float[{D}]);
            CREATE VIRTUAL TABLE p USING vec0(id integer primary key, part integer partition key, e float[{D}]);"""))
        database.execute("BEGIN")
        database.executemany("INSERT INTO v VALUES (?, ?)", ((n, vectors[n].tobytes()) for n in range(count)))
        if count <= 100_000:
            hundredth = max(1, count // 100)
            database.executemany(
                "INSERT INTO p VALUES (?, ?, ?)", ((n, n // hundredth, vectors[n].tobytes()) for n in range(count)))
        database.execute("COMMIT")
        list(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    return database


def nearest(vectors, rows=None):
    """The exact ten of each question."""
    found = []
    some = vectors if rows is None else vectors[rows]
    for question in questions[:options.rounds]:
        scores = some @ question
        best = np.argpartition(-scores, K)[:K]
        found.append(set((best if rows is None else rows[best]).tolist()))
    return found


def show(name, samples, truth):
    clock, cpu = ([sample[n] for sample in samples] for n in (0, 1))
    recall = np.mean([len(truth[n] & set(sample[2])) / K for n, sample in enumerate(samples)])
    result = {
        "name": name, "p50": statistics.median(clock), "p99": float(np.percentile(clock, 99)),
        "cpu": statistics.median(cpu), "recall": float(recall), "best": min(clock),
    }
    print(f"  {name:34} p50 {result['p50']:8.3f}  best {result['best']:8.3f}  p99 {result['p99']:8.3f}  "
          f"CPU {result['cpu']:8.3f} ms  recall {recall:.4f}", flush=True)
    return result


def compare(count):
    print(f"{count} chunks")
    vectors = np.memmap(work / "vectors.f32", "f4", "r", shape=(max(sizes), D))[:count]
    path, database, truth = course(count), peer_file(count, vectors), nearest(np.asarray(vectors))
    sides = {}
    stored, held = Ours(path, NONE), Ours(path, USUAL)
    # Asked the same questions, one process would find what the other way has just had in its hands.
    stored_calls, held_calls = Ours(path, NONE), Ours(path, USUAL)
    print("    lists: %.1f s, %.1f of CPU" % tuple(held.make_lists()))
    held_calls.make_lists()
    sides["gepeto, codes in SQLite"] = lambda n, m: stored.search(n, m, "Q")
    sides["gepeto, codes held"] = lambda n, m: held.search(n, m, "Q")
    sides["codes in SQLite, by a caller"] = stored_calls.search
    sides["codes held, by a caller"] = held_calls.search
    sides["sqlite-vec float32"] = timed(lambda n: [row[0] for row in database.execute(
        "SELECT id FROM v WHERE e MATCH ? AND k = 10", [questions[n].tobytes()])])
    codes = faiss.IndexRaBitQFastScan(D, faiss.METRIC_INNER_PRODUCT)
    refined = faiss.IndexRefineFlat(codes)
    refined.train(np.asarray(vectors[:20_000]))
    for start in range(0, count, 100_000):
        refined.add(np.asarray(vectors[start:start + 100_000]))
    for factor in (4, 8, 16, 32, 64, 128):
        refined.k_factor = factor
        found = refined.search(questions[-50:], K)[1]
        exact = [set(np.argpartition(-(vectors @ question), K)[:K].tolist()) for question in questions[-50:]]
        if np.mean([len(exact[n] & set(found[n].tolist())) for n in range(50)]) >= 0.99 * K:
            break
    sides[f"faiss RaBitQFastScan, k_factor {factor}"] = timed(
        lambda n: refined.search(questions[n:n + 1], K)[1][0].tolist())
    samples = by_turns(sides, options.rounds)
    results = [show(name, rows, truth) for name, rows in samples.items()]
    for result in results[4:]:
        ratios = [
            statistics.median(own[1] / peer[1] for own, peer in zip(samples[name], samples[result["name"]]))
            for name in list(samples)[:4]]
        print(f"    CPU beside {result['name']}: SQLite {ratios[0]:.3f} (by a caller {ratios[2]:.3f}), held {ratios[1]:.3f} ({ratios[3]:.3f})")
        result["ratios"] = ratios
    print(f"    memory: SQLite {stored.memory():.0f} MiB, held {held.memory():.0f} MiB")
    for calls in (stored_calls, held_calls):
        calls.close()
    if count == 100_000:
        filters(vectors, stored, held, database)
    stored.close()
    held.close()
    if count == 100_000:
        beside_a_writer(count)
    del refined
    return results


def filters(vectors, stored, held, database):
    count, rng = len(vectors), np.random.default_rng(3)
    for part in (0.01, 0.1):
        width = int(count * part)
        for kind in ("range", "random"):
            rows = np.arange(count // 2, count // 2 + width) if kind == "range" else np.sort(rng.choice(count, width, False))
            truth = nearest(np.asarray(vectors), rows)
            (rows.astype("<i8") + 1).tofile(work / "chosen")
            words = ("R", count // 2 + 1, count // 2 + width) if kind == "range" else ("F", work / "chosen")
            sides = {
                f"SQLite, {part:.0%} {kind}": lambda n, m: stored.search(n, m, *words),
                f"held, {part:.0%} {kind}": lambda n, m: held.search(n, m, *words),
            }
            if kind == "range" and part == 0.01:
                sides["sqlite-vec partition key, 1%"] = timed(lambda n: [row[0] for row in database.execute(
                    "SELECT id FROM p WHERE e MATCH ? AND k = 10 AND part = 50", [questions[n].tobytes()])])
            for name, rows in by_turns(sides, min(100, options.rounds)).items():
                show(name, rows, truth)


def beside_a_writer(count):
    """Questions while another process adds documents of 20 chunks, 2,000 chunks a second, to a copy of the file."""
    copy = work / "written.sqlite"
    for memory, name in ((NONE, "SQLite"), (USUAL, "held")):
        for old in work.glob("written.sqlite*"):
            old.unlink()
        copy.write_bytes(course(count).read_bytes())
        reader = Ours(copy, memory)
        reader.make_lists()
        for _ in range(3):
            reader.search(0, 3)
        for phase in ("alone", "with a writer"):
            writer = None if phase == "alone" else subprocess.Popen(
                [HARNESS, "write", copy, work / "vectors.f32", "2000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            samples = []
            for n in range(2 * options.rounds):
                samples += reader.search(n % len(questions), 1)
                time.sleep(0.005)
            for kind, times in (("clock", [one[0] for one in samples]), ("CPU", [one[1] for one in samples])):
                print(f"  {name}, {phase:14} {kind} p50 {statistics.median(times):.3f}  p99 {np.percentile(times, 99):.3f} ms", end="")
            if writer:
                print("  writer:", writer.communicate()[0].strip(), end="")
            print(flush=True)
        reader.close()


def first_query(count=20_000):
    """A process opens the file and asks, with the file in the page cache and without it."""
    path = course(count)
    for cold in (False, True):
        times = []
        for n in range(7):
            if cold:
                with open(path, "rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            begin = time.perf_counter()
            ours = Ours(path, NONE)
            clock, cpu, _ = ours.search(n, 1)[0]
            times.append((clock, (time.perf_counter() - begin) * 1e3, cpu))
            ours.close()
        print(f"  first query of {count} chunks, {'cold' if cold else 'warm'}: query {statistics.median(t[0] for t in times):.1f} ms (CPU {statistics.median(t[2] for t in times):.1f}), "
              f"with the start of the process {statistics.median(t[1] for t in times):.1f} ms")


def plot(results):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(7, 4.5))
    names = [result["name"].split(", k_factor")[0] for result in next(iter(results.values()))]
    for index, name in enumerate(names):
        if "caller" in name:
            continue
        axes.plot(list(results), [rows[index]["cpu"] for rows in results.values()], marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="chunks", ylabel="CPU of a search, ms (median)",
             title="Ten nearest of N chunks, 384 dimensions, one thread")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(options.plot, dpi=110)


if not os.environ.get("BENCHMARK_AS_BUILT"):
    subprocess.run(["swift", "build", "-c", "release", "--product", "VectorHarness", "--package-path", HERE], check=True, stdout=sys.stderr)
questions = np.array([json.loads(line) for line in options.questions.read_text().splitlines()], "f4")
questions.tofile(work / "questions.f32")
made_vectors(max(sizes))
results = {count: compare(count) for count in sizes}
first_query()
(work / "results.json").write_text(json.dumps(results, indent=1))
if options.plot:
    plot(results)
