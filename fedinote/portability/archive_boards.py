"""Boards of an archive, made anew: with the own posts that were brought along, and others' that are known here."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.posts import board_reading, boards, history
from fedinote.posts.boards import Wishes


class _Board(msgspec.Struct):
    """A board of fedinote.json."""

    title: str
    description: str = ""
    language: str | None = None
    cover: str | None = None
    posts: list[str] = []


class _Ours(msgspec.Struct):
    """fedinote.json, as far as it is read."""

    boards: list[msgspec.Raw] = []


async def restore(app: App, account_id: int, path: Path) -> int:
    """Make the boards of a file fedinote.json anew; how many. One with a title that is there already is filled up.

    A file that cannot be read has no boards.
    """
    found = await asyncio.to_thread(_read, path)
    mine = {row["title"]: row["id"] for row in await board_reading.of(app, account_id, account_id)}
    made = 0
    for board in found:
        with contextlib.suppress(FediNoteError):
            await _board(app, account_id, board, mine)
            made += 1
    return made


def _read(path: Path) -> list[_Board]:
    found: list[_Board] = []
    try:
        raws = msgspec.json.decode(path.read_bytes(), type=_Ours).boards[: boards.MAX_BOARDS]
    except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return []
    for raw in raws:
        with contextlib.suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            found.append(msgspec.json.decode(raw, type=_Board))
    return found


async def _board(app: App, account_id: int, board: _Board, mine: dict[str, Any]) -> None:
    wishes = Wishes(title=board.title, description=board.description, language=board.language or "")
    board_id = mine.get(" ".join(board.title.split())) or await boards.create(app, account_id, wishes)
    covers = {}
    for uri in reversed(board.posts[: boards.MAX_ITEMS]):  # each is put in front of the others
        post_id = await history.known(app, account_id, uri) or await app.db.value(
            "SELECT id AS value FROM posts WHERE uri = ?", uri
        )
        if post_id is None:
            continue
        with contextlib.suppress(FediNoteError):
            await boards.add(app, account_id, board_id, post_id)
            covers[uri] = post_id
    if board.cover in covers:
        await boards.update(app, account_id, board_id, Wishes(cover_post_id=covers[board.cover]))
