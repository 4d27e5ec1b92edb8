# What the fuzzer is told beyond the document: two rules for values that nobody can make up, one for a slip of its own, how rows
# are written as lines, not to revoke the key that it needs itself, and who may refuse a body that fits its schema.

import json
import os
import uuid

import schemathesis

LINES = ("application/x-ndjson", "text/csv")


# OpenAPI 3.1 cannot say what the lines of a text are: the document has them as a text, the fuzzer makes a list of rows.
@schemathesis.hook
def before_load_schema(context, raw_schema):
    for path in raw_schema["paths"].values():
        content = path.get("post", {}).get("requestBody", {}).get("content", {})
        for media_type in LINES:
            if media_type in content:
                body = content["application/json"]["schema"]
                # CSV has no row without a column, and rows have no children.
                row = {"allOf": [body], "minProperties": 1}
                row["properties"] = {name: False for name in children_of(raw_schema, body)}
                rows = {"type": "array", "items": row, "minItems": 1}
                content[media_type]["schema"] = rows


def children_of(raw_schema, body):
    """The members of a row to create that are rows themselves: `OrderLineInOrder` of `OrderCreation`."""
    name = body.get("$ref", "").rsplit("/", 1)[-1]
    members = raw_schema["components"]["schemas"].get(name, {}).get("properties", {})
    return [member for member, schema in members.items() if is_within(schema, name.removesuffix("Creation"))]


def is_within(schema, resource):
    _, _, within = schema.get("items", {}).get("$ref", "").rpartition("In")
    return within != "" and resource.endswith(within)


@schemathesis.serializer("application/x-ndjson")
def to_ndjson(context, value):
    if isinstance(value, (str, bytes)):
        return value
    rows = value if isinstance(value, list) else [value]
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


# A null is an empty cell, as is a member that is not there.
@schemathesis.serializer("text/csv")
def to_csv(context, value):
    if isinstance(value, (str, bytes)):
        return value
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([row.get(name) for name in names] for row in rows)]
    return "".join(",".join(map(cell, line)) + "\r\n" for line in lines).encode()


def cell(value):
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return '"' + text.replace('"', '""') + '"'


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.operation.path.startswith("/keys/") and case.method != "GET":
        parameters = case.path_parameters or {}
        if str(parameters.get("id")).removesuffix(".0") == os.environ["API_KEY_ID"]:
            parameters["id"] = 1
    if case.meta is None or not case.meta.generation.mode.is_positive:
        # What is wrong in JSON may be right in a cell: "1" is 1 there, and null nothing.
        if case.media_type in LINES:
            case.body = '"'
        return
    # A key names one thing to do: sent again with another body it is refused, as documented.
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f'"{uuid.uuid4()}"'
    # Rows that fit are also stored later; what is wrong in others would be found then, behind a 202.
    if case.media_type in LINES and case.headers is not None and len(str(case.body)) % 3 == 0:
        case.headers["Prefer"] = "respond-async"
    # A cursor is opaque, taken from a link: none can be made up.
    if case.query and "cursor" in case.query:
        del case.query["cursor"]
    # Members of answers are tried as keys, even those that are null or empty; no address can say either.
    for parameter in case.operation.path_parameters:
        if case.path_parameters.get(parameter.name) in (None, ""):
            case.path_parameters[parameter.name] = parameter.definition["example"]


@schemathesis.check
def fitting_body_is_refused_by_rules_only(context, response, case):
    """422 for a body that fits its schema has the type of a rule's refusal, where the document shows that type."""
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    problem = response.json()
    if problem["type"] not in refusals_of(case.operation):
        raise AssertionError(f"A body that fits its schema was refused, and not by a rule: {problem}")


def refusals_of(operation):
    """The types, but `about:blank`, in the examples that the document has of the operation's 422."""
    documented = operation.definition.raw["responses"].get("422", {})
    if "$ref" in documented:
        name = documented["$ref"].rsplit("/", 1)[-1]
        documented = operation.schema.raw_schema["components"]["responses"][name]
    examples = [example["value"] for media in documented.get("content", {}).values() for example in media["examples"].values()]
    return {example["type"] for example in examples} - {"about:blank"}
