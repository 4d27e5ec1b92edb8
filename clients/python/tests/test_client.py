"""The generated client against the running service."""

import asyncio
import importlib
import re
import socket
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from restwell_client import (
    Client,
    ImportFailedError,
    NoBodyError,
    ProblemError,
    async_rows,
    async_store,
    async_store_later,
    async_stream,
    change,
    connect,
    pages,
    rows,
    store,
    store_later,
    stream,
)
from restwell_client.api.books import create_book, delete_book, list_books, read_book, replace_book, update_book
from restwell_client.api.customers import read_customer
from restwell_client.api.events import read_event
from restwell_client.api.guests import list_event_guests
from restwell_client.api.sales import list_sales
from restwell_client.api.todos import list_todos
from restwell_client.api.users import replace_user
from restwell_client.models import (
    Book,
    BookAuthor,
    BookCreation,
    BookPatch,
    BookReplacement,
    User,
    UserReplacement,
)
from restwell_client.types import Unset
from ruamel.yaml import YAML

document = YAML(typ="safe").load(Path(__file__).parents[3] / "openapi.yaml")
operations = [
    pytest.param(operation["tags"][0].lower(), operation["operationId"], id=operation["operationId"])
    for item in document["paths"].values()
    for method, operation in item.items()
    if method != "parameters"
]


@pytest.mark.parametrize(("tag", "name"), operations)
def test_every_operation_has_a_function(tag, name):
    module = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    assert importlib.import_module(f"restwell_client.api.{tag}.{module}").sync_detailed


def test_related_rows_are_included(client: Client):
    customer = read_customer.sync(1, client=client, include=["sales"])
    assert not isinstance(customer.sales, Unset)
    assert ([sale.customer_id for sale in customer.sales.items], customer.sales.more) == ([1, 1], False)
    assert isinstance(customer.transactions, Unset)
    first, *_ = list_sales.sync(client=client, include=["customer"])
    assert first.customer.name == "Amara Vinter"


def dune() -> BookCreation:
    return BookCreation(title="Dune", authors=[BookAuthor(name="Frank Herbert")], page_count=412)


def test_a_book_is_created_read_replaced_changed_and_deleted(client: Client):
    created = create_book.sync(client=client, body=dune(), idempotency_key="python-round-trip")
    assert isinstance(created, Book)
    assert (created.title, created.page_count, created.genre) == ("Dune", 412, None)
    assert create_book.sync(client=client, body=dune(), idempotency_key="python-round-trip") == created

    assert read_book.sync(created.id, client=client).to_dict() == created.to_dict()

    author = BookAuthor(name="F. Herbert")
    replaced = replace_book.sync(created.id, client=client, body=BookReplacement(title="Dune", authors=[author]))
    assert isinstance(replaced, Book)
    assert (replaced.authors[0].name, replaced.page_count) == ("F. Herbert", None)

    changed = update_book.sync(created.id, client=client, body=BookPatch(genre="Science fiction"))
    assert isinstance(changed, Book)
    assert (changed.title, changed.genre) == ("Dune", "Science fiction")
    cleared = update_book.sync(created.id, client=client, body=BookPatch(genre=None))
    assert isinstance(cleared, Book)
    assert cleared.genre is None

    assert delete_book.sync_detailed(created.id, client=client).status_code == HTTPStatus.NO_CONTENT
    with pytest.raises(ProblemError, match=r"^GET /books/\d+: 404 The requested resource was not found.$") as refused:
        read_book.sync(created.id, client=client)
    gone = refused.value
    assert (gone.status, gone.kind, gone.type) == (404, "not-found", "about:blank")
    assert gone.instance == f"urn:uuid:{gone.request_id}"


def test_what_is_wrong_is_said_member_by_member(client: Client):
    with pytest.raises(ProblemError) as refused:
        create_book.sync(client=client, body=BookCreation(title="", authors=[]))
    assert refused.value.status == 422
    assert [error.pointer for error in refused.value.errors] == ["#/title", "#/authors"]


def test_a_list_is_filtered_and_sorted(client: Client):
    books = list_books.sync(client=client, title_starts_with="Python", sort=["-title"])
    assert isinstance(books, list)
    assert [book.title for book in books] == ["Python Essentials", "Python Basics"]


def test_a_change_that_comes_late_undoes_nothing(client: Client):
    read = read_book.sync_detailed(1, client=client)
    tag = read.headers["ETag"]
    first = update_book.sync_detailed(1, client=client, body=BookPatch(page_count=636), if_match=tag)
    assert first.status_code == HTTPStatus.OK
    with pytest.raises(ProblemError) as late:
        update_book.sync(1, client=client, body=BookPatch(page_count=637), if_match=tag)
    assert late.value.status == HTTPStatus.PRECONDITION_FAILED
    assert read_book.sync(1, client=client).page_count == 636
    fresh = first.headers["ETag"]
    assert read_book.sync_detailed(1, client=client, if_none_match=fresh).status_code == HTTPStatus.NOT_MODIFIED


