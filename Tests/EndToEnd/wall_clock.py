"""The wall clock of one process, which can be set while it runs; its monotonic clocks stay right, as in reality."""

import mmap
import pathlib
import shutil
import struct
import subprocess

from harness import check

SOURCE = pathlib.Path(__file__).with_suffix(".c")


class WallClock:
    """Begins right; `environment` is what a process needs that shall go by it."""

    def __init__(self, folder):
        library, path = f"{folder}/wall_clock.so", pathlib.Path(folder, "wall_clock")
        compiler = shutil.which("clang") or shutil.which("cc")
        check(compiler, "no C compiler: `clang` comes with Swift's toolchain")
        done = subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, str(SOURCE), "-ldl"],
                              capture_output=True, text=True)
        check(done.returncode == 0, f"{SOURCE.name}: {done.stderr}")
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 8)
        self.wrong_by = 0
        self.environment = {"LD_PRELOAD": library, "WALL_CLOCK_FILE": str(path)}

    def set(self, seconds):
        """Makes the clock wrong by so many seconds."""
        self.wrong_by = seconds
        # Aligned and in one piece: no reader sees half of it.
        self.memory[:] = struct.pack("=q", seconds * 1_000_000_000)
