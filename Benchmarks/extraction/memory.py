"""The memory of an ingest, of all its processes together.

    memory.py PROGRAM FILE [COURSE]

Runs `gepeto ingest FILE` into an empty data folder and reads the proportional set size (PSS, /proc/PID/smaps_rollup) of the
process and everything beneath it twenty times a second. Prints the peak of the sum, the largest peak of each program, and
the time.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time


def children_of(pid):
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return []
    found = []
    for task in tasks:
        try:
            found += [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def tree(pid):
    pids = [pid]
    for one in pids:
        pids += children_of(one)
    return pids


def proportional_size(pid):
    """Name and PSS in bytes; nothing for a process that is gone."""
    try:
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    size = re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)
    name = os.path.basename(arguments[0]).decode() or "?"
    if name == "gepeto" and len(arguments) > 1:
        name += " " + arguments[1].decode()
    return (name, int(size.group(1)) * 1024) if size else None


def main():
    program, file = sys.argv[1:3]
    course = sys.argv[3] if len(sys.argv) > 3 else "book"
    with tempfile.TemporaryDirectory() as data:
        begin = time.monotonic()
        process = subprocess.Popen([program, "ingest", file, "--course", course, "--data", data])
        peak, each = 0, {}
        while process.poll() is None:
            sizes = [size for size in map(proportional_size, tree(process.pid)) if size]
            peak = max(peak, sum(size for _, size in sizes))
            for name, size in sizes:
                each[name] = max(each.get(name, 0), size)
            time.sleep(0.05)
        print(f"{time.monotonic() - begin:.1f} s, exit {process.returncode}, peak of all processes together "
              f"{peak / 2**20:.0f} MiB")
        for name, size in sorted(each.items(), key=lambda item: -item[1]):
            print(f"  {name:<20}{size / 2**20:7.0f} MiB")
        sys.exit(process.returncode)


if __name__ == "__main__":
    main()
