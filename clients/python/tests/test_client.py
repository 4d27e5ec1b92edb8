"""The generated client against the running service."""

import asyncio
import importlib
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from restwell_client import Client
from restwell_client.api.books import create_book, delete_book, list_books, read_book, replace_book, update_book
from restwell_client.api.events import read_event
from restwell_client.api.users import replace_user
from restwell_client.models import (
    Book,
    BookAuthor,
    BookCreation,
    BookPatch,
    BookReplacement,
    Problem,
    User,
    UserReplacement,
)
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
    gone = read_book.sync(created.id, client=client)
    assert isinstance(gone, Problem)
    assert (gone.status, gone.detail) == (404, "The requested resource was not found.")


def test_what_is_wrong_is_said_member_by_member(client: Client):
    refused = create_book.sync(client=client, body=BookCreation(title="", authors=[]))
    assert isinstance(refused, Problem)
    assert refused.status == 422
    assert refused.errors and [error.pointer for error in refused.errors] == ["#/title", "#/authors"]


def test_a_list_is_filtered_and_sorted(client: Client):
    books = list_books.sync(client=client, title_starts_with="Python", sort=["-title"])
    assert isinstance(books, list)
    assert [book.title for book in books] == ["Python Essentials", "Python Basics"]


def test_a_change_that_comes_late_undoes_nothing(client: Client):
    read = read_book.sync_detailed(1, client=client)
    tag = read.headers["ETag"]
    first = update_book.sync_detailed(1, client=client, body=BookPatch(page_count=636), if_match=tag)
    assert first.status_code == HTTPStatus.OK
    late = update_book.sync_detailed(1, client=client, body=BookPatch(page_count=637), if_match=tag)
    assert late.status_code == HTTPStatus.PRECONDITION_FAILED
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
