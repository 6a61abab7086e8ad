#!/usr/bin/env python3
"""Times a night with a store beside the same night without one: over tonight's files only.

    nights.py RECON [CASES] [RUNS]     (1,000,000 cases tonight and 3 runs; about 5 minutes and 10 GB of disk)

RECON is the command in release. Two nights before tonight fill the store with as many settled refunds as tonight has cases,
and with a tenth as many that are outstanding. Tonight touches a twentieth of the settled ones: half of them by a notification
that is delivered again, half by a record that comes again. The journal answers for all of these and for what was outstanding.
Over the same files run in turn: a run without a store, one with a new store, as on a first night, and one with the store of
the two nights. Then nights follow on which nothing new comes: the store must not grow by them.

Ends with 1 if a night with a store takes more than 1.5 times the time or 1.3 times the memory, or if the store grows.
"""

import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

from measure import generate, machine, measure, medians, size_of

BEFORE = ("2025-09-28", "2025-09-29")
TONIGHT = "2025-09-30"
QUIET = ("2025-10-01", "2025-10-02", "2025-10-03")
WORST_TIME, WORST_MEMORY, WORST_GROWTH = 1.5, 1.3, 1.1
ORDERS, WEBHOOKS, JOURNAL = "orders.csv", "webhooks.jsonl", "status-journal.jsonl"
# One notification in so many is delivered again, and one record in so many comes again.
TOUCHED = 40
# A few of the settled nights' refunds stay open; with these they are a tenth.
OPEN_PER_MILLE = 55
# One refund in so many that were outstanding is settled tonight.
SETTLED = 5
ORDER_NO = re.compile(rb'"orderNo":"([^"]*)"')
OPEN_STATUS = re.compile(rb'"refundStatus":[01],')
STATUS = re.compile(rb'"refundStatus":\d,')


# MARK: Inputs


def order_no(line):
    found = ORDER_NO.search(line)
    return found[1] if found else None


def lines_of(path):
    return path.read_bytes().splitlines(keepends=True)


def write(folder, **lines):
    """Writes the files of a night: orders, webhooks, journal."""
    folder.mkdir(exist_ok=True)
    for name, content in zip((ORDERS, WEBHOOKS, JOURNAL), (lines.get(key) for key in ("orders", "webhooks", "journal"))):
        if content is not None:
            (folder / name).write_bytes(b"".join(content))


