"""The verb behind `fedinote setting` and the pages: who may change what, and what the audit log keeps of it."""

import msgspec
import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.moderation import moderator
from fedinote.moderation.house import choosing
from fedinote.moderation.moderator import Power
from tests.moderation.staff import staff, user, viewer


async def entries(app: App) -> list[tuple[str, str, int | None, dict[str, str]]]:
    rows = await app.db.rows("SELECT action, target, actor_id, detail FROM audit_log ORDER BY id")
    return [(row["action"], row["target"], row["actor_id"], msgspec.json.decode(row["detail"])) for row in rows]


async def test_each_change_is_in_the_audit_log_with_who_did_it(app: App) -> None:
    owner = await staff(app, "owner")
    assert await choosing.choose(app, {"instance.title": "Tea", "posts.link_previews": False}, by=owner)
    assert await choosing.withdraw(app, ["instance.title"], by=None) == ["instance.title"]
    assert await entries(app) == [
        ("setting.set", "instance.title", owner.account_id, {"value": "Tea"}),
        ("setting.set", "posts.link_previews", owner.account_id, {"value": "false"}),
        ("setting.unset", "instance.title", None, {"via": "command line"}),
    ]


async def test_the_audit_log_never_has_a_secret(app: App) -> None:
    await choosing.choose(app, {"translation.api_key": "very secret"}, by=None)
    assert await entries(app) == [("setting.set", "translation.api_key", None, {"via": "command line"})]


async def test_what_is_so_already_changes_nothing_and_notes_nothing(app: App) -> None:
    assert await choosing.choose(app, {"instance.title": "FediNote"}, by=None) == []
    assert await choosing.choose(app, {"instance.title": "Tea"}, by=None) == ["instance.title"]
    assert await choosing.choose(app, {"instance.title": "Tea"}, by=None) == []
    assert await choosing.withdraw(app, ["instance.description"], by=None) == []
    assert len(await entries(app)) == 1


async def test_a_refused_change_notes_nothing(app: App) -> None:
    with pytest.raises(Invalid):
        await choosing.choose(app, {"instance.title": "Tea", "registrations.mode": "maybe"}, by=None)
    assert (await entries(app), app.settings.instance.title) == ([], "FediNote")


async def test_an_admin_changes_settings_but_not_where_posts_are_sent_to_be_translated(app: App) -> None:
    admin = await staff(app, "admin")
    assert await choosing.choose(app, {"instance.title": "Tea"}, by=admin)
    with pytest.raises(Forbidden):
        await choosing.choose(app, {"instance.title": "X", "translation.engine": "phrasebook"}, by=admin)
    assert (app.settings.instance.title, app.settings.translation.engine) == ("Tea", "")
    assert await choosing.choose(app, {"translation.engine": "phrasebook"}, by=await staff(app, "owner"))


async def test_a_moderator_changes_no_settings(app: App) -> None:
    with pytest.raises(Forbidden):
        await choosing.choose(app, {"instance.title": "Tea"}, by=await staff(app, "moderator"))
    member = await user(app, "bao")
    with pytest.raises(Forbidden):
        await moderator.acting(app, viewer(member), Power.SETTINGS)
