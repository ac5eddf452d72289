#!/usr/bin/env python3
"""Measures the embedder against onnxruntime (float32, int8) and OpenVINO (bfloat16, float32) on one thread each.

    python3 -m venv /tmp/reference
    /tmp/reference/bin/pip install onnxruntime==1.31.1 onnx openvino==2026.4.1 tokenizers transformers torch numpy
    /tmp/reference/bin/python Benchmarks/embedding/run.py models/all-MiniLM-L6-v2 [rounds [level...]]

Rounds are interleaved, so that a noisy machine disturbs all alike; what counts is the median of the paired ratios of
CPU seconds, from text to vectors. Sets: chunks of 200 word pieces, chunks of 30 to 254, questions of 14 one by one.
onnxruntime gets the graph after its own offline optimiser for BERT (int8: after its dynamic quantisation), OpenVINO the
exported one; texts sorted by length, batches of 1 and of 8, and the better figure of each counts. Levels of the kernels
are those named, else all that the processor has; ratios above 1 mean that this embedder takes less time. Cosines are
the lowest to onnxruntime's float32.
"""
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
import numpy
import onnxruntime
from tokenizers import Tokenizer

here = pathlib.Path(__file__).resolve().parent
model = pathlib.Path(sys.argv[1]).resolve()
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
scratch = pathlib.Path(tempfile.gettempdir()) / "embedding-benchmark"
scratch.mkdir(exist_ok=True)


