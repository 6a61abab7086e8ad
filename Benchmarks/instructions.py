#!/usr/bin/env python3
"""Counts the instructions of a run's hot stages under callgrind: the same binary and inputs give the same counts however
busy the machine is, so a change can be judged by them.

    instructions.py RECON [CASES]      (10,000 cases; about half a minute, several on a busy machine)

It needs valgrind, binutils and a C compiler. One thread; the stages are told apart by the names of their functions, and
count with all that they call.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from measure import generate, machine, run_command

# The title of a stage, and the function that it is.
STAGES = [
    ("hashing the inputs and outputs", r"SHA256\.update\("),
    ("reading orders", r"OrdersIngest\.read\("),
    ("reading webhooks", r"WebhooksIngest\.read\("),
    ("reading the journal", r"JournalPart\."),
    ("matching", r"OrderMatches\.init\("),
    ("rows: judged, written, summed, hashed", r"ReportStage\.writeRows\("),
    ("  of it judging", r"Rows\.judge\(_:into:\)"),
    ("  of it CSV", r"CSVRenderer\.write\(_:to:\)"),
    ("  of it JSON Lines", r"JSONLinesRenderer\.write\(_:to:\)"),
]
# valgrind 3.19 writes into the mask that it is given, and libdispatch's is in read-only memory.
SHIM = """
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
int sigsuspend(const sigset_t *mask) { sigset_t copy = *mask; return syscall(SYS_rt_sigsuspend, &copy, 8); }
"""


def count(recon, folder, formats):
    """Instructions by function, those that it calls included."""
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", folder / "shim.so"], input=SHIM, text=True, check=True)
    # valgrind 3.19 cannot read the debug information of Swift 6.
    subprocess.run(["objcopy", "--strip-debug", recon, folder / "recon"], check=True)
    command = ["env", f"LD_PRELOAD={folder}/shim.so", "valgrind", "--tool=callgrind", "--callgrind-out-file=profile"]
    command += run_command(folder / "recon", "report", formats, "--threads", "1")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 2):
        raise SystemExit(f"callgrind ended with {done.returncode}:\n{done.stderr[-2000:]}")
    annotate = ["callgrind_annotate", "--inclusive=yes", "--threshold=100", "profile"]
    text = subprocess.run(annotate, cwd=folder, capture_output=True, text=True, check=True).stdout
    text = subprocess.run(["swift", "demangle", "--simplified"], input=text, capture_output=True, text=True, check=True).stdout
    found = {}
    for line in text.splitlines():
        matched = re.match(r"\s*([\d,]+) \(\s*[\d.]+%\)\s+(?:\S+?:)?(.*)", line)
        if matched:
            name = matched[2].split(" [/")[0]
            found[name] = max(found.get(name, 0), int(matched[1].replace(",", "")))
    return found


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 64
    recon = pathlib.Path(arguments[0]).resolve()
    cases = int(arguments[1]) if len(arguments) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        generate(recon, cases, folder)
        found = count(recon, folder, "csv,jsonl")
    print(f"{machine()}\n{cases:,} cases, csv and jsonl, one thread: millions of instructions, and instructions a case")
    rows = [("the whole run", found.get("PROGRAM TOTALS", 0))]
    for title, pattern in STAGES:
        counts = [n for name, n in found.items() if re.search(pattern, name)]
        if not counts:
            raise SystemExit(f"{title}: no function is called {pattern}")
        rows.append((title, max(counts)))
    for title, instructions in rows:
        print(f"{title:36} {instructions / 1e6:>10,.1f} {instructions / cases:>10,.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
