#!/usr/bin/env python3
"""The reconciliation as one would write it in Polars: lazy frames over the same three files.

    polars_peer.py INPUT OUTPUT AS_OF FORMATS

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
from datetime import date

import polars as pl
from polars import col, lit, when

AMOUNTS = ["original", "penalty", "fee", "refund", "fare", "ancillary", "farePenalty", "ancillaryPenalty"]
NAMES = [
    "originalTotalAmount", "airlinePenaltyAmount", "transactionFee", "finalRefundAmount", "originalTotalFare",
    "originalTotalAncillaryAmount", "airlinePenaltyAmountForFare", "airlinePenaltyAmountForAncillaries",
]  # fmt: skip
NOTIFICATION = {"orderNo": pl.String, "refundStatus": pl.String, "currency": pl.String, "originalTotalFareAmount": pl.Float64}
NOTIFICATION |= {name: pl.Float64 for name in NAMES}
WEBHOOK = {"type": pl.String, "data": pl.Struct(NOTIFICATION), **NOTIFICATION}
SERVICE = {"currency": pl.String, "originalPostTicketingServiceAmount": pl.Float64, "estimatedRefundAmount": pl.Float64}
ENTRY = {
    "orderNo": pl.String, "refundCode": pl.String, "expectedConfirmationDate": pl.String,
    "expectedRefundDate": pl.String,
    "refundFareAmount": pl.Struct(
        {"currency": pl.String, "originalFareAmount": pl.Float64, "estimatedRefundAmount": pl.Float64}),
    "refundPostTicketingServiceAmounts": pl.List(pl.Struct(SERVICE)),
    "refundVouchers": pl.List(pl.Struct({"currency": pl.String, "estimatedRefundAmount": pl.Float64})),
    "serviceFee": pl.Struct({"currency": pl.String, "transactionFee": pl.Float64}),
    "refundStatus": pl.Int64, "cancelReason": pl.String, "refundMethod": pl.String,
}  # fmt: skip
JOURNAL = {
    "orderNo": pl.String, "refundCode": pl.String, "queriedAt": pl.String, "outcome": pl.String,
    "body": pl.Struct({"status": pl.Int64, "refundOrders": pl.List(pl.Struct(ENTRY))}),
}  # fmt: skip


def day(name):
    return col(name).str.to_date("%Y%m%d")


def exact(expression):
    return expression.round(3)


def orders(folder):
    texts = {name: pl.String for name in ("orderNo", "refundCode", "expectedConfirmationDate", "expectedRefundDate")}
    frame = pl.scan_csv(f"{folder}/orders.csv", schema_overrides=texts, infer_schema_length=10_000)
    unquoted = col("refundQuoteType") == "CannotQuote"
    frame = frame.with_row_index("line", offset=2).with_columns(
        requestedAt=col("requestedAt").cast(pl.String).str.to_date("%Y-%m-%d"),
        confirmBy=day("expectedConfirmationDate"), refundBy=day("expectedRefundDate"), unquoted=unquoted,
        ePenalty=when(~unquoted).then(col("airlinePenaltyAmount")),
    )  # fmt: skip
    return frame.with_columns(eRefund=exact(col("originalTotalAmount") - col("ePenalty") - col("transactionFee")))


def notifications(folder):
    # A body may be an object, or text that holds one: as a column of text it is JSON either way.
    schema = {"receivedAt": pl.String, "body": pl.String, **WEBHOOK}
    frame = pl.scan_ndjson(f"{folder}/webhooks.jsonl", schema=schema).with_row_index("line", offset=1)
    enveloped = frame.filter(col("body").is_not_null()).select(
        "line", "receivedAt", col("body").str.json_decode(pl.Struct(WEBHOOK))
    )
    frame = pl.concat([frame.filter(col("body").is_null()).drop("body"), enveloped.unnest("body")], how="diagonal")
    frame = frame.filter(
        col("type").is_null() | col("type").is_in(["order.refundComplete", "order.refundCompleted"])
    ).select("line", "receivedAt", *(pl.coalesce(col("data").struct.field(name), name) for name in NOTIFICATION))
    frame = frame.with_columns(originalTotalFare=pl.coalesce("originalTotalFare", "originalTotalFareAmount"))
    frame = frame.rename(dict(zip(NAMES, AMOUNTS))).with_columns(status=col("refundStatus").cast(pl.Int64))
    return frame.with_columns(terminal=col("status").is_in([2, 4, 5, 6])).drop("originalTotalFareAmount", "refundStatus")


def effective(found):
    # The effective webhook: terminal before not, then the last received.
    values = pl.struct("status", "currency", *AMOUNTS)
    ordered = found.sort("terminal", col("receivedAt").fill_null(""), "line")
    return ordered.group_by("orderNo").agg(
        received=pl.len(), webhookCount=values.n_unique(), revised=values.filter(col("terminal")).n_unique() > 1,
        **{f"w_{name}": col(name).last() for name in ["line", "status", "terminal", "currency", *AMOUNTS]},
    )  # fmt: skip


def answers(folder):
    frame = pl.scan_ndjson(f"{folder}/status-journal.jsonl", schema=JOURNAL).with_row_index("line", offset=1)
    ok = ((col("outcome") == "ok") & (col("body").struct.field("status") == 0)).fill_null(False)
    # The last usable line counts, else the last.
    return (
        frame.with_columns(ok=ok).sort("ok", "line")
        .unique(["orderNo", "refundCode"], keep="last", maintain_order=True)
    )  # fmt: skip


def entries(found):
    frame = found.filter("ok").select(
        "line", "queriedAt", askedOrder="orderNo", askedCode="refundCode", entry=col("body").struct.field("refundOrders")
    )
    frame = frame.explode("entry").filter(col("entry").is_not_null()).unnest("entry").with_row_index("entryNo")
    fare = col("refundFareAmount").struct.field
    element = pl.element().struct.field
    hasFare = col("refundFareAmount").is_not_null() & fare("originalFareAmount").is_not_null()

    def services(expression):
        return col("refundPostTicketingServiceAmounts").list.eval(expression)

    original = fare("originalFareAmount") + services(element("originalPostTicketingServiceAmount")).list.sum().fill_null(0)
    gross = fare("estimatedRefundAmount") + services(element("estimatedRefundAmount")).list.sum().fill_null(0)
    vouchers = col("refundVouchers").list.eval(element("estimatedRefundAmount")).list.sum()
    currencies = pl.concat_list(
        services(element("currency")).fill_null([]), fare("currency"), col("serviceFee").struct.field("currency")
    )
    frame = frame.with_columns(
        currency=pl.coalesce(fare("currency"), col("refundVouchers").list.first().struct.field("currency")),
        severalCurrencies=currencies.list.drop_nulls().list.n_unique() > 1,
        original=exact(when(hasFare).then(original)), gross=exact(when(hasFare).then(gross).otherwise(vouchers)),
        farePenalty=exact(fare("originalFareAmount") - fare("estimatedRefundAmount")),
        fee=col("serviceFee").struct.field("transactionFee"), status="refundStatus",
    )  # fmt: skip
    frame = frame.with_columns(penalty=exact(col("original") - col("gross")), refund=exact(col("gross") - col("fee")))
    return frame.with_columns(ancillaryPenalty=exact(col("penalty") - col("farePenalty")))


def match(cases, webhooks, found, unpacked):
    asked = found.select("orderNo", "refundCode", "ok", "queriedAt", answerLine="line")
    names = ["status", "currency", "original", "penalty", "fee", "refund", "farePenalty", "ancillaryPenalty",
             "severalCurrencies", "cancelReason", "refundMethod"]  # fmt: skip
    own = unpacked.filter(col("refundCode") == col("askedCode")).unique(
        ["askedOrder", "askedCode"], keep="first", maintain_order=True
    )
    own = own.select(
        orderNo="askedOrder", refundCode="askedCode", q_confirmBy=day("expectedConfirmationDate"),
        q_refundBy=day("expectedRefundDate"), **{f"q_{name}": col(name) for name in names},
    )  # fmt: skip
    key = ["orderNo", "refundCode"]
    frame = cases.join(webhooks, on="orderNo", how="left", maintain_order="left")
    frame = frame.join(asked, on=key, how="left", maintain_order="left").join(own, on=key, how="left", maintain_order="left")
    refunded = [2, 5]
    frame = frame.with_columns(
        confirmBy=pl.coalesce("q_confirmBy", "confirmBy"), refundBy=pl.coalesce("q_refundBy", "refundBy"),
        status=pl.coalesce("q_status", "w_status"),
    ).with_columns(
        finalSource=when(~col("status").is_in(refunded)).then(None)
        .when(col("w_status").is_in(refunded)).then(lit("webhook"))
        .when(col("q_status").is_in(refunded)).then(lit("query")),
    )  # fmt: skip
    frame = frame.with_columns(
        **{
            "f_" + name: when(col("finalSource") == "webhook").then("w_" + name)
            .when(col("finalSource") == "query").then("q_" + name)
            for name in ["currency", "original", "penalty", "fee", "refund", "farePenalty", "ancillaryPenalty"]
        }
    ).with_columns(comparable=(col("f_currency") == col("currency")).fill_null(False))  # fmt: skip
    quoted = lambda name: when(~col("unquoted")).then(col(name))  # noqa: E731
    expected = {
        "original": col("originalTotalAmount"), "penalty": col("ePenalty"), "fee": col("transactionFee"),
        "refund": col("eRefund"), "farePenalty": quoted("airlinePenaltyAmountForFare"),
        "ancillaryPenalty": quoted("airlinePenaltyAmountForAncillaries"),
    }  # fmt: skip
    return frame.with_columns(
        unexplained=exact(col("f_refund") - (col("f_original") - col("f_penalty") - col("f_fee"))),
        **{f"v_{n}": exact(when("comparable").then(col("f_" + n) - value)) for n, value in expected.items()},
    )


def judge(frame, as_of):
    late = col("status").is_in([0, 1]) & (lit(as_of) > col("confirmBy"))
    unpaid = col("status").is_in([0, 1, 3]) & (lit(as_of) > col("refundBy"))
    differs = [(col(name) != 0).fill_null(False) for name in ("v_refund", "v_penalty", "v_fee", "v_original", "unexplained")]
    frame = frame.with_columns(
        outcome=when(col("status").is_null()).then(lit("unverified"))
        .when(late.fill_null(False) | unpaid.fill_null(False)).then(lit("overdue"))
        .when(col("status").is_in([0, 1, 3])).then(lit("pending"))
        .when(col("status") == 4).then(lit("rejected"))
        .when(col("status") == 6).then(lit("withdrawn"))
        .when(col("eRefund").is_null()).then(lit("unquoted"))
        .when(~col("comparable") | col("f_refund").is_null() | pl.any_horizontal(differs)).then(lit("variance"))
        .otherwise(lit("matched"))
    )  # fmt: skip
    quoteParts = exact(col("originalTotalFareAmount") + col("originalTotalAncillaryAmount")) != col("originalTotalAmount")
    penaltyParts = (
        exact(col("airlinePenaltyAmountForFare") + col("airlinePenaltyAmountForAncillaries"))
        != col("airlinePenaltyAmount")
    )
    estimate = col("estimatedRefundAmount") != exact(col("originalTotalAmount") - col("airlinePenaltyAmount"))
    webhookParts = exact(col("w_fare") + col("w_ancillary")) != col("w_original")
    webhookPenalty = exact(col("w_farePenalty") + col("w_ancillaryPenalty")) != col("w_penalty")
    allowed = when(col("paymentMethod") == "vcc").then(col("status").is_in([0, 1, 4, 5, 6])).otherwise(
        col("status").is_in([0, 1, 2, 3, 4])
    )
    no = lambda test: test.fill_null(False)  # noqa: E731
    tests = {
        "REFUND_SHORT": col("v_refund") < 0, "REFUND_OVER": col("v_refund") > 0,
        "PENALTY_VARIANCE": col("v_penalty") != 0, "FEE_VARIANCE": col("v_fee") != 0,
        "ORIGINAL_AMOUNT_VARIANCE": col("v_original") != 0, "FINAL_ARITHMETIC_MISMATCH": col("unexplained") != 0,
        "CURRENCY_MISMATCH": no(col("f_currency") != col("currency"))
        | no(col("q_severalCurrencies") & (col("finalSource") == "query")),
        "STATUS_CONFLICT": col("w_terminal") & (col("q_status") != col("w_status")),
        "SOURCE_AMOUNT_CONFLICT": (col("finalSource") == "webhook") & col("q_status").is_in([2, 5]) & col("comparable")
        & (col("q_currency") == col("currency")) & ~col("q_severalCurrencies") & (col("f_refund") != col("q_refund")),
        "QUERY_FAILED": col("refundCode").is_not_null() & ~no(col("ok")),
        "NOT_FOUND_AT_ATLAS": col("ok") & col("q_status").is_null(),
        "REFUNDED_NOT_REFUNDABLE": ~col("isRefundable") & (col("f_refund") > 0),
        "REJECTED": (col("outcome") == "rejected") & ~no(col("eRefund") <= 0),
        "OVERDUE_CONFIRMATION": late, "OVERDUE_REFUND": unpaid, "STATUS_ILLEGAL_FOR_PAYMENT": ~allowed,
        "NO_EVIDENCE": col("outcome") == "unverified",
        "MISSING_WEBHOOK": col("q_status").is_in([2, 5]) & ~no(col("w_terminal")),
        "WEBHOOK_REVISED": col("revised"),
        "VOUCHER_ISSUED": (col("refundMethod") == "CashBackToOriginalPayment") & (col("q_refundMethod") == "Voucher"),
        "QUOTE_INCONSISTENT": no(quoteParts) | (~col("unquoted") & (no(penaltyParts) | no(estimate))),
        "PARTS_MISMATCH": no(webhookParts) | no(webhookPenalty),
        "WITHDRAWN": col("outcome") == "withdrawn", "UNQUOTED": col("outcome") == "unquoted",
        "NOT_QUERYABLE": col("refundCode").is_null(),
        "QUERY_CURRENCIES_MIXED": no(col("q_severalCurrencies")) & ~no(col("finalSource") == "query"),
        "DUPLICATE_WEBHOOK": col("received") > col("webhookCount"),
    }  # fmt: skip
    codes = [when(test).then(lit(code)) for code, test in tests.items()]
    age = when(col("outcome").is_in(["pending", "overdue"])).then(
        (lit(as_of) - col("requestedAt")).dt.total_days().clip(lower_bound=0)
    )
    return frame.with_columns(exceptions=pl.concat_str(codes, separator=";", ignore_nulls=True), ageDays=age)


def case_rows(frame):
    age = col("ageDays")
    source = when(col("q_status").is_not_null()).then(lit("query")).when(col("w_status").is_not_null()).then(lit("webhook"))
    return frame.select(
        lit("case").alias("rowType"), "orderNo", "refundCode", "airlinePNR", "carrier", "paymentMethod", "currency",
        "outcome", "exceptions", refundStatus="status", statusSource=source, finalSource="finalSource",
        expectedOriginalAmount="originalTotalAmount", finalOriginalAmount="f_original", originalVariance="v_original",
        expectedPenaltyAmount="ePenalty", finalPenaltyAmount="f_penalty", penaltyVariance="v_penalty",
        farePenaltyVariance="v_farePenalty", ancillaryPenaltyVariance="v_ancillaryPenalty",
        expectedTransactionFee="transactionFee", finalTransactionFee="f_fee", feeVariance="v_fee",
        expectedRefundAmount="eRefund", finalRefundAmount="f_refund", refundVariance="v_refund",
        unexplainedVariance="unexplained", requestedAt="requestedAt", expectedConfirmationDate="confirmBy",
        expectedRefundDate="refundBy", ageDays="ageDays",
        ageBucket=when(age <= 7).then(lit("0-7")).when(age <= 30).then(lit("8-30")).when(age <= 60).then(lit("31-60"))
        .when(age <= 90).then(lit("61-90")).when(age.is_not_null()).then(lit("90+")),
        cancelReason="q_cancelReason", webhookCount=col("webhookCount").fill_null(0).cast(pl.Int64), queriedAt="queriedAt",
        source=pl.format("orders.csv:{}", "line"), fCurrency="f_currency",
        evidence=pl.format("status-journal.jsonl:{}", "answerLine"),
    )  # fmt: skip


def other_rows(cases, webhooks, unpacked):
    def refunded(prefix):
        names = {"finalOriginalAmount": "original", "finalPenaltyAmount": "penalty", "finalTransactionFee": "fee",
                 "finalRefundAmount": "refund"}  # fmt: skip
        has = col(prefix + "status").is_in([2, 5])
        return {name: when(has).then(prefix + part) for name, part in names.items()}

    orphans = webhooks.join(cases, on="orderNo", how="anti").sort("orderNo").select(
        "orderNo", rowType=lit("orphanWebhook"), currency="w_currency", exceptions=lit("ORPHAN_WEBHOOK"),
        refundStatus="w_status", statusSource=lit("webhook"),
        finalSource=when(col("w_status").is_in([2, 5])).then(lit("webhook")), **refunded("w_"),
        webhookCount=col("webhookCount").cast(pl.Int64), source=pl.format("webhooks.jsonl:{}", "w_line"),
    )  # fmt: skip
    unrecorded = unpacked.join(cases, on=["orderNo", "refundCode"], how="anti").sort("orderNo", "refundCode").select(
        "orderNo", "refundCode", "currency", rowType=lit("unrecordedRefund"), exceptions=lit("UNRECORDED_REFUND"),
        refundStatus="status", statusSource=lit("query"),
        finalSource=when(col("status").is_in([2, 5])).then(lit("query")), **refunded(""), cancelReason="cancelReason",
        webhookCount=lit(0, pl.Int64), queriedAt="queriedAt", source=pl.format("status-journal.jsonl:{}", "line"),
    )  # fmt: skip
    return orphans, unrecorded


def summary(frame, as_of):
    cases = frame.filter(col("rowType") == "case")
    sums = cases.group_by("currency").agg(
        expectedRefund=exact(col("expectedRefundAmount").sum()),
        finalRefund=exact(col("finalRefundAmount").filter(col("fCurrency") == col("currency")).sum()),
        refundVariance=exact(col("refundVariance").sum()),
        open=exact(col("expectedRefundAmount").filter(col("outcome") == "pending").sum()),
        atRisk=exact(
            col("expectedRefundAmount")
            .filter(col("outcome").is_in(["rejected", "withdrawn", "overdue", "unverified"])).sum()
        ),
    )  # fmt: skip
    codes = frame.filter(col("exceptions") != "").select(col("exceptions").str.split(";").explode()).to_series()
    return {
        "asOf": str(as_of),
        "cases": dict(cases["outcome"].value_counts().iter_rows()),
        "exceptions": dict(codes.value_counts().iter_rows()),
        "totals": {row.pop("currency"): row for row in sums.to_dicts()},
    }


def main(folder, output, as_of, formats):
    as_of, formats = date.fromisoformat(as_of), formats.split(",")
    cases, webhooks, found = pl.collect_all([orders(folder), effective(notifications(folder)), answers(folder)])
    unpacked = entries(found.lazy()).collect()
    judged = case_rows(judge(match(cases.lazy(), webhooks.lazy(), found.lazy(), unpacked.lazy()), as_of)).collect()
    frame = pl.concat([judged, *other_rows(cases, webhooks, unpacked)], how="diagonal")
    os.makedirs(output, exist_ok=True)
    columns = [name for name in frame.columns if name not in ("fCurrency", "evidence")]
    if "csv" in formats:
        frame.select(columns).write_csv(f"{output}/reconciliation.csv")
        worth = frame.filter(~col("exceptions").is_in(["", "DUPLICATE_WEBHOOK"]))
        worth.select(columns).write_csv(f"{output}/exceptions.csv")
    if "jsonl" in formats:
        frame.drop("fCurrency").write_ndjson(f"{output}/reconciliation.jsonl")
    with open(f"{output}/summary.json", "w") as file:
        json.dump(summary(frame, as_of), file)


if __name__ == "__main__":
    main(*sys.argv[1:])
