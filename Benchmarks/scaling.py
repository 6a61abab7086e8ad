#!/usr/bin/env python3
"""Times a run over one order that has very many records, at N and at 4 N: what is near-linear takes about four times as long.

    scaling.py RECON [N]               (N cases, 5,000; four times as many notifications where there is one case)

RECON is the command in release. Ends with 1 if a run takes more than eight times as long: the square would be sixteen.
"""

import json
import pathlib
import sys
import tempfile

from measure import AS_OF, machine, measure, run_command

HEADER = "orderNo,refundCode,currency,originalTotalFareAmount,airlinePenaltyAmount,transactionFee,requestedAt"
# A run this short is mostly its start, whose share does not grow.
START_SECONDS = 0.1
WORST_RATIO = 8


def amount(minor_units):
    return f"{minor_units // 100}.{minor_units % 100:02}"


def order(number):
    """A case of the one order, of an amount of its own."""
    return f"ORD1,RC-{number},USD,{amount(10_000 + number)},10.00,2.00,2025-09-01"


def notification(number):
    """What is paid for it."""
    return json.dumps({
        "orderNo": "ORD1", "refundStatus": 2, "currency": "USD", "originalTotalAmount": amount(10_000 + number),
        "airlinePenaltyAmount": "10.00", "finalRefundAmount": amount(8_800 + number), "transactionFee": "2.00",
    })  # fmt: skip


def entry(code, number):
    return {
        "orderNo": "ORD1", "refundCode": code, "refundStatus": 2,
        "refundFareAmount": {
            "currency": "USD", "originalFareAmount": amount(10_000 + number),
            "estimatedRefundAmount": amount(9_000 + number),
        },
        "serviceFee": {"currency": "USD", "transactionFee": "2.00"},
    }  # fmt: skip


def journal_line(number, entries):
    return json.dumps({
        "schema": 1, "orderNo": "ORD1", "refundCode": f"RC-{number}", "airlinePNR": None, "carrier": None,
        "queriedAt": "2025-09-30T01:00:00.000Z", "attempts": 1, "httpStatus": 200, "outcome": "ok", "error": None,
        "body": {"status": 0, "refundOrders": entries},
    })  # fmt: skip


def many_notifications(count):
    return [order(0)], [notification(number) for number in range(4 * count)], []


def many_cases(count):
    return [order(number) for number in range(count)], [], []


def many_of_both(count):
    return [order(number) for number in range(count)], [notification(number) for number in range(count)], []


def alike(count):
    """Every case and every notification of the same amounts."""
    return [f"ORD1,RC-{number},USD,100.00,10.00,2.00,2025-09-01" for number in range(count)], [notification(0)] * count, []


def one_unrecorded_refund(count):
    """Each case's answer has its own refund and one that no record names."""
    lines = [journal_line(number, [entry(f"RC-{number}", number), entry("RC-X", 0)]) for number in range(count)]
    return [order(number) for number in range(count)], [], lines


def one_answer(count):
    """One answer that names very many refunds that no record names."""
    return [order(0)], [], [journal_line(0, [entry(f"RC-{number}", number) for number in range(count)])]


CASES = {
    "an order with 4 N different notifications": many_notifications,
    "with N cases": many_cases,
    "with N cases and N notifications": many_of_both,
    "the same, all of the same amounts": alike,
    "N answers that name one unrecorded refund": one_unrecorded_refund,
    "an answer with N unrecorded refunds": one_answer,
}


def seconds(recon, make, count):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        orders, webhooks, journal = make(count)
        for name, lines in (
            ("orders.csv", [HEADER, *orders]), ("webhooks.jsonl", webhooks), ("status-journal.jsonl", journal),
        ):  # fmt: skip
            (folder / name).write_text("".join(line + "\n" for line in lines))
        # The best of three: what is measured is how the work grows, not the machine's other work.
        return min(measure(run_command(recon, f"report-{turn}", "csv"), folder)[0] for turn in range(3))


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 64
    recon = pathlib.Path(arguments[0]).resolve()
    count = int(arguments[1]) if len(arguments) > 1 else 5_000
    print(f"{machine()}\none order, as of {AS_OF}; seconds at N = {count:,} and at 4 N, the best of three")
    is_bad = False
    for title, make in CASES.items():
        small, large = seconds(recon, make, count), seconds(recon, make, 4 * count)
        ratio = large / max(small, START_SECONDS)
        is_bad = is_bad or ratio > WORST_RATIO
        print(f"{title:44} {small:>8.2f} {large:>8.2f}   × {ratio:.1f}", flush=True)
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
