"""A machine's translation of a post for its author to look at: nothing of it is stored or shown to anybody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts.languages import VersionDraft
from fedinote.text import html, language
from fedinote.translation import asking, consent, preferences
from fedinote.translation.asking import Answer, Question
from fedinote.translation.consent import Clearance
from fedinote.translation.ledger import Purpose
from fedinote.translation.segments import Segmented, segment_text


@dataclass(frozen=True, slots=True)
class Drafted:
    """What an engine made of a post, as plain text for an editor, and which engine it was."""

    language: str
    source: str | None
    version: VersionDraft
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unsent:
    """A post that is being written: its words, and what decides where they may be translated.

    `descriptions` are those of its attachments, by id as text. `language` None: it is recognised.
    """

    text: str
    spoiler_text: str = ""
    options: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    visibility: str = "public"
    machine_translation: str = "any"


async def sketch(app: App, author_id: int, unsent: Unsent, stated: str) -> Drafted:
    """Have a post translated before it is published, by the rules that will hold for it. Errors as `draft`."""
    target = _target(stated, unsent.language)
    facts = {"content": "", "visibility": unsent.visibility, "machine_translation": unsent.machine_translation}
    clearance = await consent.of_post(app, {**facts, "account_id": author_id})
    return await _asked(app, author_id, unsent, (target, clearance))


async def draft(app: App, author_id: int, post_id: int, stated: str) -> Drafted:
    """Have a post of the author's own translated as far as the same rules allow it that hold for readers.

    Raises NotFound (not the author's post, or translation is off), Invalid (no such language, the post's own, nothing
    to translate), Forbidden (parts of it are not to be translated), and what `asking.ask` does.
    """
    target = _target(stated, None)
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
    unsent = Unsent(
        text=row["source"] or html.to_text(row["content"]),
        spoiler_text=row["spoiler_text"],
        options=tuple(options),
        descriptions={str(one["id"]): one["description"] for one in media},
        language=row["language"],
    )
    return await _asked(app, author_id, unsent, (target, await consent.of_post(app, row)))


def _target(stated: str, own: str | None) -> str:
    target = language.canonical(stated)
    if target is None:
        raise Invalid("Validation failed: Target language is not a valid BCP 47 tag")
    if target == own:
        raise Invalid("Validation failed: This is the language of the post itself")
    return target


async def _asked(app: App, author_id: int, unsent: Unsent, task: tuple[str, Clearance]) -> Drafted:
    """Ask for all words at once, and put the answers where the words stood; `task`: into which language, and where."""
    target, clearance = task
    plain = [unsent.text, unsent.spoiler_text, *unsent.options, *unsent.descriptions.values()]
    texts = [segment_text(one) for one in plain]
    question = Question(
        [run for text in texts for run in text.runs],
        language.source(unsent.text, unsent.language),
        preferences.target_of(target) or target,
        clearance,
        author_id,
        Purpose.AUTHOR,
    )
    answer = await asking.ask(app, question)
    text, warning, *others = _rebuilt(texts, answer.texts)
    version = VersionDraft(
        text=text,
        spoiler_text=warning,
        poll_options=tuple(others[: len(unsent.options)]),
        descriptions=dict(zip(unsent.descriptions, others[len(unsent.options) :], strict=True)),
        machine=answer.engine_name,
    )
    return Drafted(target, question.source or answer.detected, version, answer)


def _rebuilt(texts: Sequence[Segmented], answers: Sequence[str]) -> list[str]:
    rebuilt, position = [], 0
    for text in texts:
        rebuilt.append(text.rebuild(answers[position : position + len(text.runs)]))
        position += len(text.runs)
    return rebuilt
