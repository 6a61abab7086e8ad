#!/usr/bin/env python3
"""The reconciliation as one would write it in pandas: frames merged, over the same three files.

    pandas_peer.py INPUT OUTPUT AS_OF FORMATS

The JSON Lines are read line by line with Python's json, because their records have several shapes; what is not needed is
dropped at once.

What it leaves out, which the command does:
- amounts are binary floating point, rounded to three decimals after each step;
- the matching of webhooks to several cases of one order (docs/RULES.md, 2): they go to the first;
- what guards against bad input: grammar and range of amounts, keys given twice, rejects. A bad record stops it, or is read
  as something else. Repeated orders are not looked for;
- the codes AMBIGUOUS_MATCH, CONFLICTING_ORDER and DUPLICATE_ORDER; an answer is used if its status is 0, whatever is in it;
- hashes, the manifest, control totals, one rename for all files, syncing to disk;
- most of summary.json: it has counts and totals by currency, not carriers and ageing;
- the evidence in reconciliation.jsonl is a line of the journal only.
"""

import json
import os
import sys

import numpy as np
import pandas as pd

AMOUNTS = ["original", "penalty", "fee", "refund", "fare", "ancillary", "farePenalty", "ancillaryPenalty"]
REFUNDED, TERMINAL = [2, 5], [2, 4, 5, 6]


def orders(folder):
    texts = ["orderNo", "airlinePNR", "carrier", "refundCode", "requestedAt", "expectedConfirmationDate", "expectedRefundDate"]
    frame = pd.read_csv(f"{folder}/orders.csv", dtype={name: str for name in texts}, keep_default_na=False, na_values=[""])
    frame["line"] = np.arange(2, len(frame) + 2)
    frame["requestedAt"] = pd.to_datetime(frame["requestedAt"], format="%Y-%m-%d")
    for name in ("expectedConfirmationDate", "expectedRefundDate"):
        frame[name] = pd.to_datetime(frame[name], format="%Y%m%d")
    frame["unquoted"] = frame["refundQuoteType"] == "CannotQuote"
    frame["ePenalty"] = frame["airlinePenaltyAmount"].where(~frame["unquoted"])
    frame["eRefund"] = (frame["originalTotalAmount"] - frame["ePenalty"] - frame["transactionFee"]).round(3)
    return frame


def notifications(folder):
    found = []
    with open(f"{folder}/webhooks.jsonl") as lines:
        for number, line in enumerate(lines, 1):
            record = json.loads(line)
            received = record.get("receivedAt") or ""
            body = record.get("body", record)
            if isinstance(body, str):
                body = json.loads(body)
            if body.get("type", "order.refundComplete") not in ("order.refundComplete", "order.refundCompleted"):
                continue
            data = body.get("data", body)
            found.append((
                data["orderNo"], number, received, int(data["refundStatus"]), data["currency"],
                data["originalTotalAmount"], data["airlinePenaltyAmount"], data["transactionFee"],
                data["finalRefundAmount"], data.get("originalTotalFare", data.get("originalTotalFareAmount")),
                data.get("originalTotalAncillaryAmount"), data.get("airlinePenaltyAmountForFare"),
                data.get("airlinePenaltyAmountForAncillaries"),
            ))  # fmt: skip
    return pd.DataFrame(found, columns=["orderNo", "line", "receivedAt", "status", "currency", *AMOUNTS])


def effective(found):
    # The effective webhook: terminal before not, then the last received.
    found["terminal"] = found["status"].isin(TERMINAL)
    values = ["orderNo", "status", "currency", *AMOUNTS]
    distinct = found.drop_duplicates(values)
    last = found.sort_values(["terminal", "receivedAt", "line"]).drop_duplicates("orderNo", keep="last")
    last = last.drop(columns="receivedAt").set_index("orderNo").add_prefix("w_")
    last["received"] = found.groupby("orderNo").size()
    last["webhookCount"] = distinct.groupby("orderNo").size()
    last["revised"] = (distinct[distinct["terminal"]].groupby("orderNo").size() > 1).reindex(last.index, fill_value=False)
    return last.reset_index()


