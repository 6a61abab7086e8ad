#!/usr/bin/env python3
"""The reconciliation as one would write it in DuckDB: SQL over the same three files.

    duckdb_peer.py INPUT OUTPUT AS_OF FORMATS

What it leaves out, which the command does:
- the matching of webhooks to several cases of one order (docs/RULES.md, 2): they go to the first;
- what guards against bad input: grammar and range of amounts, keys given twice, rejects. A bad record stops it, or is read
  as something else. Repeated orders are not looked for;
- the codes AMBIGUOUS_MATCH, CONFLICTING_ORDER and DUPLICATE_ORDER; an answer is used if its status is 0, whatever is in it;
- hashes, the manifest, control totals, one rename for all files, syncing to disk;
- most of summary.json: it has counts and totals by currency, not carriers and ageing;
- amounts have three decimals in every currency, and the evidence in reconciliation.jsonl is a line of the journal only.
"""

import os
import sys

import duckdb

AMOUNT = "DECIMAL(18,3)"
NOTIFICATION = {
    "orderNo": "VARCHAR", "refundStatus": "VARCHAR", "currency": "VARCHAR", "originalTotalFare": AMOUNT,
    "originalTotalFareAmount": AMOUNT, "originalTotalAncillaryAmount": AMOUNT, "originalTotalAmount": AMOUNT,
    "airlinePenaltyAmountForFare": AMOUNT, "airlinePenaltyAmountForAncillaries": AMOUNT,
    "airlinePenaltyAmount": AMOUNT, "finalRefundAmount": AMOUNT, "transactionFee": AMOUNT,
}  # fmt: skip
PARTS = [
    ("original", "originalTotalAmount"), ("penalty", "airlinePenaltyAmount"), ("fee", "transactionFee"),
    ("refund", "finalRefundAmount"), ("fare", "coalesce(originalTotalFare, originalTotalFareAmount)"),
    ("ancillary", "originalTotalAncillaryAmount"), ("farePenalty", "airlinePenaltyAmountForFare"),
    ("ancillaryPenalty", "airlinePenaltyAmountForAncillaries"),
]  # fmt: skip
ENTRY = f"""STRUCT(orderNo VARCHAR, refundCode VARCHAR, expectedConfirmationDate VARCHAR, expectedRefundDate VARCHAR,
  refundFareAmount STRUCT(currency VARCHAR, originalFareAmount {AMOUNT}, estimatedRefundAmount {AMOUNT}),
  refundPostTicketingServiceAmounts STRUCT(currency VARCHAR, originalPostTicketingServiceAmount {AMOUNT},
    estimatedRefundAmount {AMOUNT})[],
  refundVouchers STRUCT(currency VARCHAR, estimatedRefundAmount {AMOUNT})[],
  serviceFee STRUCT(currency VARCHAR, transactionFee {AMOUNT}),
  refundStatus INTEGER, cancelReason VARCHAR, refundMethod VARCHAR)"""


def struct(fields):
    return "STRUCT(" + ", ".join(f'"{name}" {kind}' for name, kind in fields.items()) + ")"


def columns(fields):
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in fields.items()) + "}"


