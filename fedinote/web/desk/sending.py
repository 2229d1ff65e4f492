"""What a rule says of itself, sent in the member's language: in this server's own words, so no engine is needed.

The rule's title stays as its owner wrote it. The English text binds, as it is the one that is kept and logged.
"""

from fedinote.events import AccountWarned
from fedinote.infra.app import App
from fedinote.moderation.automatic.reasons import LANGUAGE
from fedinote.moderation.cases import statements, wording
from fedinote.moderation.cases.statements import Statement
from fedinote.moderation.cases.understanding import Reading
from fedinote.text import language
from fedinote.translation import preferences
from fedinote.web.desk import whys
from fedinote.web.words import OFFERED, words


async def on_account_warned(app: App, event: AccountWarned) -> None:
    """Keep a rule's statement in the member's language where pages have it, in the transaction that writes it."""
    about = await statements.get(app, event.statement_id)
    wishes = await preferences.of(app, event.account_id)
    if wishes.understands(LANGUAGE):
        return
    reading = own(about, wishes.target)
    if reading is not None:
        await wording.keep(app, about, reading.translated, wishes.target)


def own(about: Statement, target: str) -> Reading | None:
    """Return a rule's statement in one of the languages of the pages; None for other statements and languages."""
    tag = language.match(target, tuple(OFFERED))
    if about.language != LANGUAGE or tag is None or tag == LANGUAGE:
        return None
    said = whys.statement(words(tag), about.text)
    return Reading(about.text, LANGUAGE, False, said) if said else None
