"""A machine's translation of a post for its author to look at: nothing of it is stored or shown to anybody else."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts.languages import VersionDraft
from fedinote.text import html, language
from fedinote.translation import asking, consent, preferences
from fedinote.translation.asking import Answer, Question
from fedinote.translation.ledger import Purpose
from fedinote.translation.segments import Segmented, segment_text


@dataclass(frozen=True, slots=True)
class Drafted:
    """What an engine made of a post, as plain text for an editor, and which engine it was."""

    language: str
    source: str | None
    version: VersionDraft
    answer: Answer


async def draft(app: App, author_id: int, post_id: int, stated: str) -> Drafted:
    """Have a post of the author's own translated as far as the same rules allow it that hold for readers.

    Raises NotFound (not the author's post, or translation is off), Invalid (no such language, the post's own, nothing
    to translate), Forbidden (parts of it are not to be translated), and what `asking.ask` does.
    """
    target = language.canonical(stated)
    if target is None:
        raise Invalid("Validation failed: Target language is not a valid BCP 47 tag")
    row = await app.db.row(
        "SELECT * FROM posts WHERE id = ? AND account_id = ? AND local = TRUE AND reblog_of_id IS NULL",
        post_id,
        author_id,
    )
    if row is None:
        raise NotFound
    if target == row["language"]:
        raise Invalid("Validation failed: This is the language of the post itself")
    if consent.marked(row["content"]):  # what was typed has the same words, without the mark
        raise Forbidden("Parts of this post are marked as not to be translated by machines")
    return await _drafted(app, author_id, row, target)


async def _drafted(app: App, author_id: int, row: Row, target: str) -> Drafted:
    media, polls = await app.db.many(
        ("SELECT id, description FROM media WHERE post_id = ? AND description IS NOT NULL", (row["id"],)),
        ("SELECT options FROM polls WHERE post_id = ?", (row["id"],)),
    )
    options = [one["title"] for one in msgspec.json.decode(polls[0]["options"])] if polls else []
    words = row["source"] or html.to_text(row["content"])
    plain = [words, row["spoiler_text"], *options, *(one["description"] for one in media)]
    texts = [segment_text(one) for one in plain]
    question = Question(
        [run for text in texts for run in text.runs],
        language.source(words, row["language"]),
        preferences.target_of(target) or target,
        await consent.of_post(app, row),
        author_id,
        Purpose.AUTHOR,
    )
    answer = await asking.ask(app, question)
    text, warning, *others = _rebuilt(texts, answer.texts)
    version = VersionDraft(
        text=text,
        spoiler_text=warning,
        poll_options=tuple(others[: len(options)]),
        descriptions={str(one["id"]): said for one, said in zip(media, others[len(options) :], strict=True)},
        machine=answer.engine_name,
    )
    return Drafted(target, question.source or answer.detected, version, answer)


def _rebuilt(texts: Sequence[Segmented], answers: Sequence[str]) -> list[str]:
    rebuilt, position = [], 0
    for text in texts:
        rebuilt.append(text.rebuild(answers[position : position + len(text.runs)]))
        position += len(text.runs)
    return rebuilt