def graph():
    """The model for onnxruntime, made once."""
    optimized = scratch / "optimized.onnx"
    if not optimized.exists():
        import torch
        from onnxruntime.transformers import optimizer
        from transformers import AutoModel

        class Hidden(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = AutoModel.from_pretrained(model, attn_implementation="eager").eval()

            def forward(self, input_ids, attention_mask):
                return self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

        ids = torch.randint(1000, 2000, (2, 16))
        names = ["input_ids", "attention_mask"]
        try:
            torch.onnx.export(
                Hidden(), (ids, torch.ones_like(ids)), scratch / "model.onnx", input_names=names,
                output_names=["hidden"], dynamic_axes={n: {0: "b", 1: "s"} for n in [*names, "hidden"]},
                opset_version=17, dynamo=False)
        except Exception:
            axes = {0: torch.export.Dim("b", max=4096), 1: torch.export.Dim("s", max=512)}
            torch.onnx.export(
                Hidden(), (ids, torch.ones_like(ids)), scratch / "model.onnx", input_names=names,
                output_names=["hidden"], dynamic_shapes={n: axes for n in names}, dynamo=True, external_data=False)
        made = optimizer.optimize_model(
            str(scratch / "model.onnx"), model_type="bert", num_heads=12, hidden_size=384, opt_level=1)
        print("onnxruntime's fused operators:", made.get_fused_operator_statistics())
        made.save_model_to_file(str(optimized))
    return optimized


def onnxruntime_model(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    types = {i.name: numpy.int32 if "int32" in i.type else numpy.int64 for i in session.get_inputs()}
    return lambda feed: session.run(None, {n: v.astype(types[n]) for n, v in feed.items() if n in types})[0]


def quantized():
    path = scratch / "int8.onnx"
    if not path.exists():
        import onnx
        from onnxruntime.quantization import QuantType, quantize_dynamic
        quantize_dynamic(str(graph()), str(path), weight_type=QuantType.QInt8,
                         extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    return path


def openvino_model(precision):
    core = openvino.Core()
    compiled = core.compile_model(str(scratch / "model.onnx"), "CPU", {
        "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": precision})
    request = compiled.create_infer_request()
    return lambda feed: request.infer(feed)[compiled.output(0)]


peers = {"onnxruntime f32": onnxruntime_model(graph())}
for name, make in [("onnxruntime int8", lambda: onnxruntime_model(quantized())),
                   ("OpenVINO bf16", lambda: openvino_model("bf16")), ("OpenVINO f32", lambda: openvino_model("f32"))]:
    try:
        import openvino
        peers[name] = make()
    except Exception as error:
        print(f"without {name}: {error}", file=sys.stderr)
tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
plain = Tokenizer.from_file(str(model / "tokenizer.json"))
plain.no_padding()
plain.no_truncation()
tokenizer.enable_truncation(256)
tokenizer.enable_padding(pad_id=0)


def peer(run, texts, size):
    vectors = [None] * len(texts)
    order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
    for start in range(0, len(texts), size):
        some = order[start:start + size]
        found = tokenizer.encode_batch([texts[n] for n in some])
        mask = numpy.array([e.attention_mask for e in found])
        hidden = run({"input_ids": numpy.array([e.ids for e in found]), "attention_mask": mask})
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        for n, vector in zip(some, mean / numpy.linalg.norm(mean, axis=1, keepdims=True)):
            vectors[n] = vector
    return numpy.array(vectors)


def texts_of(pieces, count, rng, words):
    """Texts of exactly so many word pieces, of real words in their real order."""
    texts = []
    while len(texts) < count:
        wanted = pieces()
        start = rng.randrange(len(words) - 400)
        text = " ".join(words[start:start + 400])
        found = plain.encode(text, add_special_tokens=False)
        while len(found.ids) > wanted:
            text = text[:found.offsets[wanted][0]].rstrip()
            found = plain.encode(text, add_special_tokens=False)
        if len(found.ids) == wanted:
            texts.append(text)
    return texts


rng = random.Random(1)
sources = sorted((here.parents[1] / "corpus").rglob("*.md")) or [model / "README.md"]
words = " ".join(path.read_text() for path in sources).split()
sets = {
    "200": ("batch", texts_of(lambda: 198, 48, rng, words)),
    "mixed": ("batch", texts_of(lambda: rng.randint(30, 254), 64, rng, words)),
    "query": ("each", texts_of(lambda: 14, 60, rng, words)),
}
for name, (_, texts) in sets.items():
    (scratch / f"{name}.json").write_text(json.dumps(texts))

if "HARNESS" not in os.environ:
    subprocess.run(["swift", "build", "-c", "release", "--package-path", here], check=True, stdout=sys.stderr)
harness = subprocess.Popen(
    [os.environ.get("HARNESS", here / ".build/release/Harness"), model], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
_, ready, *harness_levels = harness.stdout.readline().split()
print("ready after", ready, "s")


def ours(level, how, name):
    print(level, how, scratch / f"{name}.json", file=harness.stdin, flush=True)
    wall, processor, peak = map(float, harness.stdout.readline().split())
    return wall, processor, peak


levels = sys.argv[3:] or harness_levels
results = {}
for number in range(rounds + 1):
    for name, (how, texts) in sets.items():
        times = {}
        for title, run in peers.items():
            for size in ([1] if how == "each" else [1, 8]):
                begin = time.process_time()
                peer(run, texts, size)
                times[title] = min(times.get(title, 1e9), time.process_time() - begin)
        # All levels in the first rounds, the fastest two in all.
        for level in levels if number < 3 else levels[:2]:
            wall, processor, peak = ours(level, how, name)
            if number:  # the first round warms up
                results.setdefault((level, name), []).append((processor, peak, times))
reference = peer(peers["onnxruntime f32"], sets["mixed"][1], 8)
for title, run in peers.items():
    worst = (peer(run, sets["mixed"][1], 1) * reference).sum(1).min()
    print(f"{title:17} cosine {worst:.6f}")
for level in levels:
    print(level, "vectors", scratch / "mixed.json", file=harness.stdin, flush=True)
    harness.stdout.readline()
    vectors = numpy.fromfile(scratch / "mixed.json.f32", numpy.float32).reshape(reference.shape)
    print(f"{level:17} cosine {(vectors * reference).sum(1).min():.7f}")
for (level, name), rows in results.items():
    per_text = len(sets[name][1])
    own = statistics.median(row[0] for row in rows) / per_text
    print(f"{level:9} {name:6} {own * 1e3:7.2f} ms CPU a text ({1 / own:6.1f}/s), {len(rows)} rounds, "
          f"peak {rows[-1][1]:.0f} MiB")
    for title in peers:
        theirs = statistics.median(row[2][title] for row in rows) / per_text
        ratio = statistics.median(row[2][title] / row[0] for row in rows)
        print(f"    {title:17} {theirs * 1e3:7.2f} ms, ratio {ratio:.2f}")
all_text = json.dumps(["\n".join(path.read_text() for path in sources)] * 20)
(scratch / "text.json").write_text(all_text)
wall, processor, _ = [ours(levels[0], "tokens", "text") for _ in range(3)][-1]
print(f"tokenizer {len(all_text) / processor / 1e6:.0f} MB/s")
harness.stdin.close()
harness.wait()
