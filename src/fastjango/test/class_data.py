"""What ``setUpTestData`` made, handed to each test as a copy."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


class TestData:
    """A class attribute of ``setUpTestData``: every test gets a deep copy of its own, made when it is first used."""

    __test__ = False
    memo_attr = "_testdata_memo"

    def __init__(self, name: str, data: Any) -> None:
        self.name = name
        self.data = data

    def get_memo(self, testcase: Any) -> dict[int, Any]:
        """Return the test's memo, so that relations between the objects survive the copies."""
        memo: dict[int, Any] | None = getattr(testcase, self.memo_attr, None)
        if memo is None:
            memo = {}
            setattr(testcase, self.memo_attr, memo)
        return memo

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self.data
        data = deepcopy(self.data, self.get_memo(instance))
        setattr(instance, self.name, data)
        return data

    def __repr__(self) -> str:
        return f"<TestData: name={self.name!r}, data={self.data!r}>"


__all__ = ["TestData"]
