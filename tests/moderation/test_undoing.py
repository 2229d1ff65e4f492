"""Taking back a rule: held posts are published, suspended people restored, and others' decisions stay."""

from fedinote.infra.app import App
from fedinote.moderation import actions, rules, statements, undoing
from fedinote.moderation.rules import Wanted
from fedinote.posts import publishing
from fedinote.posts.drafts import NewPost
from tests.moderation.staff import log, staff, user
from tests.relations.people import person


async def _rule(app: App, word: str, action: str) -> int:
    made = await rules.create(app, Wanted("words", {"words": [word]}, action, f"No {word}"), by=None)
    return int((await rules.switch(app, made["id"], "on", by=None))["id"])


async def _arrives(app: App, author: int, word: str) -> int | None:
    new = NewPost(
        author_id=author, visibility="public", content=f"<p>{word}</p>", created_at=app.now(),
        uri=f"https://far.example/{word}",
    )  # fmt: skip
    return await publishing.store(app, new)


async def test_held_posts_come_back_and_those_of_other_rules_stay(app: App) -> None:
    far = await person(app, "far", "far.example")
    casino, poker = await _rule(app, "casino", "hold"), await _rule(app, "poker", "hold")
    assert await _arrives(app, far, "casino") is None
    assert await _arrives(app, far, "poker") is None
    done = await undoing.undo(app, casino, by=None)
    assert (done.released, done.restored, done.failed) == (1, 0, 0)
    assert (await undoing.undo(app, casino, by=None)).released == 0
    assert await app.db.value("SELECT COUNT(*) AS value FROM held_posts") == 1
    assert (await rules.get(app, casino))["state"] == "off"
    assert (await rules.get(app, poker))["state"] == "on"


async def test_people_that_a_rule_suspended_are_restored_and_those_of_moderators_are_not(app: App) -> None:
    by = await staff(app, "moderator")
    caught, judged = await person(app, "caught", "far.example"), await user(app, "judged")
    rule = await _rule(app, "casino", "suspend")
    assert await _arrives(app, caught, "casino") is None
    await actions.suspend(app, by, judged.account_id, reason="spam")
    done = await undoing.undo(app, rule, by=None)
    assert (done.restored, done.failed) == (1, 0)
    rows = await app.db.rows("SELECT id FROM accounts WHERE suspended_at IS NOT NULL")
    assert [row["id"] for row in rows] == [judged.account_id]
    (made,) = await statements.about(app, caught)
    assert (made.automated, made.lifted_why) == (True, "undone")
    assert "rule.undo" in [action for action, _ in await log(app)]