def entry_values(entry):
    fare, services = entry["refundFareAmount"], entry["refundPostTicketingServiceAmounts"] or []
    fee = entry["serviceFee"]
    original = penalty = fare_penalty = service_penalty = None
    if fare is None:
        vouchers = entry["refundVouchers"] or []
        currencies = {part["currency"] for part in vouchers}
        gross = sum(part["estimatedRefundAmount"] for part in vouchers) if vouchers else None
    else:
        currencies = {fare["currency"]} | {part["currency"] for part in services}
        service_original = sum(part["originalPostTicketingServiceAmount"] for part in services)
        service_gross = sum(part["estimatedRefundAmount"] for part in services)
        original, gross = fare["originalFareAmount"] + service_original, fare["estimatedRefundAmount"] + service_gross
        penalty, fare_penalty = original - gross, fare["originalFareAmount"] - fare["estimatedRefundAmount"]
        service_penalty = service_original - service_gross
    several = len(currencies | {fee["currency"]}) > 1
    refund = None if gross is None else gross - fee["transactionFee"]
    return (
        entry["orderNo"], entry["refundCode"], entry["refundStatus"], fee["currency"], original, penalty,
        fee["transactionFee"], refund, fare_penalty, service_penalty, several, entry["cancelReason"],
        entry["refundMethod"], entry["expectedConfirmationDate"], entry["expectedRefundDate"],
    )  # fmt: skip


def answers(folder):
    found, entries = [], []
    with open(f"{folder}/status-journal.jsonl") as lines:
        for number, line in enumerate(lines, 1):
            record = json.loads(line)
            key = (record["orderNo"], record["refundCode"], number, record["queriedAt"])
            ok = record["outcome"] == "ok" and record["body"]["status"] == 0
            found.append((*key, ok))
            if ok:
                entries += [(*key, *entry_values(entry)) for entry in record["body"]["refundOrders"] or []]
    names = ["orderNo", "refundCode", "answerLine", "queriedAt"]
    found = pd.DataFrame(found, columns=[*names, "ok"])
    # The last usable line counts, else the last.
    found = found.sort_values(["ok", "answerLine"]).drop_duplicates(["orderNo", "refundCode"], keep="last")
    values = ["entryOrder", "entryCode", "status", "currency", "original", "penalty", "fee", "refund", "farePenalty",
              "ancillaryPenalty", "several", "cancelReason", "refundMethod", "confirmBy", "refundBy"]  # fmt: skip
    entries = pd.DataFrame(entries, columns=[*names, *(f"q_{name}" for name in values)])
    entries = entries[entries["answerLine"].isin(found["answerLine"])]
    amounts = [f"q_{name}" for name in ("original", "penalty", "fee", "refund", "farePenalty", "ancillaryPenalty")]
    entries[amounts] = entries[amounts].astype(float).round(3)
    for name in ("q_confirmBy", "q_refundBy"):
        entries[name] = pd.to_datetime(entries[name], format="%Y%m%d")
    return found, entries


def match(cases, webhooks, found, entries):
    key = ["orderNo", "refundCode"]
    own = entries[entries["refundCode"] == entries["q_entryCode"]].drop_duplicates(key)
    frame = cases.merge(webhooks, how="left", on="orderNo").merge(found, how="left", on=key)
    frame = frame.merge(own.drop(columns=["answerLine", "queriedAt"]), how="left", on=key)
    frame["confirmBy"] = frame["q_confirmBy"].fillna(frame["expectedConfirmationDate"])
    frame["refundBy"] = frame["q_refundBy"].fillna(frame["expectedRefundDate"])
    frame["status"] = frame["q_status"].fillna(frame["w_status"])
    is_final = frame["status"].isin(REFUNDED)
    by_webhook = is_final & frame["w_status"].isin(REFUNDED)
    by_query = is_final & ~by_webhook & frame["q_status"].isin(REFUNDED)
    frame["finalSource"] = np.select([by_webhook, by_query], ["webhook", "query"], default=None)
    for name in ("currency", "original", "penalty", "fee", "refund", "farePenalty", "ancillaryPenalty"):
        frame[f"f_{name}"] = frame[f"w_{name}"].where(by_webhook, frame[f"q_{name}"].where(by_query))
    frame["comparable"] = frame["f_currency"] == frame["currency"]
    expected = {
        "original": frame["originalTotalAmount"], "penalty": frame["ePenalty"], "fee": frame["transactionFee"],
        "refund": frame["eRefund"], "farePenalty": frame["airlinePenaltyAmountForFare"].where(~frame["unquoted"]),
        "ancillaryPenalty": frame["airlinePenaltyAmountForAncillaries"].where(~frame["unquoted"]),
    }  # fmt: skip
    for name, value in expected.items():
        frame[f"v_{name}"] = (frame[f"f_{name}"] - value).where(frame["comparable"]).round(3)
    parts = frame["f_original"] - frame["f_penalty"] - frame["f_fee"]
    frame["unexplained"] = (frame["f_refund"] - parts).round(3)
    return frame


