"""The program that the README shows, as it is printed."""

import os
import re
from pathlib import Path

readme = (Path(__file__).parents[1] / "README.md").read_text()


def test_the_program_of_the_readme_runs(capsys):
    program = re.search(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)[1]
    exec(program.replace("http://127.0.0.1:3000", os.environ["RESTWELL_URL"]), {})  # noqa: S102
    assert capsys.readouterr().out == "Python Basics\n#/title\n#/authors\n"