def read(database, folder):
    amounts = [
        "originalTotalFareAmount", "originalTotalAncillaryAmount", "originalTotalAmount", "airlinePenaltyAmountForFare",
        "airlinePenaltyAmountForAncillaries", "airlinePenaltyAmount", "estimatedRefundAmount", "transactionFee",
    ]  # fmt: skip
    types = ", ".join(f"'{name}': '{AMOUNT}'" for name in amounts)
    database.execute(f"""
        CREATE TABLE orders AS SELECT row_number() OVER () + 1 AS line,
            * REPLACE (CAST(requestedAt AS DATE) AS requestedAt,
              CAST(strptime(expectedConfirmationDate, '%Y%m%d') AS DATE) AS expectedConfirmationDate,
              CAST(strptime(expectedRefundDate, '%Y%m%d') AS DATE) AS expectedRefundDate,
              refundQuoteType = 'CannotQuote' AS unquoted)
        FROM (SELECT *, refundQuoteType = 'CannotQuote' AS unquoted FROM
          read_csv('{folder}/orders.csv', header = true, all_varchar = false, auto_detect = true, types = {{{types},
            'refundCode': 'VARCHAR', 'airlinePNR': 'VARCHAR', 'carrier': 'VARCHAR', 'requestedAt': 'VARCHAR',
            'expectedConfirmationDate': 'VARCHAR', 'expectedRefundDate': 'VARCHAR'}}))""")
    outer = {"type": "VARCHAR", "receivedAt": "VARCHAR", "data": struct(NOTIFICATION), "body": "JSON", **NOTIFICATION}
    inner = '{"type":"VARCHAR","data":{' + ",".join(f'"{name}":"{kind}"' for name, kind in NOTIFICATION.items()) + "}"
    inner += "".join(f',"{name}":"{kind}"' for name, kind in NOTIFICATION.items()) + "}"
    flat = "struct_pack(" + ", ".join(f'"{name}" := SOURCE."{name}"' for name in NOTIFICATION) + ")"
    parts = ", ".join(
        f"""{sql.replace("originalTotal", "n.originalTotal") if "(" in sql else "n." + sql} AS "{name}" """
        for name, sql in PARTS
    )
    # A body may be an object, or text that holds one.
    database.execute(f"""
        CREATE TABLE notifications AS SELECT * EXCLUDE n, n.orderNo, CAST(n.refundStatus AS INTEGER) AS status,
            CAST(n.refundStatus AS INTEGER) IN (2, 4, 5, 6) AS terminal, n.currency, {parts}
        FROM (SELECT line, receivedAt, coalesce(opened.type, type) AS type,
            coalesce(opened.data, data, CASE WHEN opened IS NOT NULL THEN {flat.replace("SOURCE", "opened")}
              ELSE {flat.replace("SOURCE.", "")} END) AS n
          FROM (SELECT row_number() OVER () AS line, *,
              from_json(CASE WHEN json_type(body) = 'VARCHAR' THEN CAST(body->>'$' AS JSON) ELSE body END, '{inner}')
                AS opened
            FROM read_json('{folder}/webhooks.jsonl', format = 'newline_delimited', columns = {columns(outer)})))
        WHERE type IS NULL OR type IN ('order.refundComplete', 'order.refundCompleted')""")
    journal = {
        "orderNo": "VARCHAR", "refundCode": "VARCHAR", "queriedAt": "VARCHAR", "outcome": "VARCHAR",
        "body": f"STRUCT(status INTEGER, refundOrders {ENTRY}[])",
    }  # fmt: skip
    database.execute(f"""
        CREATE TABLE answers AS SELECT * FROM (
          SELECT row_number() OVER () AS line, *, coalesce(outcome = 'ok' AND body.status = 0, false) AS ok
          FROM read_json('{folder}/status-journal.jsonl', format = 'newline_delimited', columns = {columns(journal)},
            maximum_object_size = 8388608))
        QUALIFY row_number() OVER (PARTITION BY orderNo, refundCode ORDER BY ok DESC, line DESC) = 1""")


