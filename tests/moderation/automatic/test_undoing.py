"""Taking back a rule: held posts are published, suspended people restored, and others' decisions stay."""

from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.automatic import rules, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import statements
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft, NewPost
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


async def _shown(app: App, post_id: int | None) -> tuple[str, str, bool]:
    row = await app.db.row("SELECT visibility, spoiler_text, sensitive FROM posts WHERE id = ?", post_id)
    assert row is not None
    return row["visibility"], row["spoiler_text"], bool(row["sensitive"])


async def test_marks_warnings_and_limits_of_posts_as_they_came_are_taken_off(app: App) -> None:
    far = await person(app, "far", "far.example")
    numbers = {action: await _rule(app, action, action) for action in ("limit", "warn", "sensitive")}
    posts = {action: await _arrives(app, far, action) for action in numbers}
    assert await _shown(app, posts["limit"]) == ("unlisted", "", False)
    assert await _shown(app, posts["warn"]) == ("public", "No warn", True)
    assert await _shown(app, posts["sensitive"]) == ("public", "", True)
    for action, number in numbers.items():
        done = await undoing.undo(app, number, by=None)
        assert (done.unmarked, done.released, done.failed) == (1, 0, 0)
        assert await _shown(app, posts[action]) == ("public", "", False)
        assert (await undoing.undo(app, number, by=None)).unmarked == 0


async def test_a_post_that_was_unlisted_and_marked_by_its_author_stays_so(app: App) -> None:
    far = await person(app, "far", "far.example")
    numbers = [await _rule(app, "casino", action) for action in ("limit", "warn")]
    new = NewPost(
        author_id=far, visibility="unlisted", content="<p>casino</p>", created_at=app.now(), spoiler_text="games",
        sensitive=True, uri="https://far.example/own",
    )  # fmt: skip
    post_id = await publishing.store(app, new)
    for number in numbers:
        await undoing.undo(app, number, by=None)
    assert await _shown(app, post_id) == ("unlisted", "games", True)


async def test_what_two_rules_did_ends_with_the_second(app: App) -> None:
    far = await person(app, "far", "far.example")
    numbers = [await _rule(app, "casino", action) for action in ("warn", "sensitive")]
    post_id = await _arrives(app, far, "casino")
    await undoing.undo(app, numbers[0], by=None)
    assert await _shown(app, post_id) == ("public", "", True)
    await undoing.undo(app, numbers[1], by=None)
    assert await _shown(app, post_id) == ("public", "", False)


async def test_a_member_gets_back_what_a_rule_took_from_their_post(app: App) -> None:
    writer = (await user(app, "writer")).account_id
    number = await _rule(app, "casino", "limit")
    post_id = await publishing.publish(app, writer, Draft(text="a casino of words"))
    assert (await _shown(app, post_id))[0] == "unlisted"
    await undoing.undo(app, number, by=None)
    assert (await _shown(app, post_id))[0] == "public"


async def test_what_another_rule_in_force_holds_as_well_goes_on_waiting(app: App) -> None:
    far = await person(app, "far", "far.example")
    casino, poker = await _rule(app, "casino", "hold"), await _rule(app, "poker", "hold")
    new = NewPost(
        author_id=far, visibility="public", content="<p>casino and poker</p>", created_at=app.now(),
        uri="https://far.example/both",
    )  # fmt: skip
    assert await publishing.store(app, new) is None
    assert await undoing.waiting(app, casino) == (0, 0)
    assert (await undoing.undo(app, casino, by=None)).released == 0
    assert (await undoing.undo(app, poker, by=None)).released == 1
    again = NewPost(
        author_id=far, visibility="public", content="<p>poker and casino</p>", created_at=app.now(),
        uri="https://far.example/again",
    )  # fmt: skip
    for number in (casino, poker):
        await rules.switch(app, number, "on", by=None)
    assert await publishing.store(app, again) is None
    assert (await undoing.undo_all(app, [casino, poker], by=None)).released == 1
