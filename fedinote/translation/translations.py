"""The verb: a post in the reader's language, from the lasting cache or an engine, where privacy allows it.

The author's words are never altered in what is stored or federated; a translation is made for showing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.posts import visibility
from fedinote.text import html, language
from fedinote.translation import authored
from fedinote.translation.engine import Engine, Location
from fedinote.translation.engines.libretranslate import LibreTranslate
from fedinote.translation.engines.phrasebook import Phrasebook
from fedinote.translation.segments import Segmented, segment_html, segment_text

PUBLIC = ("public", "unlisted")
MAX_CHARACTERS = 20_000


def engine_of(app: App) -> Engine | None:
    """Build the engine that the settings name; None when translation is off."""
    settings = app.settings.translation
    match settings.engine:
        case "libretranslate":
            return LibreTranslate(
                app.outbound.call_service,
                settings.url,
                now=lambda: app.now().timestamp(),
                location=Location(settings.location),
                api_key=settings.api_key,
                timeout=settings.timeout,
            )
        case "phrasebook":
            return Phrasebook()
        case _:
            return None


async def languages(app: App) -> dict[str, list[str]]:
    """Tell which source can become which targets, under every tag by which a client may look them up.

    Empty when translation is off or the engine does not answer. Sources and targets carry all aliases (zh, zh-CN,
    zh-TW, zh-Hans, …), because clients look up by exact key.
    """
    engine: Engine | None = app.translator
    if engine is None:
        return {}
    try:
        pairs = await engine.languages()
    except Unavailable:
        return {}
    targets = {source: language.lookup_table(reachable) for source, reachable in pairs.items()}
    sources = language.lookup_table(pairs)
    return {tag: sorted(set(targets[code]) - {tag}) for tag, code in sorted(sources.items())}


async def of_post(app: App, post_id: int, target: str | None, viewer: Viewer) -> dict[str, Any]:
    """Return Mastodon's Translation entity of a post for a viewer: the author's own version, if there is one.

    Raises NotFound (not visible, or no engine), Forbidden (a private post and an engine elsewhere), Invalid (no such
    language, same language), Unavailable (the engine does not answer).
    """
    wanted = language.canonical(target or viewer.locale)
    if wanted is None:
        raise Invalid("Validation failed: Target language is not a valid BCP 47 tag")
    row = await visibility.original(app, viewer.account_id, post_id)
    if (own := await authored.find(app, row, wanted)) is not None:
        return own
    engine: Engine | None = app.translator
    if engine is None:
        raise NotFound("Translation is not enabled on this server")
    if row["visibility"] not in PUBLIC and engine.location is not Location.LOCAL:
        raise Forbidden("Only public posts are translated: the engine is not on this machine")
    return await _translated(app, engine, row, wanted)


async def _translated(app: App, engine: Engine, row: Row, target: str) -> dict[str, Any]:
    media, polls = await app.db.many(
        ("SELECT id, description FROM media WHERE post_id = ? ORDER BY position", (row["id"],)),
        ("SELECT id, options FROM polls WHERE post_id = ?", (row["id"],)),
    )
    described = [m for m in media if m["description"]]
    options = [o["title"] for o in msgspec.json.decode(polls[0]["options"])] if polls else []
    texts = [
        segment_html(row["content"]),
        segment_text(row["spoiler_text"]),
        *(segment_text(title) for title in options),
        *(segment_text(m["description"]) for m in described),
    ]
    source = source_of(html.to_text(row["content"]), row["language"])
    keep = row["visibility"] in PUBLIC
    answers, detected = await _runs(app, engine, [run for t in texts for run in t.runs], (source, target), keep=keep)
    content, warning, *others = _rebuilt(texts, answers)
    return {
        "content": html.sanitise(content),
        "spoiler_text": warning,
        "language": target,
        "detected_source_language": source or detected or "und",
        "provider": engine.name,
        "media_attachments": [
            {"id": str(m["id"]), "description": text} for m, text in zip(described, others[len(options) :], strict=True)
        ],
        "poll": {"id": str(polls[0]["id"]), "options": [{"title": title} for title in others[: len(options)]]}
        if polls
        else None,
    }


def source_of(text: str, stated: str | None) -> str | None:
    """Return the language to translate from: what the text shows, then what the author stated.

    None, so that the engine has to recognise it, when neither tells, or what was stated cannot be.
    """
    detected = language.detect(text)
    if detected and stated and detected.partition("-")[0] == stated.partition("-")[0]:
        return stated if "-" in stated else detected
    if detected or not stated or language.contradicts(text, stated):
        return detected
    return stated


def _rebuilt(texts: Sequence[Segmented], answers: Sequence[str]) -> list[str]:
    rebuilt, position = [], 0
    for text in texts:
        rebuilt.append(text.rebuild(answers[position : position + len(text.runs)]))
        position += len(text.runs)
    return rebuilt


async def _runs(
    app: App, engine: Engine, runs: Sequence[str], pair: tuple[str | None, str], *, keep: bool
) -> tuple[Sequence[str], str | None]:
    """Translate text runs through the cache; nothing is kept of a failed answer, nor (`keep`) of private words."""
    source, target = pair
    if not runs:
        return (), None
    if sum(map(len, runs)) > MAX_CHARACTERS:
        raise Invalid("Validation failed: The post is too long to be translated")
    key = cache_key(engine.name, runs, source, target)
    kept = await app.db.row("SELECT source, texts FROM translations WHERE key = ?", key)
    if kept is not None:
        return msgspec.json.decode(kept["texts"]), kept["source"] or None
    answer = await engine.translate(runs, source=source, target=target)
    if not keep:
        return answer.texts, answer.detected
    await app.db.execute(
        "INSERT INTO translations (key, engine, source, target, texts, created_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        key,
        engine.name,
        answer.detected or source or "",
        target,
        msgspec.json.encode(answer.texts).decode(),
        app.now(),
    )
    return answer.texts, answer.detected


def cache_key(engine: str, runs: Sequence[str], source: str | None, target: str) -> str:
    """Return the SHA-256 of what decides a translation: the texts, both languages and the engine."""
    parts: Mapping[str, Any] = {"engine": engine, "runs": list(runs), "source": source, "target": target}
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
