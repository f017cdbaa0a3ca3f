"""What the tests need of the machine: where it is missing they are skipped, and fail where CI promises that it is there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not installed")


def needs(program: str) -> str:
    """Where a program is."""
    return shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent)) or missing(program)
