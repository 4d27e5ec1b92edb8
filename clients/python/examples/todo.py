"""A to-do list over the service's tasks, in five functions: what a program on top of the generated client looks like."""

import os

from restwell_client import connect, rows
from restwell_client.api.tasks import create_task, delete_task, list_tasks, read_task
from restwell_client.api.tasks import update_task as change_task
from restwell_client.models import Task, TaskCreation, TaskPatch, TaskView
from restwell_client.types import UNSET

client = connect(os.environ.get("RESTWELL_URL", "http://127.0.0.1:3000"))


def get_tasks() -> list[TaskView]:
    """All that is to be done, page by page."""
    return list(rows(list_tasks.sync_detailed, client=client, limit=100))


def describe_task(task_id: int) -> TaskView:
    """One task with its description."""
    return read_task.sync(task_id, client=client)


def add_task(summary: str, description: str = "") -> int:
    """Adds a task and gives its id. It is added once, even if the response is lost."""
    return create_task.sync(client=client, body=TaskCreation(summary=summary, description=description)).id


def task_done(task_id: int) -> None:
    """Marks it as done: it is off the list."""
    delete_task.sync(task_id, client=client)


def update_task(task_id: int, summary: str | None = None, description: str | None = None) -> Task:
    """Changes what is given and leaves the rest."""
    changes = TaskPatch(
        summary=UNSET if summary is None else summary,
        description=UNSET if description is None else description,
    )
    return change_task.sync(task_id, client=client, body=changes)