def test_a_name_is_chosen_by_the_caller(client: Client):
    grace = replace_user.sync("grace", client=client, body=UserReplacement(name="Grace H."), if_none_match="*")
    assert isinstance(grace, User)
    assert (grace.username, grace.name) == ("grace", "Grace H.")


def test_a_date_and_time_is_one(client: Client):
    event = read_event.sync(1, client=client)
    assert event.starts_at.isoformat() == "2026-07-18T16:00:00+00:00"


def test_many_are_read_at_once(client: Client):
    async def read_both():
        return await asyncio.gather(*(read_book.asyncio(id, client=client) for id in (1, 2)))

    assert [book.id for book in asyncio.run(read_both())] == [1, 2]


def test_a_change_starts_again_when_somebody_was_faster(client: Client):
    calls = []

    def longer(book):
        if not calls:
            update_book.sync(2, client=client, body=BookPatch(page_count=100))
        calls.append(book.page_count)
        return BookPatch(page_count=(book.page_count or 0) + 1)

    changed = change(read_book.sync_detailed, update_book.sync_detailed, 2, longer, client=client)
    assert (changed.page_count, len(calls)) == (101, 2)


def test_pages_follow_each_other(client: Client):
    found = list(pages(list_books.sync_detailed, client=client, limit=1, prefer="count=exact"))
    assert [len(page.rows) for page in found] == [1] * found[0].total
    assert found[-1].cursor is None

    async def ids():
        return [book.id async for book in async_rows(list_books.asyncio_detailed, client=client, limit=1)]

    assert asyncio.run(ids()) == [page.rows[0].id for page in found]


def test_a_list_comes_row_by_row_in_one_request(client: Client):
    todos = list(stream(list_todos, client=client, user_id=[3], sort=["-id"]))
    assert [todo.id for todo in todos] == [
        todo.id for todo in rows(list_todos.sync_detailed, client=client, user_id=[3], sort=["-id"])
    ]
    assert len(list(stream(list_todos, client=client))) == 200

    async def first():
        async for todo in async_stream(list_todos, client=client):
            return todo.id

    assert asyncio.run(first()) == 1
    with pytest.raises(ProblemError) as refused:
        next(stream(list_event_guests, 99, client=client))
    assert refused.value.status == 404


