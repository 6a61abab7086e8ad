#!/usr/bin/env python3
"""Times the queries of a run beside wrk, against the same sandbox on loopback.

    query.py RECON [CASES]

RECON is the command, in release. For each concurrency `run --rate off` asks about CASES refunds (default 20,000); then wrk
posts the same bodies for some seconds. The figures are what the programs print themselves: requests a second, p50 and p99.
The sandbox shares the machine with whoever asks.
"""

import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

AS_OF = "2025-09-30"
CONCURRENCIES = (8, 64, 256)
WRK_SECONDS = 5
CREDENTIALS = {"ATLAS_CLIENT_ID": "benchmark", "ATLAS_CLIENT_SECRET": "benchmark"}

# Each thread of wrk begins at another place of the list.
WRK_SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["Accept-Encoding"] = "gzip"
wrk.headers["x-atlas-client-id"] = os.getenv("ATLAS_CLIENT_ID")
wrk.headers["x-atlas-client-secret"] = os.getenv("ATLAS_CLIENT_SECRET")
local bodies, place, threads = {}, 0, 0
function setup(thread) thread:set("offset", threads * 7919); threads = threads + 1 end
function init(arguments)
  for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
  place = offset
end
function request() place = place + 1; return wrk.format(nil, nil, nil, bodies[place % #bodies + 1]) end
"""


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 64
    recon = os.path.abspath(arguments[0])
    cases = int(arguments[1]) if len(arguments) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        make = [recon, "generate", "--profile", "clean", "--cases", str(cases), "--as-of", AS_OF, "--output", folder]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        write_bodies(folder)
        (folder / "query.lua").write_text(WRK_SCRIPT)
        sandbox = subprocess.Popen(
            [recon, "sandbox", folder / "sandbox.jsonl"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **CREDENTIALS},
        )  # fmt: skip
        try:
            url = sandbox.stdout.readline().strip()
            rows = [measure(recon, folder, url, concurrency) for concurrency in CONCURRENCIES]
        finally:
            sandbox.terminate()
            sandbox.wait()
    print_table(cases, rows)
    return 0


def write_bodies(folder):
    with open(folder / "orders.csv", newline="") as orders, open(folder / "bodies", "w") as bodies:
        for row in csv.DictReader(orders):
            if row["refundCode"]:
                names = ("refundCode", "orderNo", "airlinePNR", "carrier")
                body = {name: row[name] or None for name in names}
                bodies.write(json.dumps({**body, "displayCurrency": None}, separators=(",", ":")) + "\n")


def measure(recon, folder, url, concurrency):
    return concurrency, [
        ("run --rate off", measure_run(recon, folder, url, concurrency)),
        ("wrk", measure_wrk(folder, url, concurrency)),
    ]


def measure_run(recon, folder, url, concurrency):
    output = folder / f"reports-{concurrency}"
    command = [
        recon, "run", "--orders", folder / "orders.csv", "--webhooks", folder / "webhooks.jsonl", "--atlas-url", url,
        "--as-of", AS_OF, "--output", output, "--formats", "csv", "--rate", "off", "--concurrency", str(concurrency),
        "--log-level", "debug",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **CREDENTIALS})
    if done.returncode not in (0, 2):
        raise SystemExit(f"the run failed:\n{done.stderr}")
    return figures(done.stderr)


def figures(text):
    """Requests a second, p50 and p99, as a run prints them."""
    found = re.search(r"(\d+) a second, p50 (\S+) ms, p99 (\S+) ms", text)
    return float(found.group(1)), f"{found.group(2)}ms", f"{found.group(3)}ms"


def measure_wrk(folder, url, concurrency):
    threads = min(os.cpu_count() or 1, concurrency)
    command = [
        "wrk", f"-t{threads}", f"-c{concurrency}", f"-d{WRK_SECONDS}s", "--latency", "-s", folder / "query.lua",
        f"{url}/queryRefundOrders.do",
    ]  # fmt: skip
    environment = {**os.environ, **CREDENTIALS, "BODIES": str(folder / "bodies")}
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"wrk was not answered as it should be:\n{text}")
    found = [re.search(pattern, text) for pattern in (r"Requests/sec:\s+(\S+)", r"50%\s+(\S+)", r"99%\s+(\S+)")]
    return float(found[0].group(1)), found[1].group(1), found[2].group(1)


def print_table(cases, rows):
    print(f"{cases} cases, {os.cpu_count()} processors shared with the sandbox")
    print(f"{'in flight':>9}  {'':<14} {'requests/s':>10}  {'p50':<10} {'p99':<10} {'of wrk':>6}")
    for concurrency, programs in rows:
        wrk_rate = programs[-1][1][0]
        for name, (rate, p50, p99) in programs:
            print(f"{concurrency:>9}  {name:<14} {rate:>10.0f}  {p50:<10} {p99:<10} {rate / wrk_rate:>6.0%}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
