"""Kept inputs of the fuzzer: one line of Base64 each in Tests/Fuzz/Corpus/TARGET.txt, one file each for libFuzzer.

corpus.py unpack TEXT FOLDER     writes the files
corpus.py pack FOLDER TEXT       writes the lines, shortest inputs first
"""

import base64
import hashlib
import pathlib
import sys


def main() -> int:
    if len(sys.argv) != 4 or sys.argv[1] not in ("pack", "unpack"):
        print(__doc__, file=sys.stderr)
        return 2
    source, target = map(pathlib.Path, sys.argv[2:])
    if sys.argv[1] == "pack":
        inputs = {file.read_bytes() for file in source.iterdir()}
        lines = [base64.b64encode(one).decode() for one in sorted(inputs, key=lambda one: (len(one), one))]
        target.write_text("".join(line + "\n" for line in lines))
    else:
        target.mkdir(parents=True, exist_ok=True)
        for line in source.read_text().splitlines():
            one = base64.b64decode(line, validate=True)
            (target / hashlib.sha256(one).hexdigest()[:32]).write_bytes(one)
    return 0


if __name__ == "__main__":
    sys.exit(main())
