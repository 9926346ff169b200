"""Tables for the expression tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contract.expressions import library_models


@pytest.fixture(autouse=True)
def library_tables(transactional_db: None) -> Iterator[None]:
    library_models.create_tables()
    yield
    library_models.drop_tables()
