# What the fuzzer is told beyond the document: three rules for values that nobody can make up, one for a slip of its own, and
# not to revoke the key that it needs itself.

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
    # A new key ends in the future, and a document cannot say when that is.
    if case.operation.path == "/keys" and isinstance(case.body, dict) and isinstance(case.body.get("expires_at"), str):
        case.body["expires_at"] = "2999-01-01T00:00:00Z"
    # A cursor is opaque, taken from a link: none can be made up.
    if case.query and "cursor" in case.query:
        del case.query["cursor"]
    # Members of answers are tried as keys, even those that are null; no address can say null.
    for name, value in (case.path_parameters or {}).items():
        if value is None:
            case.path_parameters[name] = 1
