"""Which part of a timeline a reader wants: at most so many, before, after or right above an id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """A page by id. `max_id` and `since_id` are exclusive; `since_id` gives the newest page, `min_id` the one above."""

    limit: int
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    @classmethod
    def only(cls, key: int) -> "Window":
        """Return the window that holds one id: for asking whether a timeline has it."""
        return cls(1, max_id=key + 1, since_id=key - 1)

    def bounds(self, column: str) -> tuple[str, list[int]]:
        """Return the condition on a column (`TRUE` for the first page) and its parameters."""
        parts, params = [], []
        for sign, value in (("<", self.max_id), (">", self.since_id), (">", self.min_id)):
            if value is not None:
                parts.append(f"{column} {sign} ?")
                params.append(value)
        return " AND ".join(parts) or "TRUE", params

    def order(self, column: str) -> str:
        """Return ORDER BY … LIMIT … for a column; put the rows through `arrange`."""
        return f"ORDER BY {column} {'DESC' if self.min_id is None else 'ASC'} LIMIT {self.limit}"

    def sql(self, column: str) -> tuple[str, list[int], str]:
        """Return `bounds` and `order` of a column together."""
        return (*self.bounds(column), self.order(column))

    def arrange(self, rows: Sequence[T]) -> list[T]:
        """Put rows that were read in `order` into the order of answers: newest first."""
        return list(rows) if self.min_id is None else list(reversed(rows))
