#!/usr/bin/env python3
"""Holds a running sandbox against Atlas's OpenAPI files.

    python3 -m venv contract && contract/bin/pip install schemathesis==4.32.5
    ATLAS_CLIENT_ID=… ATLAS_CLIENT_SECRET=… contract/bin/python run.py BASE_URL [OPENAPI_FOLDER [ORDERS]]

The sandbox must serve ORDERS (default: the orders.jsonl beside this file). Two parts:
1. Every stored answer is asked for: it must come digit for digit, and may leave Atlas's schema only at KNOWN_PLACES.
   A place of the list that no answer leaves any more is told too: the list may not outlive its reasons.
2. Schemathesis sends generated requests, good and bad, and judges every answer by the specification, which is first
   corrected where it cannot hold (see `corrected`).
Exit code: 0 if all holds, 1 if not, 2 for wrong usage.
"""

import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import jsonschema_rs

HERE = pathlib.Path(__file__).resolve().parent
OPERATIONS = {"queryRefundOrders": "refundOrders", "refundQuotation": "refundQuotation", "refund": "refund"}

# Where Atlas's own samples (the last line of orders.jsonl) leave Atlas's own schema: operation and place, and how.
KNOWN_PLACES = {
    ("queryRefundOrders", "refundOrders/*/expectedConfirmationDate"): "null, not nullable",
    ("queryRefundOrders", "refundOrders/*/expectedRefundDate"): "null, not nullable",
    ("refundQuotation", "refundPostTicketingServiceAmounts"): "an array, described as one object",
    ("refundQuotation", "refundRules/*/passengerType"): "null, not nullable",
    ("refundQuotation", "refundRules/*/penaltyAmount"): "null, not nullable",
    ("refundQuotation", "refundRules/*/penaltyPercent"): "null, not nullable",
    ("refundQuotation", "refundRules/*/penaltyPercentBase"): "null, not nullable",
    ("refundQuotation", "refundRules/*/airlineFee"): "null, not nullable",
    ("refundQuotation", "refundRules/*/refundableAncillaries"): "null, not nullable",
    ("refund", "fastConfirmation"): "null, not nullable",
    ("refund", "refundPostTicketingServiceAmounts"): "an array, described as one object",
    ("refund", "refundRules/*/passengerType"): "null, not nullable",
    ("refund", "refundRules/*/refundableAncillaries/*"): "ALL, not in the enumeration",
}


def main(arguments):
    if not 1 <= len(arguments) <= 3 or not os.environ.get("ATLAS_CLIENT_SECRET"):
        print(__doc__, file=sys.stderr)
        return 2
    base_url = arguments[0].rstrip("/")
    folder = pathlib.Path(arguments[1]) if len(arguments) > 1 else HERE / "openapi"
    orders_file = pathlib.Path(arguments[2]) if len(arguments) > 2 else HERE / "orders.jsonl"
    specifications = {name: json.loads((folder / f"{name}.openapi.json").read_text()) for name in OPERATIONS}
    lines = orders_file.read_text().splitlines()
    failures = check_stored_answers(base_url, specifications, lines)
    for failure in failures:
        print(f"FAILED {failure}")
    generated = [check_generated(base_url, name, specifications[name], lines) for name in OPERATIONS]
    return 1 if failures or any(generated) else 0


# 1. Stored answers


def check_stored_answers(base_url, specifications, lines):
    failures, left = [], set()
    for number, line in enumerate(lines, start=1):
        order = json.loads(line)
        for name, member in OPERATIONS.items():
            if not order[member]:
                continue
            try:
                answer = ask(base_url, name, sample_request(name, order))
            except OSError as error:
                failures.append(f"{name} of order {number}: {error}")
                continue
            stored = raw_member(line, member)
            if name == "queryRefundOrders":
                stored = '{"refundOrders":' + stored + ',"status":0,"msg":null}'
            if answer != stored:
                failures.append(f"{name} of order {number}: the answer is not the stored one, byte for byte")
            for place, message in departures(specifications[name], name, json.loads(answer)):
                left.add((name, place))
                if (name, place) not in KNOWN_PLACES:
                    failures.append(f"{name} of order {number} leaves the schema at {place}: {message}")
    failures += [f"{known} is a known place, and no answer leaves the schema there" for known in KNOWN_PLACES.keys() - left]
    print(f"stored answers of {len(lines)} orders: {len(left)} known places, {len(failures)} failures")
    return failures


