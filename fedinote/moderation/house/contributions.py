"""What the staff decides about translation, noted in the audit log: the glossary, and what people contribute."""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator
from fedinote.translation import glossary_keeping as keeping
from fedinote.translation import suggestions
from fedinote.translation.glossary import Entry
from fedinote.translation.glossary_keeping import Proposal
from fedinote.translation.suggestions import Suggestion


async def put(app: App, entry: Entry, *, by: Moderator | None) -> Entry:
    """Add an entry to the glossary or change one; `by` None is the command line. Raises Invalid, NotFound."""
    async with app.db.transaction():
        made = await keeping.put(app, entry)
        await _note(app, by, "glossary.put", ("glossary_entry", made.id or 0), made.term)
    return made


async def put_all(app: App, entries: Sequence[Entry], *, by: Moderator | None) -> int:
    """Add or change many entries, all or none; return how many. Raises Invalid."""
    async with app.db.transaction():
        count = await keeping.put_all(app, entries)
        await _note(app, by, "glossary.import", ("glossary", ""), str(count))
    return count


async def remove(app: App, entry_id: int, *, by: Moderator | None) -> None:
    """Take an entry out of the glossary. Raises NotFound."""
    async with app.db.transaction():
        entry = await keeping.show(app, entry_id)
        await keeping.remove(app, entry_id)
        await _note(app, by, "glossary.remove", ("glossary_entry", entry_id), entry.term)


async def decide(app: App, proposal_id: int, *, accepted: bool, by: Moderator | None) -> Proposal:
    """Accept or reject what a member proposes for the glossary. Raises NotFound, Invalid."""
    async with app.db.transaction():
        found = await keeping.decide(app, proposal_id, accepted=accepted)
        action = "glossary.accept" if accepted else "glossary.reject"
        await _note(app, by, action, ("glossary_proposal", proposal_id), found.entry.term)
    return found


async def decide_suggestion(app: App, suggestion_id: int, *, accepted: bool, by: Moderator) -> Suggestion:
    """Accept or reject a suggested translation in place of the post's author. Raises like `suggestions.decide`."""
    async with app.db.transaction():
        found = await suggestions.decide(app, by.account_id, suggestion_id, accepted=accepted, moderating=True)
        action = "suggestion.accept" if accepted else "suggestion.reject"
        await _note(app, by, action, ("post", found.post_id), found.language)
    return found


async def _note(app: App, by: Moderator | None, action: str, target: tuple[str, str | int], what: str) -> None:
    await audit.record(
        app,
        actor_id=None if by is None else by.account_id,
        action=action,
        target_type=target[0],
        target=target[1],
        detail={"via": "cli" if by is None else "api", "what": what},
    )
