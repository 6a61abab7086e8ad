#!/usr/bin/env python3
"""Times the workbook of a run beside XlsxWriter and rustpy-xlsxwriter writing the same rows.

    workbook.py RECON [CASES] [RUNS]        (100,000 cases and 3 runs)

Ours is what the run itself prints at --log-level debug: wall and CPU seconds for all sheets with formats, formulas and charts,
every row judged once more, and the finished file read back. The peers get the rows of reconciliation.csv as a Polars frame that
is read before their clock starts, numbers and dates typed, and write one sheet of them: a bold header, a number format for
amounts, one for dates, a frozen header. XlsxWriter writes with constant_memory. They check nothing. Memory is the peak of the whole
process: ours holds the run's records, theirs Python and the frame.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from measure import AS_OF, generate, machine, medians, run_command, size_of

ROWS_LIMIT = "100000000"


def ours(recon, folder):
    shutil.rmtree(folder / "report", ignore_errors=True)
    command = run_command(recon, "report", "csv,xlsx", "--workbook-rows", ROWS_LIMIT, "--log-level", "debug")
    command.remove("--quiet")
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    text = process.stderr.read()
    memory = wait_for_peak(process)
    found = re.search(r"workbook: (\d+) rows in (\S+) s, (\S+) s of CPU", text)
    if process.returncode not in (0, 2) or not found:
        raise SystemExit(f"the run failed:\n{text}")
    return float(found[2]), float(found[3]), memory


def wait_for_peak(process):
    """Waits for a process; its peak memory in MiB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024


def peer(name, folder):
    """Runs a peer as a process of its own: wall, CPU and memory of the writing."""
    done = subprocess.run(
        [sys.executable, __file__, "--peer", name, folder / "report" / AS_OF / "reconciliation.csv", folder / f"{name}.xlsx"],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    return tuple(json.loads(done.stdout))


def write_as_peer(name, source, target):
    import polars as pl

    texts = {"orderNo": pl.String, "refundCode": pl.String, "airlinePNR": pl.String, "queriedAt": pl.String}
    frame = pl.read_csv(source, schema_overrides=texts, infer_schema_length=None, try_parse_dates=True)
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    {"xlsxwriter": write_with_xlsxwriter, "rustpy": write_with_rustpy}[name](frame, target)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps([wall, cpu, after.ru_maxrss / 1024]))


def write_with_xlsxwriter(frame, target):
    import polars as pl
    import xlsxwriter

    workbook = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = workbook.add_worksheet("Reconciliation")
    amount, date = workbook.add_format({"num_format": "#,##0.00"}), workbook.add_format({"num_format": "yyyy-mm-dd"})
    text, bold = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
    kinds = [
        (sheet.write_number, amount) if kind == pl.Float64 else (sheet.write_number, None) if kind == pl.Int64
        else (sheet.write_datetime, date) if kind == pl.Date else (sheet.write_string, text)
        for kind in frame.dtypes
    ]  # fmt: skip
    sheet.freeze_panes(1, 3)
    for column, title in enumerate(frame.columns):
        sheet.write_string(0, column, title, bold)
    for row, values in enumerate(frame.iter_rows(), 1):
        for column, value in enumerate(values):
            if value is not None:
                write, cell_format = kinds[column]
                write(row, column, value, cell_format)
    sheet.autofilter(0, 0, frame.height, frame.width - 1)
    workbook.close()


def write_with_rustpy(frame, target):
    from rustpy_xlsxwriter import FastExcel

    writer = FastExcel(target).format(float_format="#,##0.00", datetime_format="yyyy-mm-dd", bold_headers=True)
    writer.freeze(row=1, col=3).sheet("Reconciliation", frame).save()


def main(arguments):
    if arguments[:1] == ["--peer"]:
        write_as_peer(*arguments[1:])
        return 0
    if not 1 <= len(arguments) <= 3:
        print(__doc__, file=sys.stderr)
        return 64
    recon = pathlib.Path(arguments[0]).resolve()
    cases = int(arguments[1]) if len(arguments) > 1 else 100_000
    runs = int(arguments[2]) if len(arguments) > 2 else 3
    print(f"{machine()}\n{cases:,} cases, medians of {runs} runs in turn", flush=True)
    found, sizes = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        generate(recon, cases, folder)
        for _ in range(runs):
            for name in ("refund-recon", "rustpy", "xlsxwriter"):
                measured = ours(recon, folder) if name == "refund-recon" else peer(name, folder)
                print(f"{name}: wall {measured[0]:.2f} s, CPU {measured[1]:.2f} s", file=sys.stderr, flush=True)
                found.setdefault(name, []).append(measured)
                is_ours = name == "refund-recon"
                sizes[name] = size_of(folder / (f"report/{AS_OF}/reconciliation.xlsx" if is_ours else f"{name}.xlsx"))
    rows = {name: medians(values) for name, values in found.items()}
    print(f"{'':14} {'wall s':>9} {'CPU s':>9} {'peak MiB':>9} {'file MiB':>9}   {'beside refund-recon: wall, CPU, memory'}")
    for name, row in rows.items():
        ratios = "".join(f"{value / base:>9.1f}" for value, base in zip(row, rows["refund-recon"]))
        print(f"{name:14} {row[0]:>9.2f} {row[1]:>9.2f} {row[2]:>9.0f} {sizes[name]:>9.1f}   {ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
