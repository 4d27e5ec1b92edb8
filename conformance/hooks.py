# What the fuzzer is told beyond the document: two rules for values that nobody can make up, one for a slip of its own, not to
# revoke the key that it needs itself, and who may refuse a body that fits its schema.

import os
import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.operation.path.startswith("/keys/") and case.method != "GET":
        parameters = case.path_parameters or {}
        if str(parameters.get("id")).removesuffix(".0") == os.environ["API_KEY_ID"]:
            parameters["id"] = 1
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # A key names one thing to do: sent again with another body it is refused, as documented.
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f'"{uuid.uuid4()}"'
    # A cursor is opaque, taken from a link: none can be made up.
    if case.query and "cursor" in case.query:
        del case.query["cursor"]
    # Members of answers are tried as keys, even those that are null; no address can say null.
    for name, value in (case.path_parameters or {}).items():
        if value is None:
            case.path_parameters[name] = 1


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