def differs(left, right=0.0):
    """Where both have a value, and not the same."""
    return left.notna() & (pd.notna(right)) & (left != right)


def judge(frame, as_of):
    f = frame
    late = f["status"].isin([0, 1]) & (f["confirmBy"] < as_of)
    unpaid = f["status"].isin([0, 1, 3]) & (f["refundBy"] < as_of)
    any_variance = np.logical_or.reduce(
        [differs(f[name]) for name in ("v_refund", "v_penalty", "v_fee", "v_original", "unexplained")]
    )
    f["outcome"] = np.select(
        [f["status"].isna(), late | unpaid, f["status"].isin([0, 1, 3]), f["status"] == 4, f["status"] == 6,
         f["eRefund"].isna(), ~f["comparable"] | f["f_refund"].isna() | any_variance],
        ["unverified", "overdue", "pending", "rejected", "withdrawn", "unquoted", "variance"], default="matched",
    )  # fmt: skip
    ok, terminal = f["ok"].eq(True), f["w_terminal"].eq(True)
    several = f["q_several"].eq(True)
    legal = np.where(f["paymentMethod"] == "vcc", f["status"].isin([0, 1, 4, 5, 6]), f["status"].isin([0, 1, 2, 3, 4]))
    quote_parts = differs((f["originalTotalFareAmount"] + f["originalTotalAncillaryAmount"]).round(3), f["originalTotalAmount"])
    penalty_parts = differs(
        (f["airlinePenaltyAmountForFare"] + f["airlinePenaltyAmountForAncillaries"]).round(3), f["airlinePenaltyAmount"])
    estimate = differs(f["estimatedRefundAmount"], (f["originalTotalAmount"] - f["airlinePenaltyAmount"]).round(3))
    tests = {
        "REFUND_SHORT": f["v_refund"] < 0, "REFUND_OVER": f["v_refund"] > 0, "PENALTY_VARIANCE": differs(f["v_penalty"]),
        "FEE_VARIANCE": differs(f["v_fee"]), "ORIGINAL_AMOUNT_VARIANCE": differs(f["v_original"]),
        "FINAL_ARITHMETIC_MISMATCH": differs(f["unexplained"]),
        "CURRENCY_MISMATCH": differs(f["f_currency"], f["currency"]) | (several & (f["finalSource"] == "query")),
        "STATUS_CONFLICT": terminal & differs(f["q_status"], f["w_status"]),
        "SOURCE_AMOUNT_CONFLICT": (f["finalSource"] == "webhook") & f["q_status"].isin(REFUNDED) & f["comparable"]
        & (f["q_currency"] == f["currency"]) & ~several & differs(f["f_refund"], f["q_refund"]),
        "QUERY_FAILED": f["refundCode"].notna() & ~ok, "NOT_FOUND_AT_ATLAS": ok & f["q_status"].isna(),
        "REFUNDED_NOT_REFUNDABLE": ~f["isRefundable"] & (f["f_refund"] > 0),
        "REJECTED": (f["outcome"] == "rejected") & ~(f["eRefund"] <= 0),
        "OVERDUE_CONFIRMATION": late, "OVERDUE_REFUND": unpaid,
        "STATUS_ILLEGAL_FOR_PAYMENT": f["status"].notna() & ~legal, "NO_EVIDENCE": f["outcome"] == "unverified",
        "MISSING_WEBHOOK": f["q_status"].isin(REFUNDED) & ~terminal, "WEBHOOK_REVISED": f["revised"].eq(True),
        "VOUCHER_ISSUED": (f["refundMethod"] == "CashBackToOriginalPayment") & (f["q_refundMethod"] == "Voucher"),
        "QUOTE_INCONSISTENT": quote_parts | (~f["unquoted"] & (penalty_parts | estimate)),
        "PARTS_MISMATCH": differs((f["w_fare"] + f["w_ancillary"]).round(3), f["w_original"])
        | differs((f["w_farePenalty"] + f["w_ancillaryPenalty"]).round(3), f["w_penalty"]),
        "WITHDRAWN": f["outcome"] == "withdrawn", "UNQUOTED": f["outcome"] == "unquoted",
        "NOT_QUERYABLE": f["refundCode"].isna(),
        "QUERY_CURRENCIES_MIXED": several & (f["finalSource"] != "query"),
        "DUPLICATE_WEBHOOK": f["received"] > f["webhookCount"],
    }  # fmt: skip
    joined = np.full(len(f), "", dtype=object)
    for code, test in tests.items():
        joined[test.to_numpy(dtype=bool)] += code + ";"
    f["exceptions"] = pd.Series(joined, index=f.index).str.removesuffix(";")
    age = (as_of - f["requestedAt"]).dt.days.clip(lower=0)
    f["ageDays"] = age.where(f["outcome"].isin(["pending", "overdue"])).astype("Int64")
    return f


