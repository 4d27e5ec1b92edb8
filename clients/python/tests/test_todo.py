"""The to-do list of the examples against the running service."""

import pytest
import todo
from restwell_client import ProblemError


def test_what_there_is_to_do():
    summaries = {task.id: task.summary for task in todo.get_tasks()}
    assert summaries[3643] == "Wash car"
    assert summaries[3792] == "Get milk"


def test_a_task_is_described():
    assert todo.describe_task(3792).description == "Need to get a half gallon of organic 2% milk."


def test_a_task_is_added_changed_and_done():
    id = todo.add_task("Take out trash")
    assert todo.describe_task(id).description == ""

    changed = todo.update_task(id, description="Thursday morning")
    assert (changed.summary, changed.description) == ("Take out trash", "Thursday morning")
    assert todo.update_task(id, summary="Take out the trash").description == "Thursday morning"
    assert id in [task.id for task in todo.get_tasks()]

    todo.task_done(id)
    assert id not in [task.id for task in todo.get_tasks()]
    with pytest.raises(ProblemError, match="404 The requested resource was not found"):
        todo.describe_task(id)


def test_a_summary_has_less_than_120_characters():
    with pytest.raises(ProblemError) as refused:
        todo.add_task("x" * 120)
    assert [error.pointer for error in refused.value.errors] == ["#/summary"]


def test_a_list_longer_than_a_page_is_read_to_its_end():
    ids = [todo.add_task(f"Task {number}") for number in range(120)]
    listed = [task.id for task in todo.get_tasks()]
    assert listed == sorted(listed)
    assert set(ids) <= set(listed)