def ask(base_url, name, body):
    headers = {"Content-Type": "application/json", "Accept": "application/json", **credentials()}
    request = urllib.request.Request(f"{base_url}/{name}.do", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read().decode()


def credentials():
    return {
        "x-atlas-client-id": os.environ.get("ATLAS_CLIENT_ID", ""),
        "x-atlas-client-secret": os.environ["ATLAS_CLIENT_SECRET"],
    }


def sample_request(name, order):
    body = {key: order[key] for key in ("orderNo", "airlinePNR", "carrier")}
    segment = {"depDate": "2025-05-13", "flightNo": "U22437", "depAirport": "LTN", "arrAirport": "CDG"}
    passenger = {"lastName": "ZHAO", "firstName": "YIER", "segments": [segment], "refundReason": "1"}
    if name == "queryRefundOrders":
        return {**body, "refundCode": (order["refundOrders"] or [{"refundCode": "none"}])[0]["refundCode"]}
    if name == "refundQuotation":
        return {**body, "refundRequestList": [passenger]}
    return {**body, "refundOfferId": (order["refund"] or {"refundOfferId": "none"})["refundOfferId"]}


def raw_member(line, member):
    """The text of a member of a line's object, as it stands."""
    position = 1
    decoder = json.JSONDecoder()
    while True:
        key, end = decoder.raw_decode(line, position)
        start = end + 1
        _, end = decoder.raw_decode(line, start)
        if key == member:
            return line[start:end]
        position = end + 1


def departures(specification, name, answer):
    """Where an answer leaves its schema, with array indexes as `*`, and why."""
    operation = specification["paths"][f"/{name}.do"]["post"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    whole = json_schema({**schema, "components": specification["components"]})
    for error in jsonschema_rs.Draft202012Validator(whole).iter_errors(answer):
        place = "/".join("*" if isinstance(part, int) else part for part in error.instance_path)
        yield place, error.message


def json_schema(schema):
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: json_schema(value) for key, value in schema.items() if key not in ("nullable", "description", "format")}
    if schema.get("nullable") is True:
        return {"anyOf": [result, {"type": "null"}]}
    return result


# 2. Generated requests


def corrected(name, specification, lines):
    """A copy of a specification that can hold. Each change is one that the specification's own prose, or HTTP, asks for."""
    specification = copy.deepcopy(specification)
    operation = specification["paths"][f"/{name}.do"]["post"]
    # Only 200 is described; a refused request is answered with a 4xx and Atlas's status 2.
    refusal = {
        "type": "object",
        "properties": {"status": {"type": "integer", "enum": [2]}, "msg": {"type": "string"}},
        "required": ["status", "msg"],
        "additionalProperties": False,
    }
    for status in ("400", "401", "404", "405", "413", "415"):
        operation["responses"][status] = {"description": "refused", "content": {"application/json": {"schema": refusal}}}
    # "2 for System error" comes without the members that the schema requires of every answer.
    content = operation["responses"]["200"]["content"]["application/json"]
    content["schema"] = {"anyOf": [content["schema"], refusal]}
    # OpenAPI 3.0 has parameters of these two names overlooked; Accept-Encoding is every client's to leave out.
    parameters = [each for each in operation["parameters"] if each["name"] not in ("Accept", "Content-Type")]
    for parameter in parameters:
        if parameter["name"] == "Accept-Encoding":
            parameter["required"] = False
    operation["parameters"] = parameters
    # "You can choose to request either orderNo or both airlinePNR and carrier": the schema lets all of them be null.
    body = operation["requestBody"]["content"]["application/json"]
    operation["requestBody"]["required"] = True
    given = lambda *names: {"properties": {each: {"type": "string", "minLength": 1} for each in names}}
    rules = [{"anyOf": [given("orderNo"), given("airlinePNR", "carrier")]}]
    if name == "refund":  # "You can request with refundOfferId or refundRequestList."
        some_list = {"properties": {"refundRequestList": {"type": "array"}}, "required": ["refundRequestList"]}
        rules.append({"anyOf": [given("refundOfferId"), some_list]})
    body["schema"]["allOf"] = rules
    # Orders that the sandbox knows, so that full answers are judged too.
    orders = [json.loads(line) for line in lines[:1]]
    body["examples"] = {str(number): {"value": sample_request(name, order)} for number, order in enumerate(orders)}
    return null_beside_reference(specification)


def null_beside_reference(schema):
    """OpenAPI 3.0 overlooks what stands beside `$ref`; Atlas writes `nullable` there and means it."""
    if isinstance(schema, list):
        return [null_beside_reference(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and schema.get("nullable") is True:
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "object", "nullable": True, "enum": [None]}]}
    return {key: null_beside_reference(value) for key, value in schema.items()}


def check_generated(base_url, name, specification, lines):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "openapi.json").write_text(json.dumps(corrected(name, specification, lines)))
        # The credentials come out of the environment: an argument could be read by every user of the machine.
        (folder / "schemathesis.toml").write_text(
            '[headers]\nx-atlas-client-id = "${ATLAS_CLIENT_ID}"\nx-atlas-client-secret = "${ATLAS_CLIENT_SECRET}"\n'
        )
        schemathesis = pathlib.Path(sys.executable).parent / "schemathesis"
        command = [
            schemathesis, "--config-file", "schemathesis.toml", "run", "openapi.json", "--url", base_url, "--checks", "all",
            "--seed", "1", "--max-examples", os.environ.get("CONTRACT_EXAMPLES", "200"), "--continue-on-failure",
            "--warnings", "off",
        ]  # fmt: skip
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    summary = re.search(r"=+ SUMMARY =+(.*)", result.stdout, re.S)
    print(f"generated requests for {name}: {'passed' if result.returncode == 0 else 'FAILED'}")
    print((summary.group(1) if result.returncode == 0 and summary else result.stdout + result.stderr).strip())
    return result.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
