"""The service that the tests use is started before them; its address is in the environment."""

import os

import pytest
from restwell_client import Client


@pytest.fixture
def client():
    with Client(base_url=os.environ["RESTWELL_URL"]) as client:
        yield client