def unpack(database):
    """The entries of the answers, with their amounts."""
    database.execute("""
        CREATE TABLE entries AS SELECT *, original - gross AS penalty, gross - fee AS refund,
          coalesce(len(list_distinct(currencies)) > 1, false) AS severalCurrencies,
          row_number() OVER (PARTITION BY askedOrder, askedCode, entry.refundCode ORDER BY position) AS place
        FROM (SELECT *, coalesce(fareSide.currency, entry.refundVouchers[1].currency) AS currency,
            [s.currency FOR s IN services] || [currency, entry.serviceFee.currency] AS currencies,
            fareSide.originalFareAmount + coalesce(list_sum([s.originalPostTicketingServiceAmount FOR s IN services]), 0)
              AS original,
            CASE WHEN fareSide IS NULL THEN list_sum([v.estimatedRefundAmount FOR v IN entry.refundVouchers])
              ELSE fareSide.estimatedRefundAmount + coalesce(list_sum([s.estimatedRefundAmount FOR s IN services]), 0)
              END AS gross,
            fareSide.originalFareAmount - fareSide.estimatedRefundAmount AS farePenalty,
            CASE WHEN fareSide IS NOT NULL THEN coalesce(
              list_sum([s.originalPostTicketingServiceAmount - s.estimatedRefundAmount FOR s IN services]), 0) END
              AS ancillaryPenalty,
            entry.serviceFee.transactionFee AS fee
          FROM (SELECT *, entry.refundFareAmount AS fareSide,
              CASE WHEN entry.refundFareAmount IS NOT NULL THEN entry.refundPostTicketingServiceAmounts END AS services
            FROM (SELECT line, queriedAt, orderNo AS askedOrder, refundCode AS askedCode,
                generate_subscripts(body.refundOrders, 1) AS position, unnest(body.refundOrders) AS entry
              FROM answers WHERE ok)))""")


def match(database):
    # The effective webhook: terminal before not, then the last received.
    values = ", ".join(f'"{name}"' for name, _ in PARTS)
    database.execute(f"""
        CREATE TABLE effective AS SELECT orderNo, count(*) AS received,
          count(DISTINCT (status, currency, {values})) AS webhookCount,
          count(DISTINCT (status, currency, {values})) FILTER (terminal) > 1 AS revised,
          arg_max(struct_pack(line, status, terminal, currency, {values}),
            (terminal, coalesce(receivedAt, ''), line)) AS w
        FROM notifications GROUP BY orderNo""")
    database.execute(f"""
        CREATE TABLE matched AS SELECT *,
          coalesce(q.status, w.status) AS status,
          CASE WHEN status IN (2, 5) THEN
            CASE WHEN w.status IN (2, 5) THEN 'webhook' WHEN q.status IN (2, 5) THEN 'query' END END AS finalSource,
          CASE WHEN NOT unquoted THEN airlinePenaltyAmount END AS ePenalty,
          originalTotalAmount - ePenalty - transactionFee AS eRefund,
          {final("fCurrency", "w.currency", "q.currency")}, {final("fOriginal", "w.original", "q.original")},
          {final("fPenalty", "w.penalty", "q.penalty")}, {final("fFee", "w.fee", "q.fee")},
          {final("fRefund", "w.refund", "q.refund")}, {final("fFarePenalty", "w.farePenalty", "q.farePenalty")},
          {final("fAncillaryPenalty", "w.ancillaryPenalty", "q.ancillaryPenalty")},
          fCurrency = currency AS comparable,
          CASE WHEN comparable THEN fOriginal - originalTotalAmount END AS vOriginal,
          CASE WHEN comparable THEN fPenalty - ePenalty END AS vPenalty,
          CASE WHEN comparable AND NOT unquoted THEN fFarePenalty - airlinePenaltyAmountForFare END AS vFarePenalty,
          CASE WHEN comparable AND NOT unquoted THEN fAncillaryPenalty - airlinePenaltyAmountForAncillaries END
            AS vAncillaryPenalty,
          CASE WHEN comparable THEN fFee - transactionFee END AS vFee,
          CASE WHEN comparable THEN fRefund - eRefund END AS vRefund,
          fRefund - (fOriginal - fPenalty - fFee) AS unexplained
        FROM (SELECT o.*, a.line AS answerLine, a.ok, a.queriedAt, e.w, e.received, e.webhookCount, e.revised,
            CASE WHEN r.line IS NOT NULL THEN struct_pack(status := r.entry.refundStatus, currency := r.currency,
              original := r.original, penalty := r.penalty, fee := r.fee, refund := r.refund, farePenalty := r.farePenalty,
              ancillaryPenalty := r.ancillaryPenalty, severalCurrencies := r.severalCurrencies,
              reason := r.entry.cancelReason, refundMethod := r.entry.refundMethod) END AS q,
            coalesce(CAST(strptime(r.entry.expectedConfirmationDate, '%Y%m%d') AS DATE), o.expectedConfirmationDate)
              AS confirmBy,
            coalesce(CAST(strptime(r.entry.expectedRefundDate, '%Y%m%d') AS DATE), o.expectedRefundDate) AS refundBy
          FROM orders o LEFT JOIN effective e ON e.orderNo = o.orderNo
          LEFT JOIN answers a ON a.orderNo = o.orderNo AND a.refundCode = o.refundCode
          LEFT JOIN entries r ON r.askedOrder = o.orderNo AND r.askedCode = o.refundCode
            AND r.entry.refundCode = o.refundCode AND r.place = 1)""")


