"""The service that the tests use is started before them; its address is in the environment."""

import os

import pytest
from restwell_client import connect


@pytest.fixture
def client():
    return connect(os.environ["RESTWELL_URL"])
