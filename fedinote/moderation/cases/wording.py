"""Statements of reasons in the member's language: translated once, when they are sent, and kept beside the original.

The text in the moderator's language binds. It is between a person and the staff, so engines on this machine alone see
it; where there is none that can, pages try again when they are read. What a rule says of itself this server can say in
the languages of its pages (`keep`).
"""

from fedinote.events import AccountWarned
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.moderation.cases import statements, understanding
from fedinote.moderation.cases.statements import Statement
from fedinote.moderation.cases.understanding import Reading
from fedinote.translation import preferences

JOB = "moderation.word"


async def on_account_warned(app: App, event: AccountWarned) -> None:
    """Have the reasons translated, unless there are none or nobody here to translate them."""
    if event.text and app.translator is not None:
        await jobs.enqueue(app, JOB, {"statement_id": event.statement_id}, priority=2)


async def word(app: App, statement_id: int) -> None:
    """Keep a statement's text in the language that its subject reads. The function of JOB; safe to repeat.

    Nothing is kept where the subject reads the original, no engine of this machine can, or there is a text already.
    """
    about = await statements.get(app, statement_id)
    if about.account_id is None or not about.text or about.translated:
        return
    wishes = await preferences.of(app, about.account_id)
    passage = understanding.private(about.text, about.language)
    read = await understanding.read(app, passage, wishes.target, wishes.understood)
    if read.translated:
        await app.db.execute(
            "UPDATE statements SET translated = ?, translated_to = ?, translated_by = ? WHERE id = ? AND text = ?",
            read.translated,
            wishes.target,
            read.engine[:255],
            statement_id,
            about.text,
        )


async def keep(app: App, about: Statement, text: str, tongue: str) -> None:
    """Keep words that this server has itself for a statement, in a language; no engine is asked then."""
    sql = "UPDATE statements SET translated = ?, translated_to = ? WHERE id = ? AND translated = ''"
    await app.db.execute(sql, text, tongue, about.id)


def sent(about: Statement, reader: str) -> Reading | None:
    """Return a statement's text with the translation that was sent; None where there is none in this language."""
    if not about.translated or about.translated_to != reader:
        return None
    return Reading(about.text, about.language or "", False, about.translated, about.translated_by)