def final(name, webhook, query):
    return f"CASE finalSource WHEN 'webhook' THEN {webhook} WHEN 'query' THEN {query} END AS {name}"


def judge(database, as_of):
    day = f"DATE '{as_of}'"
    tests = [
        ("REFUND_SHORT", "vRefund < 0"), ("REFUND_OVER", "vRefund > 0"), ("PENALTY_VARIANCE", "vPenalty <> 0"),
        ("FEE_VARIANCE", "vFee <> 0"), ("ORIGINAL_AMOUNT_VARIANCE", "vOriginal <> 0"),
        ("FINAL_ARITHMETIC_MISMATCH", "unexplained <> 0"),
        ("CURRENCY_MISMATCH", "fCurrency <> currency OR (finalSource = 'query' AND q.severalCurrencies)"),
        ("STATUS_CONFLICT", "w.terminal AND q.status <> w.status"),
        ("SOURCE_AMOUNT_CONFLICT",
         "finalSource = 'webhook' AND q.status IN (2, 5) AND comparable AND q.currency = currency"
         " AND NOT q.severalCurrencies AND fRefund <> q.refund"),
        ("QUERY_FAILED", "refundCode IS NOT NULL AND ok IS NOT TRUE"),
        ("NOT_FOUND_AT_ATLAS", "ok AND q IS NULL"),
        ("REFUNDED_NOT_REFUNDABLE", "NOT isRefundable AND fRefund > 0"),
        ("REJECTED", "outcome = 'rejected' AND (eRefund <= 0) IS NOT TRUE"),
        ("OVERDUE_CONFIRMATION", f"status IN (0, 1) AND {day} > confirmBy"),
        ("OVERDUE_REFUND", f"status IN (0, 1, 3) AND {day} > refundBy"),
        ("STATUS_ILLEGAL_FOR_PAYMENT",
         "CASE paymentMethod WHEN 'vcc' THEN status NOT IN (0, 1, 4, 5, 6) ELSE status NOT IN (0, 1, 2, 3, 4) END"),
        ("NO_EVIDENCE", "outcome = 'unverified'"),
        ("MISSING_WEBHOOK", "q.status IN (2, 5) AND w.terminal IS NOT TRUE"),
        ("WEBHOOK_REVISED", "revised"),
        ("VOUCHER_ISSUED", "refundMethod = 'CashBackToOriginalPayment' AND q.refundMethod = 'Voucher'"),
        ("QUOTE_INCONSISTENT",
         "originalTotalFareAmount + originalTotalAncillaryAmount <> originalTotalAmount OR (NOT unquoted AND ("
         "airlinePenaltyAmountForFare + airlinePenaltyAmountForAncillaries <> airlinePenaltyAmount"
         " OR estimatedRefundAmount <> originalTotalAmount - airlinePenaltyAmount))"),
        ("PARTS_MISMATCH",
         "w.fare + w.ancillary <> w.original OR w.farePenalty + w.ancillaryPenalty <> w.penalty"),
        ("WITHDRAWN", "outcome = 'withdrawn'"), ("UNQUOTED", "outcome = 'unquoted'"),
        ("NOT_QUERYABLE", "refundCode IS NULL"),
        ("QUERY_CURRENCIES_MIXED", "q.severalCurrencies AND finalSource IS DISTINCT FROM 'query'"), ("DUPLICATE_WEBHOOK", "received > webhookCount"),
    ]  # fmt: skip
    codes = "[" + ", ".join(f"CASE WHEN {test} THEN '{code}' END" for code, test in tests) + "]"
    database.execute(f"""
        CREATE TABLE judged AS SELECT *,
          array_to_string(list_filter({codes}, lambda c: c IS NOT NULL), ';') AS exceptions,
          CASE WHEN outcome IN ('pending', 'overdue') THEN greatest({day} - requestedAt, 0) END AS ageDays
        FROM (SELECT *, CASE
            WHEN status IS NULL THEN 'unverified'
            WHEN (status IN (0, 1) AND {day} > confirmBy) OR (status IN (0, 1, 3) AND {day} > refundBy) THEN 'overdue'
            WHEN status IN (0, 1, 3) THEN 'pending'
            WHEN status = 4 THEN 'rejected'
            WHEN status = 6 THEN 'withdrawn'
            WHEN eRefund IS NULL THEN 'unquoted'
            WHEN comparable IS NOT TRUE OR fRefund IS NULL OR vRefund <> 0 OR vPenalty <> 0 OR vFee <> 0
              OR vOriginal <> 0 OR unexplained <> 0 THEN 'variance'
            ELSE 'matched' END AS outcome FROM matched)""")