def case_rows(f):
    days = f["ageDays"].astype(float)
    bucket = pd.cut(days, [-1, 7, 30, 60, 90, np.inf], labels=["0-7", "8-30", "31-60", "61-90", "90+"])
    source = np.select([f["q_status"].notna(), f["w_status"].notna()], ["query", "webhook"], default=None)
    return pd.DataFrame({
        "rowType": "case", **{name: f[name] for name in (
            "orderNo", "refundCode", "airlinePNR", "carrier", "paymentMethod", "currency", "outcome", "exceptions")},
        "refundStatus": f["status"].astype("Int64"), "statusSource": source, "finalSource": f["finalSource"],
        "expectedOriginalAmount": f["originalTotalAmount"], "finalOriginalAmount": f["f_original"],
        "originalVariance": f["v_original"], "expectedPenaltyAmount": f["ePenalty"], "finalPenaltyAmount": f["f_penalty"],
        "penaltyVariance": f["v_penalty"], "farePenaltyVariance": f["v_farePenalty"],
        "ancillaryPenaltyVariance": f["v_ancillaryPenalty"], "expectedTransactionFee": f["transactionFee"],
        "finalTransactionFee": f["f_fee"], "feeVariance": f["v_fee"], "expectedRefundAmount": f["eRefund"],
        "finalRefundAmount": f["f_refund"], "refundVariance": f["v_refund"], "unexplainedVariance": f["unexplained"],
        "requestedAt": f["requestedAt"].dt.strftime("%Y-%m-%d"),
        "expectedConfirmationDate": f["confirmBy"].dt.strftime("%Y-%m-%d"),
        "expectedRefundDate": f["refundBy"].dt.strftime("%Y-%m-%d"), "ageDays": f["ageDays"],
        "ageBucket": bucket.astype(object), "cancelReason": f["q_cancelReason"],
        "webhookCount": f["webhookCount"].fillna(0).astype("Int64"), "queriedAt": f["queriedAt"],
        "source": "orders.csv:" + f["line"].astype(str), "fCurrency": f["f_currency"],
        "evidence": ("status-journal.jsonl:" + f["answerLine"].astype("Int64").astype(str)).where(f["answerLine"].notna()),
    })  # fmt: skip


