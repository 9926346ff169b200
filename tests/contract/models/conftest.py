"""Tables for the model tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contract.models import shop_models


@pytest.fixture(autouse=True)
def shop_tables(db: None) -> Iterator[None]:
    shop_models.create_tables()
    yield
    shop_models.drop_tables()
