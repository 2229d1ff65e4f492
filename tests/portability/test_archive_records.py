"""What is kept about somebody besides their posts is in their archive, and nothing that opens a door."""

import json
from typing import Any

from tortoise import Tortoise

from fedinote.accounts.models import Account
from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.cases import appeals, statements
from fedinote.notifications import policy
from fedinote.portability import archive_records
from fedinote.relations import blocks, follows
from fedinote.timelines import filter_rules, lists
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from tests.moderation.test_roles import acting
from tests.portability.test_archives import made
from tests.support.people import person
from tests.web.reading import write

ELSEWHERE = {
    "posts": "outbox.json", "media": "outbox.json", "quotes": "outbox.json", "follows": "following_accounts.csv",
    "blocks": "blocked_accounts.csv", "account_domain_blocks": "blocked_domains.csv", "list_members": "lists.csv",
    "favourites": "likes.json", "bookmarks": "bookmarks.json", "boards": "fedinote.json",
    "imported_posts": "outbox.json", "account_warnings": "account.json, as decisions",
}  # fmt: skip
SECRET = {
    "account_keys", "assertion_keys", "oauth_codes", "recovery_codes", "second_factors", "idempotency_keys",
    "archives", "imports",
}  # fmt: skip
OF_OTHERS = {
    "notifications", "notification_requests", "post_mentions", "board_refusals", "account_translations", "audit_log",
    "account_remarks", "batch_items", "post_readers", "refreshes", "canonical_email_blocks", "interaction_approvals",
}  # fmt: skip
"""What others did or wrote, and the staff's own papers."""
DERIVED = {
    "home_entries", "conversations", "markers", "announcement_reads", "announcement_reactions", "dismissed_suggestions",
    "translation_allowances", "client_activities",
}  # fmt: skip
"""Where one stopped reading, and what is made anew from the rest."""


async def records(app: App, user: User) -> dict[str, Any]:
    return json.loads(json.dumps((await made(app, user.account_id))["account.json"]))


async def test_no_table_about_people_is_forgotten(app: App) -> None:
    said = " ".join(archive_records.PARTS.values()) + " notification_policies filters "
    missing = []
    for model in Tortoise.apps["fedinote"].values():
        if not any(getattr(field, "related_model", None) in (Account, User) for field in _keys(model)):
            continue
        table = model._meta.db_table
        if not (table in ELSEWHERE or table in SECRET | OF_OTHERS | DERIVED or f" {table} " in said):
            missing.append(table)
    assert missing == [], "they belong into the archive, or a reason why not is to be named above"


def _keys(model: Any) -> list[Any]:
    return [model._meta.fields_map[name] for name in model._meta.fk_fields | model._meta.o2o_fields]


async def test_filters_mutes_notes_and_settings_are_in_it(app: App) -> None:
    ada, bea = await person(app, "ada"), await person(app, "bea")
    me, other = ada.account_id, bea.account_id
    post = await write(app, bea, "hello")
    one = await filter_rules.create(
        app, me, FilterChanges("coffee", ("home",), "hide", keywords=(KeywordChange("coffee", True),))
    )
    await filter_rules.add_post(app, me, one.id, post)
    await blocks.mute(app, me, other, duration=60)
    await blocks.write_note(app, me, other, "met at the harbour")
    await policy.update(app, me, {"for_strangers": "filter"}, 9)
    await lists.create(app, me, "Friends", exclusive=True)
    await follows.request(app, other, me)
    await sessions.start(app, ada.id, user_agent="a browser", address="192.0.2.7")
    await app.db.execute("INSERT INTO user_days (user_id, day) VALUES (?, 20780)", ada.id)
    found = await records(app, ada)
    assert found["account"][0]["email"] == "ada@mail.example"
    assert found["active_days"] == [{"day": "2026-11-23"}]
    (kept,) = found["filters"]
    assert (kept["title"], kept["action"], kept["words"]) == (
        "coffee", "hide", [{"keyword": "coffee", "whole_word": True}],
    )  # fmt: skip
    assert kept["posts"] == [await app.db.value("SELECT uri AS value FROM posts WHERE id = ?", post)]
    assert found["mutes"][0]["address"] == "bea@localhost:8000"
    assert found["mutes"][0]["expires_at"].endswith("Z")
    assert found["notes"] == [{"address": "bea@localhost:8000", "comment": "met at the harbour"}]
    assert (found["notifications"]["for_strangers"], found["notifications"]["new_account_days"]) == ("filter", 9)
    assert (found["lists"][0]["title"], found["lists"][0]["exclusive"]) == ("Friends", True)
    assert [one["address"] for one in found["followers"]] == ["bea@localhost:8000"]
    assert found["sessions"][0]["address"] == "192.0.2.7"


async def test_decisions_and_what_was_said_about_them_are_in_it_without_names_of_the_staff(app: App) -> None:
    ada, mod = await person(app, "ada"), await person(app, "vera", role="moderator")
    await actions.sensitize(app, acting(mod), ada.account_id, reason="Mark your pictures, please.")
    (about,) = await statements.about(app, ada.account_id)
    await appeals.make(app, ada.account_id, about.id, "They are of tea.")
    found = await records(app, ada)
    (decision,) = found["decisions"]
    assert (decision["action"], decision["text"]) == ("sensitive", "Mark your pictures, please.")
    (turn,) = found["appeals"]
    assert (turn["decision"], turn["text"], turn["by_moderators"]) == (str(about.id), "They are of tea.", False)
    assert "vera" not in json.dumps([decision, turn])


async def test_nothing_that_opens_a_door_is_in_it(app: App) -> None:
    ada = await person(app, "ada")
    token = await sessions.start(app, ada.id)
    text = json.dumps(await records(app, ada))
    assert "password" not in text
    assert "hash" not in text
    assert token not in text