def other_rows(cases, webhooks, entries):
    def refunded(frame, prefix):
        has = frame[prefix + "status"].isin(REFUNDED)
        return {
            "finalOriginalAmount": frame[prefix + "original"].where(has),
            "finalPenaltyAmount": frame[prefix + "penalty"].where(has),
            "finalTransactionFee": frame[prefix + "fee"].where(has),
            "finalRefundAmount": frame[prefix + "refund"].where(has),
        }

    w = webhooks[~webhooks["orderNo"].isin(cases["orderNo"])].sort_values("orderNo")
    orphans = pd.DataFrame({
        "rowType": "orphanWebhook", "orderNo": w["orderNo"], "currency": w["w_currency"], "exceptions": "ORPHAN_WEBHOOK",
        "refundStatus": w["w_status"], "statusSource": "webhook",
        "finalSource": np.where(w["w_status"].isin(REFUNDED), "webhook", None), **refunded(w, "w_"),
        "webhookCount": w["webhookCount"], "source": "webhooks.jsonl:" + w["w_line"].astype(str),
    })  # fmt: skip
    known = pd.MultiIndex.from_frame(cases[["orderNo", "refundCode"]])
    q = entries[~pd.MultiIndex.from_frame(entries[["q_entryOrder", "q_entryCode"]]).isin(known)]
    q = q.sort_values(["q_entryOrder", "q_entryCode"])
    unrecorded = pd.DataFrame({
        "rowType": "unrecordedRefund", "orderNo": q["q_entryOrder"], "refundCode": q["q_entryCode"],
        "currency": q["q_currency"], "exceptions": "UNRECORDED_REFUND", "refundStatus": q["q_status"],
        "statusSource": "query", "finalSource": np.where(q["q_status"].isin(REFUNDED), "query", None),
        **refunded(q, "q_"), "cancelReason": q["q_cancelReason"], "webhookCount": 0, "queriedAt": q["queriedAt"],
        "source": "status-journal.jsonl:" + q["answerLine"].astype(str),
    })  # fmt: skip
    return orphans, unrecorded


def summary(frame, as_of):
    cases = frame[frame["rowType"] == "case"]
    own = cases["fCurrency"] == cases["currency"]
    sums = pd.DataFrame({
        "currency": cases["currency"], "expectedRefund": cases["expectedRefundAmount"],
        "finalRefund": cases["finalRefundAmount"].where(own), "refundVariance": cases["refundVariance"],
        "open": cases["expectedRefundAmount"].where(cases["outcome"] == "pending"),
        "atRisk": cases["expectedRefundAmount"].where(
            cases["outcome"].isin(["rejected", "withdrawn", "overdue", "unverified"])),
    }).groupby("currency").sum().round(3)  # fmt: skip
    codes = frame.loc[frame["exceptions"] != "", "exceptions"].str.split(";").explode()
    return {
        "asOf": as_of, "cases": cases["outcome"].value_counts().to_dict(), "exceptions": codes.value_counts().to_dict(),
        "totals": sums.to_dict("index"),
    }  # fmt: skip


def main(folder, output, as_of, formats):
    formats = formats.split(",")
    cases, webhooks, (found, entries) = orders(folder), effective(notifications(folder)), answers(folder)
    judged = case_rows(judge(match(cases, webhooks, found, entries), pd.Timestamp(as_of)))
    frame = pd.concat([judged, *other_rows(cases, webhooks, entries)], ignore_index=True)
    os.makedirs(output, exist_ok=True)
    columns = [name for name in frame.columns if name not in ("fCurrency", "evidence")]
    if "csv" in formats:
        frame.to_csv(f"{output}/reconciliation.csv", columns=columns, index=False)
        worth = frame[~frame["exceptions"].isin(["", "DUPLICATE_WEBHOOK"])]
        worth.to_csv(f"{output}/exceptions.csv", columns=columns, index=False)
    if "jsonl" in formats:
        frame.drop(columns="fCurrency").to_json(f"{output}/reconciliation.jsonl", orient="records", lines=True)
    with open(f"{output}/summary.json", "w") as file:
        json.dump(summary(frame, as_of), file)


if __name__ == "__main__":
    main(*sys.argv[1:])
