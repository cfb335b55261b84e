"""A real server is asked whatever the API's description allows, and much that it does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.services
def test_no_request_is_a_server_error_and_every_answer_is_as_described() -> None:
    """`make fuzz` asks for longer."""
    run = subprocess.run(
        [sys.executable, "scripts/fuzz_api.py", "--examples", "2", "--seconds", "25", "--no-color", "--no-shrink"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "VAR_DIR"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=540,
    )
    begin = run.stdout.find("= FAILURES =")
    assert run.returncode == 0, run.stdout[begin if begin >= 0 else -6000 :]