def rows(database):
    amounts = "CASE WHEN {0} THEN {1} END AS {2}"
    refunded = lambda status, value, name: amounts.format(f"{status} IN (2, 5)", value, name)  # noqa: E731
    database.execute(f"""
        CREATE TABLE reconciliation AS
        SELECT 'case' AS rowType, orderNo, refundCode, airlinePNR, carrier, paymentMethod, currency, outcome, exceptions,
          status AS refundStatus, CASE WHEN q IS NOT NULL THEN 'query' WHEN w IS NOT NULL THEN 'webhook' END AS statusSource,
          finalSource, originalTotalAmount AS expectedOriginalAmount, fOriginal AS finalOriginalAmount,
          vOriginal AS originalVariance, ePenalty AS expectedPenaltyAmount, fPenalty AS finalPenaltyAmount,
          vPenalty AS penaltyVariance, vFarePenalty AS farePenaltyVariance,
          vAncillaryPenalty AS ancillaryPenaltyVariance, transactionFee AS expectedTransactionFee,
          fFee AS finalTransactionFee, vFee AS feeVariance, eRefund AS expectedRefundAmount,
          fRefund AS finalRefundAmount, vRefund AS refundVariance, unexplained AS unexplainedVariance, requestedAt,
          confirmBy AS expectedConfirmationDate, refundBy AS expectedRefundDate, ageDays,
          CASE WHEN ageDays <= 7 THEN '0-7' WHEN ageDays <= 30 THEN '8-30' WHEN ageDays <= 60 THEN '31-60'
            WHEN ageDays <= 90 THEN '61-90' WHEN ageDays IS NOT NULL THEN '90+' END AS ageBucket,
          q.reason AS cancelReason, coalesce(webhookCount, 0) AS webhookCount, queriedAt,
          'orders.csv:' || line AS source, line AS place, fCurrency, 'status-journal.jsonl:' || answerLine AS evidence
        FROM judged
        UNION ALL BY NAME
        SELECT 'orphanWebhook' AS rowType, orderNo, w.currency AS currency, 'ORPHAN_WEBHOOK' AS exceptions,
          w.status AS refundStatus, 'webhook' AS statusSource,
          CASE WHEN w.status IN (2, 5) THEN 'webhook' END AS finalSource,
          {refunded("w.status", "w.original", "finalOriginalAmount")},
          {refunded("w.status", "w.penalty", "finalPenaltyAmount")},
          {refunded("w.status", "w.fee", "finalTransactionFee")},
          {refunded("w.status", "w.refund", "finalRefundAmount")}, webhookCount,
          'webhooks.jsonl:' || w.line AS source, 1::BIGINT << 40 AS place
        FROM effective ANTI JOIN orders USING (orderNo)
        UNION ALL BY NAME
        SELECT 'unrecordedRefund' AS rowType, entry.orderNo AS orderNo, entry.refundCode AS refundCode,
          found.currency AS currency, 'UNRECORDED_REFUND' AS exceptions, entry.refundStatus AS refundStatus,
          'query' AS statusSource, CASE WHEN entry.refundStatus IN (2, 5) THEN 'query' END AS finalSource,
          {refunded("entry.refundStatus", "original", "finalOriginalAmount")},
          {refunded("entry.refundStatus", "penalty", "finalPenaltyAmount")},
          {refunded("entry.refundStatus", "fee", "finalTransactionFee")},
          {refunded("entry.refundStatus", "refund", "finalRefundAmount")}, entry.cancelReason AS cancelReason,
          0 AS webhookCount, queriedAt, 'status-journal.jsonl:' || line AS source, 1::BIGINT << 41 AS place
        FROM entries found
        WHERE NOT EXISTS (FROM orders o WHERE o.orderNo = found.entry.orderNo AND o.refundCode = found.entry.refundCode)
        ORDER BY place, orderNo, refundCode""")