def make_inputs(recon, cases, folder):
    """Makes the folders of files that the nights read; gives them by night."""
    settled = (folder / "settled-1", folder / "settled-2")
    for path, count, seed in (
        (settled[0], cases // 2, 11), (settled[1], cases - cases // 2, 12), (folder / "new", cases, 13),
        (folder / "open", max(1, cases * OPEN_PER_MILLE // 1000), 14),
    ):  # fmt: skip
        path.mkdir()
        generate(recon, count, path, seed)
    (folder / "open" / WEBHOOKS).unlink()
    answers = lines_of(folder / "open" / JOURNAL)
    open_answers = [STATUS.sub(b'"refundStatus":1,', line) for line in answers]
    write(folder / "open", journal=open_answers)
    parts = [again(path) for path in settled]
    still_open = [line for part in parts for line in part["open"]]
    later = [late if number % SETTLED == 0 else line for number, (line, late) in enumerate(zip(open_answers, answers))]
    write(
        folder / "again", orders=parts[0]["orders"] + parts[1]["orders"][1:],
        webhooks=[line for part in parts for line in part["webhooks"]],
        journal=[line for part in parts for line in part["journal"]] + still_open + later,
    )  # fmt: skip
    write(folder / "still-open", journal=parts[0]["open"] + open_answers)
    write(folder / "quiet", orders=parts[0]["orders"][:1], journal=still_open + later)
    return {
        BEFORE[0]: [settled[0], folder / "open"], BEFORE[1]: [settled[1], folder / "still-open"],
        TONIGHT: [folder / "new", folder / "again"], **{as_of: [folder / "quiet"] for as_of in QUIET},
    }  # fmt: skip


def again(folder):
    """What comes again tonight of a night's files, with the answers about it, and the answers about what it leaves open."""
    header, *records = lines_of(folder / ORDERS)
    orders = records[::TOUCHED]
    webhooks = lines_of(folder / WEBHOOKS)[TOUCHED // 2 :: TOUCHED]
    touched = {record.split(b",", 1)[0] for record in orders} | {order_no(line) for line in webhooks}
    found = {"orders": [header, *orders], "webhooks": webhooks, "journal": [], "open": []}
    with open(folder / JOURNAL, "rb") as lines:
        for line in lines:
            if OPEN_STATUS.search(line):
                found["open"].append(line)
            elif order_no(line) in touched:
                found["journal"].append(line)
    return found


# MARK: Runs


def night(recon, as_of, folders, output, *more):
    """A run over the files of these folders."""
    command = [recon, "run", "--as-of", as_of, "--output", output, "--formats", "csv", "--quiet", *more]
    for option, name in (("--orders", ORDERS), ("--webhooks", WEBHOOKS), ("--status-journal", JOURNAL)):
        for folder in folders:
            if (folder / name).exists():
                command += [option, folder / name]
    return command


def restore(folder, kept):
    """Makes a folder what it was when it was kept, and lets the disk come to rest, so that the copying is not measured."""
    shutil.rmtree(folder, ignore_errors=True)
    if kept.exists():
        shutil.copytree(kept, folder)
    else:
        folder.mkdir()
    os.sync()


def counts(output, as_of):
    """What a report says of its rows, and of what was carried into them."""
    summary = json.loads((output / as_of / "summary.json").read_text())
    text = ", ".join(f"{count:,} {kind}" for kind, count in summary["controls"]["rows"].items())
    carried = summary.get("carriedForward")
    return f"{text}; carried forward: {json.dumps(carried)}" if carried else text


def main(arguments):
    if not 1 <= len(arguments) <= 3:
        print(__doc__, file=sys.stderr)
        return 64
    recon = pathlib.Path(arguments[0]).resolve()
    cases = int(arguments[1]) if len(arguments) > 1 else 1_000_000
    runs = int(arguments[2]) if len(arguments) > 2 else 3
    print(f"{machine()}\n{cases:,} cases tonight, medians of {runs} runs in turn", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        return compare(recon, cases, runs, pathlib.Path(folder))


def compare(recon, cases, runs, folder):
    inputs = make_inputs(recon, cases, folder)
    output, store, kept, none = folder / "nights", folder / "nights" / "store", folder / "kept", folder / "none"
    with_store = ("--state", store)
    sizes = {}

    def measure_night(as_of, *more):
        measured = measure(night(recon, as_of, inputs[as_of], output, *more), folder)
        print(f"{as_of} {' '.join(map(str, more))}: wall {measured[0]:.2f} s, CPU {measured[1]:.2f} s,"
              f" {measured[2]:.0f} MiB", file=sys.stderr, flush=True)  # fmt: skip
        if more:
            sizes[as_of] = size_of(store)
        return measured

    restore(output, none)
    for as_of in BEFORE:
        measure_night(as_of, *with_store)
    shutil.copytree(output, kept)
    found = {}
    for _ in range(runs):
        for title, before, more in (
            ("without a store", none, ()), ("first night, with a store", none, with_store),
            ("third night", kept, with_store),
        ):  # fmt: skip
            restore(output, before)
            found.setdefault(title, []).append(measure_night(TONIGHT, *more))
    for as_of in (*BEFORE, TONIGHT):
        print(f"{as_of}: {counts(output, as_of)}")
    for as_of in QUIET:
        measure_night(as_of, *with_store)
    for as_of, size in sizes.items():
        print(f"store after {as_of}{' (nothing new)' if as_of in QUIET else ''}: {size:,.0f} MiB")
    is_bad = print_table({title: medians(values) for title, values in found.items()})
    return 1 if is_bad or sizes[QUIET[-1]] > WORST_GROWTH * sizes[QUIET[0]] else 0


def print_table(rows):
    """Prints the medians; says whether one is beyond what is wanted."""
    base, *_ = rows.values()
    is_bad = False
    print(f"{'':28} {'wall s':>9} {'CPU s':>9} {'peak MiB':>9}   beside the run without: wall, CPU, memory")
    for title, row in rows.items():
        ratios = [value / without for value, without in zip(row, base)]
        is_bad = is_bad or ratios[0] > WORST_TIME or ratios[2] > WORST_MEMORY
        beside = "".join(f"{ratio:>9.2f}" for ratio in ratios) if row is not base else ""
        print(f"{title:28} {row[0]:>9.2f} {row[1]:>9.2f} {row[2]:>9.0f}   {beside}")
    return is_bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
