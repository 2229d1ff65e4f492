"""Decisions of moderators about trends and hashtags, each with its line in the audit log."""

from fedinote.infra.app import App
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator
from fedinote.timelines import trend_reviews
from fedinote.timelines.trend_reviews import Publisher


async def decide(app: App, by: Moderator, kind: str, subject_id: int, *, allowed: bool) -> None:
    """Let a post or a link (`kind`) be among the trends, or keep it from them. Raises NotFound."""
    async with app.db.transaction():
        await trend_reviews.decide(app, kind, subject_id, allowed=allowed)
        await _note(app, by, kind, subject_id, allowed=allowed)


async def decide_publisher(app: App, by: Moderator, publisher_id: int, *, allowed: bool) -> Publisher:
    """Let links to a host be among the trends, or keep them from there. Raises NotFound."""
    async with app.db.transaction():
        found = await trend_reviews.decide_publisher(app, publisher_id, allowed=allowed)
        await _note(app, by, "publisher", found.host, allowed=allowed)
        return found


async def _note(app: App, by: Moderator, kind: str, target: str | int, *, allowed: bool) -> None:
    action = "trend.approve" if allowed else "trend.reject"
    await audit.record(app, actor_id=by.account_id, action=action, target_type=kind, target=target)


async def rule_tag(
    app: App,
    by: Moderator,
    tag_id: int,
    *,
    usable: bool | None = None,
    trendable: bool | None = None,
    listable: bool | None = None,
    display: str | None = None,
) -> None:
    """Decide about a hashtag; None leaves a thing as it is. Raises NotFound."""
    given = {"usable": usable, "trendable": trendable, "listable": listable}
    async with app.db.transaction():
        await trend_reviews.rule_tag(
            app, tag_id, usable=usable, trendable=trendable, listable=listable, display=display
        )
        detail = {name: str(value).lower() for name, value in given.items() if value is not None}
        await audit.record(
            app, actor_id=by.account_id, action="tag.rule", target_type="tag", target=tag_id, detail=detail
        )
