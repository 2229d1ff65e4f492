"""Notes about accounts, and decisions that are taken back."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import actions
from fedinote.moderation.cases import appeals, comfort, remarks, revoking, statements
from fedinote.moderation.moderator import Moderator
from tests.moderation.staff import log, staff, user
from tests.relations.people import person, post

MEMBER = Moderator(1, 1, "member")


async def test_a_note_is_kept_for_the_staff_and_goes_when_it_is_thrown_away(app: App) -> None:
    by, bob = await staff(app, "moderator"), await person(app, "bob")
    made = await remarks.write(app, by, bob, "  Asked to be left alone ")
    assert (made.text, made.author_id) == ("Asked to be left alone", by.account_id)
    assert await remarks.about(app, by, bob) == [made]
    await remarks.remove(app, by, await person(app, "carol"), made.id)
    assert await remarks.about(app, by, bob) == [made]
    await remarks.remove(app, by, bob, made.id)
    await remarks.remove(app, by, bob, made.id)
    assert await remarks.about(app, by, bob) == []
    assert await log(app) == [("account.note", str(bob)), ("account.unnote", str(bob))]
    rows = await app.db.rows("SELECT detail FROM audit_log")
    assert not any("alone" in row["detail"] for row in rows)


async def test_notes_are_not_empty_not_endless_and_about_somebody(app: App) -> None:
    by, bob = await staff(app, "moderator"), await person(app, "bob")
    for text in (" ", "x" * 2001):
        with pytest.raises(Invalid):
            await remarks.write(app, by, bob, text)
    with pytest.raises(NotFound):
        await remarks.write(app, by, 12345, "Hello")
    for asked in (
        remarks.write(app, MEMBER, bob, "x"),
        remarks.about(app, MEMBER, bob),
        remarks.remove(app, MEMBER, bob, 1),
    ):
        with pytest.raises(Forbidden):
            await asked


async def test_a_decision_is_taken_back_and_its_effect_with_it(app: App) -> None:
    by, bob = await staff(app, "moderator"), (await user(app, "bob")).account_id
    await actions.act(app, by, bob, "silence", reason="Loud")
    (about,) = await statements.about(app, bob)
    ended = await revoking.revoke(app, by, about.id)
    assert (ended.lifted_why, ended.lifted_at is not None) == ("undone", True)
    row = await app.db.row("SELECT silenced_at FROM accounts WHERE id = ?", bob)
    assert row is not None
    assert row["silenced_at"] is None
    noted = len(await log(app))
    await revoking.revoke(app, by, about.id)
    assert len(await log(app)) == noted


async def test_marks_on_posts_go_and_deleted_posts_stay_away(app: App) -> None:
    by, bob = await staff(app, "moderator"), (await user(app, "bob")).account_id
    first, second = await post(app, bob, "one"), await post(app, bob, "two")
    await actions.mark_sensitive(app, by, first, reason="Gore")
    await actions.delete_post(app, by, second, reason="Gore")
    for about in await statements.about(app, bob):
        await revoking.revoke(app, by, about.id)
    assert {one.lifted_why for one in await statements.about(app, bob)} == {"undone"}
    rows = await app.db.rows("SELECT id, sensitive FROM posts WHERE account_id = ?", bob)
    assert [(row["id"], bool(row["sensitive"])) for row in rows] == [(first, False)]


async def test_what_is_appealed_is_decided_there_and_the_same_rank_is_out_of_reach(app: App) -> None:
    admin, by, bob = await staff(app, "admin"), await staff(app, "moderator"), await user(app, "bob")
    await actions.act(app, by, bob.account_id, "silence", reason="Loud")
    (about,) = await statements.about(app, bob.account_id)
    await appeals.make(app, bob.account_id, about.id, "I was not")
    for who in (by, admin, MEMBER):
        with pytest.raises(Forbidden):
            await revoking.revoke(app, who, about.id)
    peer = await user(app, "peer", "moderator")
    await actions.act(app, admin, peer.account_id, "none", reason="Careful")
    (warned,) = await statements.about(app, peer.account_id)
    with pytest.raises(Forbidden):
        await revoking.revoke(app, by, warned.id)
    await revoking.revoke(app, admin, warned.id)
    with pytest.raises(NotFound):
        await revoking.revoke(app, admin, 12345)


async def test_colours_are_off_at_first_and_each_moderator_chooses(app: App) -> None:
    one, other = await user(app, "one", "moderator"), await user(app, "other", "moderator")
    assert await comfort.greyscale(app, one.id)
    await comfort.choose(app, one.id, without_colours=False)
    assert (await comfort.greyscale(app, one.id), await comfort.greyscale(app, other.id)) == (False, True)
