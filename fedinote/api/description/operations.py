"""Routes by method and path, each with what it takes and answers, read from the tables."""

from collections.abc import Iterable
from dataclasses import dataclass

from fedinote.api.description import client_operations, staff_operations


@dataclass(frozen=True, slots=True)
class Described:
    """`answer` is a kind, or "csv", "events", "text"; `parameters` a row of `name:kind`, without those of the path."""

    answer: str
    parameters: str
    status: int = 200


UNKNOWN = Described("any", "")
"""What is said of a route that has no line: it is there, it has the parameters of its path, and it answers."""


def described() -> dict[tuple[str, str], Described]:
    """Return all lines of the tables by (method, path)."""
    found = {}
    text = (client_operations.TABLE + staff_operations.TABLE).replace("\n ", " ")
    for line in filter(None, text.splitlines()):
        methods, path, answer, *words = line.split()
        status, _, kind = answer.rpartition(":") if answer[0].isdigit() else ("", "", answer)
        for method in methods.split(","):
            found[method, path] = Described(kind, " ".join(_whole(words)), int(status or 200))
    return found


def _whole(words: Iterable[str]) -> Iterable[str]:
    return (client_operations.SHARED.get(word, word) for word in words)
