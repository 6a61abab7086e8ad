#!/usr/bin/env python3
"""Times a run from a journal beside DuckDB, Polars and pandas, which do the same work on the same files.

    run.py RECON [CASES] [RUNS]        (1,000,000 cases and 3 runs; about 12 minutes and 6 GB of disk)

RECON is the command in release. The data is made by seed. The programs run in turn, RUNS times each, every one as a process
of its own; the table has medians, and each peer's multiple of ours at the same formats. Before it is printed, the peers'
counts of outcomes and exceptions are held against ours. What a peer leaves out, its script says (Benchmarks/peers).
"""

import json
import pathlib
import shutil
import sys
import tempfile

from measure import AS_OF, generate, machine, measure, medians, run_command, size_of

PEERS = ("duckdb", "polars", "pandas")
FORMATS = ("csv", "csv,jsonl")


def commands(recon):
    here = pathlib.Path(__file__).resolve().parent
    found = {"floor: sha256sum of the inputs": ["sha256sum", "orders.csv", "webhooks.jsonl", "status-journal.jsonl"]}
    for formats in FORMATS:
        found[f"refund-recon, {formats}"] = run_command(recon, "report", formats)
        for peer in PEERS:
            script = here / "peers" / f"{peer}_peer.py"
            found[f"{peer}, {formats}"] = [sys.executable, script, ".", f"{peer}-report", AS_OF, formats]
    found["refund-recon, csv, one thread"] = run_command(recon, "report", "csv", "--threads", "1")
    found["refund-recon, all formats"] = run_command(recon, "report", "csv,jsonl,xlsx,html")
    return found


def check(folder):
    """Holds the peers' counts against ours."""
    ours = json.loads((folder / "report" / AS_OF / "summary.json").read_text())
    for peer in PEERS:
        theirs = json.loads((folder / f"{peer}-report" / "summary.json").read_text())
        for part in ("cases", "exceptions"):
            want = {name: count for name, count in ours[part].items() if count}
            if want != theirs[part]:
                raise SystemExit(f"{peer} counts other {part}:\n  ours   {want}\n  theirs {theirs[part]}")
    print(f"outcomes and exceptions of {', '.join(PEERS)} agree with ours: {ours['cases']}")


def main(arguments):
    if not 1 <= len(arguments) <= 3:
        print(__doc__, file=sys.stderr)
        return 64
    recon = pathlib.Path(arguments[0]).resolve()
    cases = int(arguments[1]) if len(arguments) > 1 else 1_000_000
    runs = int(arguments[2]) if len(arguments) > 2 else 3
    print(f"{machine()}\n{cases:,} cases, medians of {runs} runs in turn", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        found = {"generate": [generate(recon, cases, folder)]}
        megabytes = sum(size_of(path) for path in folder.iterdir())
        for _ in range(runs):
            for title, command in commands(recon).items():
                shutil.rmtree(folder / "report", ignore_errors=True)
                measured = measure(command, folder)
                print(f"{title}: wall {measured[0]:.2f} s, CPU {measured[1]:.2f} s", file=sys.stderr, flush=True)
                found.setdefault(title, []).append(measured)
        check(folder)
        print(f"inputs {megabytes:,.0f} MiB")
    print_table({title: medians(values) for title, values in found.items()})
    return 0


def print_table(rows):
    print(f"{'':32} {'wall s':>9} {'CPU s':>9} {'peak MiB':>9}   {'beside refund-recon: wall, CPU, memory'}")
    for title, row in rows.items():
        name, _, formats = title.partition(", ")
        ours = rows.get(f"refund-recon, {formats}")
        ratios = "".join(f"{value / base:>9.1f}" for value, base in zip(row, ours)) if name in PEERS else ""
        print(f"{title:32} {row[0]:>9.2f} {row[1]:>9.2f} {row[2]:>9.0f}   {ratios}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
