from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """The data folder of one test's servers; pytest's own would be closed to their account by another run."""
    with TemporaryDirectory(prefix="jenjang-test-", ignore_cleanup_errors=True) as path:
        yield Path(path)
