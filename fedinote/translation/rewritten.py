"""A version that came with a post, in the other Chinese script: the author's words are better than an engine's.

Only the characters are converted, which is done in the server itself; who made the version stays beside it.
"""

from typing import Any

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.text import html, language
from fedinote.translation import asking, authored, consent
from fedinote.translation.asking import Question
from fedinote.translation.engine import Kind, Location
from fedinote.translation.ledger import Purpose
from fedinote.translation.segments import Segmented, segment_html, segment_text


async def find(app: App, row: Row, wanted: str, *, purpose: Purpose) -> dict[str, Any] | None:
    """Return what `authored.find` does for a version in the script that is not the `wanted` one, converted to it.

    `kind` is "conversion", `provider` the converter's name. None where there is no such version, or the author wants
    nothing of this kind.
    """
    version = await authored.find(app, row, wanted, any_script=True)
    if version is None or language.base_of(wanted) != "zh" or language.base_of(version["language"]) != "zh":
        return None
    texts = _texts(version)
    runs = [run for text in texts for run in text.runs]
    try:
        clearance = await consent.of_post(app, row) & {Location.LOCAL}
        answer = await asking.ask(app, Question(runs, version["language"], wanted, clearance, None, purpose))
    except FediNoteError:
        return None
    if answer.kind is not Kind.CONVERSION:
        return None
    return _rebuilt(version, texts, answer.texts) | {"language": wanted, "provider": answer.engine_name}


def _texts(version: dict[str, Any]) -> list[Segmented]:
    options = version["poll"]["options"] if version["poll"] else []
    described = version["media_attachments"]
    plain = [version["spoiler_text"], *(one["title"] for one in options), *(one["description"] for one in described)]
    return [segment_html(version["content"]), *map(segment_text, plain)]


def _rebuilt(version: dict[str, Any], texts: list[Segmented], answers: tuple[str, ...]) -> dict[str, Any]:
    rest = iter(answers)
    content, warning, *others = [text.rebuild([next(rest) for _ in text.runs]) for text in texts]
    words = iter(others)
    poll = version["poll"]
    return version | {
        "content": html.sanitise(content),
        "spoiler_text": warning,
        "poll": poll and poll | {"options": [{"title": next(words)} for _ in poll["options"]]},
        "media_attachments": [one | {"description": next(words)} for one in version["media_attachments"]],
        "detected_source_language": version["language"],
        "kind": Kind.CONVERSION.value,
        "location": Location.LOCAL.value,
    }
