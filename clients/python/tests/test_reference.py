"""The calls of the reference succeed as they are printed, on a service of their own: they are about its first rows."""

import os
from pathlib import Path

import httpx

program = (Path(__file__).parents[1] / ".generated" / "reference_program.py").read_text()


def test_every_call_succeeds(capsys):
    address, key = os.environ["RESTWELL_URL"], os.environ["API_KEY"]
    row = '{"name":"Norway","capital":"Oslo","area":385207}\n'
    fields = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson", "Prefer": "respond-async"}
    assert httpx.post(f"{address}/countries", content=row, headers=fields).status_code == 202
    names: dict = {}
    # The plan of the document is one of the shipped service; this one has another.
    here = program.replace("http://127.0.0.1:3000", address).replace('"plan": "free"', '"plan": "ample"')
    exec(here, names)  # noqa: S102
    assert len(names["examples"]) > 80
    for example in names["examples"]:
        example()
