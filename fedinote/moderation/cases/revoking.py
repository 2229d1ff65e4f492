"""Taking a decision back: what it did is undone as far as it can be, and its statement of reasons ends."""

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation import actions
from fedinote.moderation.automatic import later
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Statement
from fedinote.moderation.deciding import note
from fedinote.moderation.moderator import Moderator, Power, subordinate

UNDO = {
    "sensitive": actions.unsensitize,
    "disable": actions.enable,
    "silence": actions.unsilence,
    "suspend": actions.unsuspend,
}
"""What ends the actions on accounts that last."""


async def carry_out(app: App, by: Moderator, about: Statement) -> None:
    """Undo what a statement decided, in the caller's transaction; deleted posts and words said do not come back.

    `NotFound`, `Forbidden`, and `Conflict` while the account's server is suspended or limited.
    """
    undo = UNDO.get(about.action)
    if undo is not None and about.account_id is not None:
        await undo(app, by, about.account_id)
    if about.rule_id is not None and about.post_ids:
        await later.undo_posts(app, about.rule_id, about.post_ids, by)
    elif about.action == "mark_statuses_as_sensitive":
        for post_id in about.post_ids:
            await actions.unmark_sensitive(app, by, post_id)


async def revoke(app: App, by: Moderator, statement_id: int) -> Statement:
    """Take back a decision that still stands; return its statement, ended. Nothing happens to one that has ended.

    Where its subject has appealed, the appeal has to be decided (`Forbidden`). `NotFound`, `Forbidden`, `Conflict`.
    """
    async with app.db.transaction():
        about = await statements.get(app, statement_id)
        if not by.may(Power.ACCOUNTS) or about.account_id is None:
            raise Forbidden
        if about.lifted_at is not None:
            return about
        if about.appeal == "open":
            raise Forbidden("There is an appeal against this: decide about the appeal")
        await subordinate(app, by, about.account_id)
        await carry_out(app, by, about)
        await statements.lift(app, about.id, by.account_id, "undone")
        await note(
            app, by, "statement.undo", ("account", str(about.account_id)), kind=about.action, statement=str(about.id)
        )
        return await statements.get(app, statement_id)
