"""What the benchmarks share: running a command as a process of its own, medians, the machine."""

import datetime
import os
import pathlib
import statistics
import time

AS_OF = "2025-09-30"


def measure(command, folder):
    """Runs a command in a folder: its wall seconds, CPU seconds and peak memory in MiB."""
    command = [str(part) for part in command]
    output = os.open(os.devnull, os.O_WRONLY)
    before = os.getcwd()
    os.chdir(folder)
    try:
        start = time.monotonic()
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, output, 1)])
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - start
    finally:
        os.chdir(before)
        os.close(output)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 2):
        raise SystemExit(f"{' '.join(command[:3])} ended with {code}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def medians(measurements):
    return tuple(statistics.median(column) for column in zip(*measurements))


def machine():
    """The day and the machine, in a line."""
    found = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.date.today()}, {os.cpu_count()} processors ({found[0] if found else 'unknown'}),"
        f" {memory / 1024 / 1024:.0f} GiB, load before {load}"
    )


def generate(recon, cases, folder, seed=1):
    """Makes the three files that a run from a journal reads; gives what it took."""
    names = ("orders.csv", "webhooks.jsonl", "status-journal.jsonl")
    command = [recon, "generate", "--profile", "clean", "--seed", seed, "--cases", cases, "--as-of", AS_OF, "--output", "."]
    return measure(command + [part for name in names for part in ("--file", name)], folder)


def run_command(recon, output, formats, *more):
    """A run from the journal."""
    return [
        recon, "run", "--orders", "orders.csv", "--webhooks", "webhooks.jsonl", "--status-journal", "status-journal.jsonl",
        "--as-of", AS_OF, "--output", output, "--formats", formats, "--quiet", *more,
    ]  # fmt: skip


def size_of(path):
    return pathlib.Path(path).stat().st_size / 1024 / 1024