WARNINGS_AND_ERRORS = "exceptions NOT IN ('', 'DUPLICATE_WEBHOOK')"


def write(database, output, as_of, formats):
    os.makedirs(output, exist_ok=True)
    internal = "EXCLUDE (place, fCurrency, evidence)"
    if "csv" in formats:
        database.execute(f"COPY (SELECT * {internal} FROM reconciliation) TO '{output}/reconciliation.csv' (HEADER)")
        database.execute(f"""COPY (SELECT * {internal} FROM reconciliation WHERE {WARNINGS_AND_ERRORS})
            TO '{output}/exceptions.csv' (HEADER)""")
    if "jsonl" in formats:
        database.execute(f"""COPY (SELECT * EXCLUDE (place, fCurrency) FROM reconciliation)
            TO '{output}/reconciliation.jsonl' (FORMAT json)""")
    database.execute(f"""
        COPY (SELECT DATE '{as_of}' AS asOf,
          (SELECT map_from_entries(list((outcome, n))) FROM
            (SELECT outcome, count(*) AS n FROM reconciliation WHERE outcome IS NOT NULL GROUP BY ALL)) AS cases,
          (SELECT map_from_entries(list((code, n))) FROM (SELECT code, count(*) AS n FROM
            (SELECT unnest(string_split(exceptions, ';')) AS code FROM reconciliation WHERE exceptions <> '')
            GROUP BY ALL)) AS exceptions,
          (SELECT map_from_entries(list((currency, t))) FROM (SELECT currency, struct_pack(
              expectedRefund := sum(expectedRefundAmount),
              finalRefund := sum(finalRefundAmount) FILTER (fCurrency = currency),
              refundVariance := sum(refundVariance), open := sum(expectedRefundAmount) FILTER (outcome = 'pending'),
              atRisk := sum(expectedRefundAmount)
                FILTER (outcome IN ('rejected', 'withdrawn', 'overdue', 'unverified'))) AS t
            FROM reconciliation WHERE rowType = 'case' GROUP BY currency)) AS totals)
        TO '{output}/summary.json' (FORMAT json)""")


def main(folder, output, as_of, formats):
    database = duckdb.connect(config={"preserve_insertion_order": "true"})
    read(database, folder)
    unpack(database)
    match(database)
    judge(database, as_of)
    rows(database)
    write(database, output, as_of, formats.split(","))


if __name__ == "__main__":
    main(*sys.argv[1:])