class Breaking(BaseHTTPRequestHandler):
    """Sends a row, and half of the next one."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        row = b'{"id":1,"title":"One"}\n{"id":2,'
        self.wfile.write(b"%x\r\n%b\r\n" % (len(row), row))
        self.close_connection = True

    def log_message(self, *_):
        pass


def test_a_list_that_breaks_off_is_not_the_whole():
    with ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        found = []
        with pytest.raises(httpx.RemoteProtocolError):
            for book in stream(list_books, client=connect(f"http://127.0.0.1:{server.server_port}")):
                found.append(book.id)
        server.shutdown()
    assert found == [1]


def test_a_body_that_was_not_asked_for_is_no_row(client: Client):
    with pytest.raises(NoBodyError):
        update_book.sync(1, client=client, body=BookPatch(page_count=1), prefer="return=minimal")


class Faults(BaseHTTPRequestHandler):
    """Refuses, hangs up, and then does it."""

    def do_POST(self):
        self.server.keys.append(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
        if len(self.server.keys) == 1:
            self.send_response(503)
            self.send_header("Retry-After", "0")
        elif len(self.server.keys) == 2:
            self.close_connection = True
            return
        else:
            self.send_response(409)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_post_is_sent_again_with_the_same_key():
    with ThreadingHTTPServer(("127.0.0.1", 0), Faults) as server:
        server.keys = []
        Thread(target=server.serve_forever, daemon=True).start()
        client = connect(f"http://127.0.0.1:{server.server_port}", "a-key")
        with pytest.raises(ProblemError) as refused:
            create_book.sync(client=client, body=dune())
        server.shutdown()
    assert (refused.value.status, refused.value.kind) == (409, "conflict")
    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1
    assert refused.value.request.headers["Authorization"] == "Bearer a-key"


def test_a_silent_service_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = connect(f"http://127.0.0.1:{server.getsockname()[1]}", timeout=0.1, attempts=1)
        with pytest.raises(httpx.ReadTimeout):
            read_book.sync(1, client=client)


def test_many_rows_are_stored_or_none(client):
    countries = [{"name": f"Land {index}", "capital": "Town", "area": index} for index in range(500)]
    assert store("/countries", countries, client=client) == {"created": 500}
    book = BookCreation(title="Rows", authors=[BookAuthor(name="A")], isbn13="978-1234567890")
    assert store("/books", [book, book], client=client, on_duplicate="skip") == {"created": 1, "skipped": 1}
    with pytest.raises(ProblemError) as refused:
        store("/countries", [countries[0], {**countries[1], "area": -1}], client=client)
    assert [(finding.line, finding.pointer) for finding in refused.value.errors] == [(2, "#/area")]


def test_rows_are_stored_later_and_waited_for(client):
    countries = [{"name": f"Land {index}", "capital": "Town", "area": index} for index in range(12_000)]
    states = []
    found = store_later(
        "/countries", countries, client=client, on_progress=lambda progress: states.append(progress["state"])
    )
    assert (found["state"], found["created"], states[0], states[-1]) == ("done", 12_000, "waiting", "done")
    with pytest.raises(ImportFailedError) as failed:
        store_later("/countries", [*countries, {**countries[1], "area": -1}], client=client)
    assert [(finding["line"], finding["pointer"]) for finding in failed.value.result["findings"]] == [
        (12_001, "#/area")
    ]


def country(area):
    return {"name": "A", "capital": "B", "area": area}


class Made:
    """Rows that are made on the way, and how many of them were there at once."""

    def __init__(self, monkeypatch, transport, method):
        self.count = self.passed = self.most = 0
        handle = getattr(transport, method)

        def watching(sender, request):
            if request.method == "POST":
                request.stream = Watched(self, request.stream)
            return handle(sender, request)

        monkeypatch.setattr(transport, method, watching)

    def rows(self, count):
        while self.count < count:
            self.count += 1
            yield country(self.count)

    async def async_rows(self, count):
        for row in self.rows(count):
            yield row

    def pass_on(self, part):
        self.most = max(self.most, self.count - self.passed)
        self.passed += part.count(b"\n")
        return part


class Watched(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, made, stream):
        self.made, self.stream = made, stream

    def __iter__(self):
        return map(self.made.pass_on, self.stream)

    async def __aiter__(self):
        async for part in self.stream:
            yield self.made.pass_on(part)


def test_rows_are_sent_as_they_are_made_and_not_kept(client, monkeypatch):
    made = Made(monkeypatch, httpx.HTTPTransport, "handle_request")
    assert store_later("/countries", made.rows(200_000), client=client)["created"] == 200_000
    assert made.passed == 200_000
    assert made.most < 5_000


def test_rows_that_come_by_themselves_are_stored(client, monkeypatch):
    made = Made(monkeypatch, httpx.AsyncHTTPTransport, "handle_async_request")

    async def send():
        later = await async_store_later("/countries", made.async_rows(20_000), client=client)
        return later["created"], await async_store("/countries", [country(1)], client=client)

    assert asyncio.run(send()) == (20_000, {"created": 1})
    assert made.most < 5_000


def test_rows_that_can_be_gone_through_again_are_sent_again(client, monkeypatch):
    keys = []
    handle = httpx.HTTPTransport.handle_request

    def busy(sender, request):
        keys.append(request.headers.get("Idempotency-Key"))
        if len(keys) in (1, 4):
            list(request.stream)
            return httpx.Response(503, headers={"Retry-After": "0"}, request=request)
        return handle(sender, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", busy)
    assert store("/countries", iter([country(1)]), client=client) == {"created": 1}
    assert keys[0] == keys[1]
    keys[2:] = ["the third"]
    with pytest.raises(ProblemError) as refused:
        store_later("/countries", iter([country(1)]), client=client)
    assert (refused.value.status, len(keys)) == (503, 4)


def test_files_are_sent_as_they_are(client, tmp_path):
    table = tmp_path / "countries.csv"
    table.write_text("name,capital,area\nNorway,Oslo,385207\nFaroe Islands,Tórshavn,-1\n")
    with table.open("rb") as file, pytest.raises(ImportFailedError) as failed:
        store_later("/countries", file, client=client)
    assert str(failed.value) == "Request had invalid or missing data. (line 3 #/area must be >= 0)"
    table.write_text("name,capital,area\nFaroe Islands,Tórshavn,1393\n")
    with table.open() as file:
        assert store("/countries", file, client=client) == {"created": 1}
    lines = tmp_path / "countries.ndjson"
    lines.write_text('{"name":"Norway","capital":"Oslo","area":385207}\n')

    async def send():
        with lines.open("rb") as file:
            return await async_store_later("/countries", file, client=client)

    assert asyncio.run(send())["created"] == 1


def test_values_of_rows_are_those_of_json(client):
    starts = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert store("/events", [{"name": "Fair", "starts_at": starts}], client=client) == {"created": 1}
    with pytest.raises(ValueError, match="JSON compliant"):
        store("/countries", [{"name": "A", "capital": "B", "area": float("nan")}], client=client)
    with pytest.raises(TypeError, match="is no value of JSON"):
        store("/countries", [{"name": {1}}], client=client)
