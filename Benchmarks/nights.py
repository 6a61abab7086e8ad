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

import csv
import json
import multiprocessing
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
# A few of the settled nights' refunds stay open; with these, the outstanding ones are a tenth.
OPEN_PER_MILLE = 55
# One refund in so many that were outstanding is settled tonight.
SETTLED = 5
ORDER_NO = re.compile(rb'"orderNo":"([^"]*)"')
OTHER_TYPE = re.compile(rb'"type":"(?!order\.refundComplete)')
STATUS = re.compile(rb'"refundStatus":\d,')


# MARK: Inputs


def lines_of(path):
    return path.read_bytes().splitlines(keepends=True)


def order_no(line):
    """The order of a journal's line or of a notification about a refund; None of another notification."""
    found = ORDER_NO.search(line) if OTHER_TYPE.search(line) is None else None
    return found and found[1]


def apart(make, *arguments):
    """Makes files in a process of its own: the peak memory of what is run later is at least this one's."""
    process = multiprocessing.Process(target=make, args=arguments)
    process.start()
    process.join()
    if process.exitcode != 0:
        raise SystemExit(f"{make.__name__} failed")


def write(folder, orders=None, webhooks=None, journal=None):
    """Writes the files of a night that there are."""
    folder.mkdir(exist_ok=True)
    for name, lines in ((ORDERS, orders), (WEBHOOKS, webhooks), (JOURNAL, journal)):
        if lines is not None:
            (folder / name).write_bytes(b"".join(lines))


class Inputs:
    """The files that the nights read. Those of a night are made once the night before it has been run: the journal answers for
    what that left open, as Atlas would."""

    def __init__(self, recon, cases, folder):
        self.folder = folder
        self.settled = (folder / "settled-1", folder / "settled-2")
        for path, count, seed in (
            (self.settled[0], cases // 2, 11), (self.settled[1], cases - cases // 2, 12), (folder / "new", cases, 13),
            (folder / "open", max(1, cases * OPEN_PER_MILLE // 1000), 14),
        ):  # fmt: skip
            path.mkdir()
            generate(recon, count, path, seed)
        (folder / "open" / WEBHOOKS).unlink()
        apart(self.open)

    def open(self):
        """Makes what was to end outstanding; how it ends stays in a file of its own."""
        ends = lines_of(self.folder / "open" / JOURNAL)
        write(self.folder / "ends", journal=ends)
        write(self.folder / "open", journal=[STATUS.sub(b'"refundStatus":1,', line) for line in ends])

    def night(self, as_of, output, before):
        """The folders whose files a night reads."""
        if as_of == BEFORE[0]:
            return [self.settled[0], self.folder / "open"]
        apart(self.asked_again, output / before)
        if as_of == BEFORE[1]:
            return [self.settled[1], self.folder / "asked-again"]
        if as_of == TONIGHT:
            apart(self.touch)
            return [self.folder / name for name in ("new", "again", "asked-again")]
        apart(self.nothing_new)
        return [self.folder / "quiet", self.folder / "asked-again"]

    def asked_again(self, report):
        """The answers about what a report leaves outstanding: as they were, but that one refund in some has come to its end."""
        with open(report / "reconciliation.csv", newline="") as rows:
            outstanding = {
                row["orderNo"].encode() for row in csv.DictReader(rows) if row["outcome"] in ("pending", "overdue", "unverified")
            }
        answers = []
        for path in (*self.settled, self.folder / "open", self.folder / "new"):
            answers += [line for line in lines_of(path / JOURNAL) if order_no(line) in outstanding]
        if report.name == BEFORE[1]:
            ends = {order_no(line): line for line in lines_of(self.folder / "ends" / JOURNAL)[::SETTLED]}
            answers = [ends.get(order_no(line), line) for line in answers]
        write(self.folder / "asked-again", journal=answers)

    def nothing_new(self):
        write(self.folder / "quiet", orders=lines_of(self.folder / "again" / ORDERS)[:1])

    def touch(self):
        """What comes again tonight of the settled nights, with the answers about it."""
        orders, webhooks, journal = [], [], []
        for path in self.settled:
            header, *records = lines_of(path / ORDERS)
            orders += ([] if orders else [header]) + records[::TOUCHED]
            webhooks += lines_of(path / WEBHOOKS)[TOUCHED // 2 :: TOUCHED]
        touched = {line.split(b",", 1)[0] for line in orders} | {order_no(line) for line in webhooks}
        touched -= {order_no(line) for line in lines_of(self.folder / "asked-again" / JOURNAL)}
        for path in self.settled:
            journal += [line for line in lines_of(path / JOURNAL) if order_no(line) in touched]
        write(self.folder / "again", orders, webhooks, journal)


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
    inputs = Inputs(recon, cases, folder)
    output, store, kept, none = folder / "nights", folder / "nights" / "store", folder / "kept", folder / "none"
    with_store = ("--state", store)
    sizes = {}

    def run(as_of, folders, *more):
        measured = measure(night(recon, as_of, folders, output, *more), folder)
        print(f"{as_of} {' '.join(map(str, more))}: wall {measured[0]:.2f} s, CPU {measured[1]:.2f} s,"
              f" {measured[2]:.0f} MiB", file=sys.stderr, flush=True)  # fmt: skip
        if more:
            sizes[as_of] = size_of(store)
        return measured

    restore(output, none)
    for as_of, before in ((BEFORE[0], None), (BEFORE[1], BEFORE[0])):
        run(as_of, inputs.night(as_of, output, before), *with_store)
    shutil.copytree(output, kept)
    folders = inputs.night(TONIGHT, output, BEFORE[1])
    found = {}
    for _ in range(runs):
        for title, state, more in (
            ("without a store", none, ()), ("first night, with a store", none, with_store),
            ("third night", kept, with_store),
        ):  # fmt: skip
            restore(output, state)
            found.setdefault(title, []).append(run(TONIGHT, folders, *more))
    for as_of in (*BEFORE, TONIGHT):
        print(f"{as_of}: {counts(output, as_of)}")
    before = TONIGHT
    for as_of in QUIET:
        run(as_of, inputs.night(as_of, output, before), *with_store)
        before = as_of
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
