"""A to-do list over the service's tasks, in five functions: what a program on top of the generated client looks like."""

import os
import re
from typing import Any
from uuid import uuid4

from restwell_client import Client
from restwell_client.api.tasks import create_task, delete_task, list_tasks, read_task
from restwell_client.api.tasks import update_task as change_task
from restwell_client.models import Problem, Task, TaskCreation, TaskPatch, TaskView
from restwell_client.types import UNSET, Response

client = Client(base_url=os.environ.get("RESTWELL_URL", "http://127.0.0.1:3000"))


class Refused(Exception):
    """The service did not do it; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.detail}")
        self.problem = problem


def get_tasks() -> list[TaskView]:
    """All that is to be done, page by page."""
    tasks: list[TaskView] = []
    cursor = UNSET
    while True:
        page = list_tasks.sync_detailed(client=client, limit=100, cursor=cursor)
        tasks += answer_of(page)
        following = re.search(r'[?&]cursor=([^&>]+)[^>]*>; rel="next"', page.headers.get("Link", ""))
        if following is None:
            return tasks
        cursor = following[1]


def describe_task(task_id: int) -> TaskView:
    """One task with its description."""
    return answer_of(read_task.sync_detailed(task_id, client=client))


def add_task(summary: str, description: str = "") -> int:
    """Adds a task and gives its id. Sent again with the same key after a lost response, it would still be added once."""
    task = TaskCreation(summary=summary, description=description)
    return answer_of(create_task.sync_detailed(client=client, body=task, idempotency_key=str(uuid4()))).id


def task_done(task_id: int) -> None:
    """Marks it as done: it is off the list."""
    answer_of(delete_task.sync_detailed(task_id, client=client))


def update_task(task_id: int, summary: str | None = None, description: str | None = None) -> Task:
    """Changes what is given and leaves the rest."""
    changes = TaskPatch(
        summary=UNSET if summary is None else summary,
        description=UNSET if description is None else description,
    )
    return answer_of(change_task.sync_detailed(task_id, client=client, body=changes))


def answer_of(response: Response[Any]) -> Any:
    """What was returned; a problem is raised."""
    if isinstance(response.parsed, Problem):
        raise Refused(response.parsed)
    return response.parsed
