"""Who is measured in which row, and how."""
import json
import os
import shutil
import subprocess
import sys

from timing import median

HERE = os.path.dirname(os.path.abspath(__file__))
# Lets glibc keep freed memory, which featuremap asks for by itself.
KEEPS_MEMORY = {name: "2000000000" for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")}
KEEPS_MEMORY["MALLOC_TOP_PAD_"] = "67108864"


class Contender:
    """Something that can be measured again and again; `seconds` are for one thing of the row."""

    def __init__(self, name, command, environment=None, read=None, missing=None):
        self.name, self.command, self.environment = name, command, environment or {}
        self.read = read or (lambda result: (result["seconds"], result.get("note", ""), result.get("memory")))
        self.results, self.problem = [], missing

    def measure(self):
        if self.problem:
            return
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **self.environment}
        done = subprocess.run(self.command, capture_output=True, text=True, env=environment)
        try:
            self.results.append(self.read(json.loads(done.stdout[done.stdout.index("{") :])))
        except (ValueError, KeyError, IndexError):
            lines = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
            # A script that is measured says why it failed before the one that measures it says that it did.
            self.problem = next((line for line in reversed(lines) if "Error: " in line), lines[-1])

    @property
    def seconds(self):
        return median([result[0] for result in self.results]) if self.results else None

    @property
    def spread(self):
        values = [result[0] for result in self.results]
        return (max(values) - min(values)) / self.seconds if len(values) > 1 else 0

    @property
    def memory(self):
        return max((result[2] for result in self.results if result[2]), default=None)

    @property
    def label(self):
        notes = sorted({result[1] for result in self.results if result[1]})
        return self.name + (f" ({', '.join(notes[:2])})" if notes else "")


class Row:
    """`unit` is what is counted a second, with how many of it one thing is; None shows times."""

    def __init__(self, name, title, contenders, unit=None, count=1, files=None):
        self.name, self.title, self.contenders = name, title, contenders
        self.unit, self.count, self.files = unit, count, files or {}


class Context:
    """What all rows need: programs, weights, pictures."""

    def __init__(self, featuremap, python, weights, folder, threads, quick):
        self.featuremap, self.python, self.weights, self.folder = featuremap, python, weights, folder
        self.threads, self.quick = threads, quick
        self.seconds = "0.2" if quick else "2"
        # The names that featuremap bench gives its pictures.
        self.photo = self.path("photo-600x400.jpg" if quick else "photo-6000x4000.jpg")
        self.garments = self.path("garments-100" if quick else "garments-10000")
        self.garment = self.path("garment.png")

    def path(self, name):
        return os.path.join(self.folder, name)

    def prepare(self):
        """Pictures by featuremap, the ONNX files, and the check that all compute the same."""
        if subprocess.run([self.python, "-c", "import numpy, PIL"], capture_output=True).returncode:
            sys.exit(f"{self.python} lacks numpy or Pillow; remove that environment to have it made anew")
        self.bench("classify,jpeg-jpeg,run", "--keep", self.folder, "--repeats", "1")
        for name, with_conv1 in (("lenet.onnx", False), ("conv1.onnx", True)):
            code = f"import lenet; lenet.write_onnx({self.weights!r}, {self.path(name)!r}, {with_conv1})"
            if subprocess.run([self.python, "-c", code], cwd=HERE, stderr=subprocess.DEVNULL).returncode:
                print("no ONNX file could be written; what needs it is missing below", file=sys.stderr)
        check = [self.python, os.path.join(HERE, "check.py"), self.featuremap, self.weights]
        if subprocess.run([*check, self.path("lenet.onnx"), self.garments, self.folder]).returncode:
            sys.exit("the peers do not compute the same; nothing was measured")

    def bench_command(self, only, *more):
        command = [self.featuremap, "bench", "--format", "json", "--threads", str(self.threads), "--only", only]
        return command + list(more) + (["--quick"] if self.quick else [])

    def bench(self, only, *more):
        done = subprocess.run(self.bench_command(only, *more), check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def machine(self):
        machine = self.bench("version", "--repeats", "1")["machine"]
        versions = subprocess.run([self.python, "-c", VERSIONS], capture_output=True, text=True).stdout.strip()
        return (
            f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads, {machine['system']}\n"
            f"peak {machine['peakGigaflops']:.0f} GFLOP/s, memcpy {machine['memcpyGigabytes']:.0f} GB/s\n"
            f"featuremap {machine['version']}; {versions} {version('vips')}")

    # Contenders

    def own(self, row, count=1.0):
        """featuremap's figure of a row of its benchmark, in seconds for one of `count` things."""
        def read(result):
            entry = result["rows"][0]
            return entry["seconds"]["median"] / count, "", None

        return Contender("featuremap", self.bench_command(row), read=read)

    def own_copy(self, row):
        def read(result):
            return result["rows"][0]["memcpySeconds"], "", None

        return Contender("memcpy", self.bench_command(row, "--repeats", "5"), read=read)

    def network(self, name, task, peer, count, environment=None, threads=None):
        command = [self.python, os.path.join(HERE, "network_peers.py"), task, peer, self.weights]
        command += [self.path("lenet.onnx"), str(threads or self.threads), str(count), self.seconds]
        return Contender(name, command, environment)

    def filter(self, task):
        size = ("400", "600") if self.quick else ("4000", "6000")
        command = [self.python, os.path.join(HERE, "filter_peers.py"), task, *size, str(self.threads), self.seconds]
        return Contender("OpenCV", command)

    def process(self, name, command, environment=None):
        measuring = [sys.executable, "-S", os.path.join(HERE, "measure_process.py"), self.seconds, "3"]
        missing = None if shutil.which(command[0]) else f"{command[0]} is not installed"
        if command[0] == "vips" and missing:
            missing += " (apt-get install libvips-tools)"
        return Contender(name, measuring + command, environment, missing=missing)

    def script(self, name, file, *arguments):
        return self.process(name, [self.python, os.path.join(HERE, "scripts", file), *arguments])


VERSIONS = """
import importlib
for name in ("torch", "onnxruntime", "cv2", "PIL"):
    try:
        print(name, importlib.import_module(name).__version__, end="; ")
    except ImportError:
        print("no", name, end="; ")
"""


def version(program):
    if not shutil.which(program):
        return f"no {program}"
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()


def all_rows(context):
    from rows import rows

    return rows(context)
