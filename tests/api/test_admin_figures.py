"""The dashboard through the client API: figures from true rows, who may see them, and what is asked wrongly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fedinote.auth import activity
from fedinote.auth.models import User
from fedinote.auth.viewer import ROLES, rank
from fedinote.infra.app import App
from fedinote.media.models import Media
from fedinote.moderation.cases import reports
from fedinote.posts import interactions
from fedinote.posts.models import PostTag, Tag
from fedinote.relations.models import Follow
from tests.api.client import Answer, Client
from tests.api.conftest import Person, Town
from tests.moderation.staff import user
from tests.relations.people import person, post

V1 = "/api/v1/admin"
DAY = 86400


@pytest.fixture
async def mod(town: Town) -> Person:
    return await town.person("mona", scopes="admin:read", role="moderator")


def day(app: App, back: int = 0) -> str:
    return (app.now() - timedelta(days=back)).date().isoformat()


async def ask(app: App, by: Client, *keys: str, days: int = 3, kind: str = "measures", **about: Any) -> Answer:
    body = {"keys": list(keys), "start_at": day(app, days - 1), "end_at": day(app), **about}
    return await by.post(f"{V1}/{kind}", body)


async def measured(app: App, by: Client, key: str, **about: Any) -> tuple[str, str | None, list[str]]:
    answer = await ask(app, by, key, **about)
    assert answer.status == 200, answer.body
    (one,) = answer.json
    assert one["key"] == key
    dates = [datetime.fromisoformat(each["date"]) for each in one["data"]]
    today = app.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert dates == [today - timedelta(days=back) for back in (2, 1, 0)]
    return one["total"], one.get("previous_total"), [each["value"] for each in one["data"]]


async def dimension(app: App, by: Client, key: str, **about: Any) -> list[tuple[str, str]]:
    answer = await ask(app, by, key, kind="dimensions", **about)
    assert answer.status == 200, answer.body
    assert [one["key"] for one in answer.json] == [key]
    return [(one["key"], one["value"]) for one in answer.json[0]["data"]]


async def tagged(app: App, tag_id: int, author: int, **values: Any) -> int:
    post_id = await post(app, author, "…", **values)
    await PostTag.create(using_db=app.db.orm, tag_id=tag_id, post_id=post_id)
    return post_id


# -- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["measures", "dimensions", "retention"])
@pytest.mark.parametrize("role", ROLES)
async def test_the_dashboard_is_for_the_staff(app: App, town: Town, role: str, kind: str) -> None:
    somebody = await town.person("somebody", scopes="admin:read", role=role)
    answer = await ask(app, somebody, "new_users", kind=kind, frequency="day")
    assert answer.status == (200 if rank(role) else 403)


@pytest.mark.parametrize("kind", ["measures", "dimensions", "retention"])
async def test_the_dashboard_needs_the_whole_reading_scope(app: App, town: Town, stranger: Client, kind: str) -> None:
    scopes = "read write admin:write admin:read:accounts admin:read:reports admin:read:ip_blocks"
    owner = await town.person("olga", scopes=scopes, role="owner")
    assert (await ask(app, owner, "new_users", kind=kind, frequency="day")).status == 403
    assert (await ask(app, stranger, "new_users", kind=kind, frequency="day")).status == 401


# -- measures -------------------------------------------------------------------------------------------------------


async def test_people_who_were_here_are_counted_once_a_day_and_once_in_all(app: App, mod: Person) -> None:
    app.clock.shift(-4 * DAY)
    alice, bob = await user(app, "alice"), await user(app, "bob")
    await activity.note(app, alice.id)  # four days ago: the period before
    for shift, people in ((2, [alice, bob]), (1, [alice]), (1, [])):
        app.clock.shift(shift * DAY)
        for one in people:
            await activity.note(app, one.id)
    assert await measured(app, mod, "active_users") == ("3", "1", ["2", "1", "1"])  # Mona is asking today
    assert (await measured(app, mod, "new_users"))[:2] == ("1", "2")


async def test_interactions_are_likes_boosts_and_answers_of_what_was_posted_here(app: App, mod: Person) -> None:
    ours, theirs = await person(app, "alice"), await person(app, "far", "far.example")
    here = await post(app, ours, "Here")
    there = await post(app, theirs, "There", local=False, uri="https://far.example/1")
    for about in (here, there):
        await interactions.favourite(app, ours, about)
        await interactions.boost(app, theirs, about, uri=f"https://far.example/b{about}")
        await post(app, theirs, "Re", in_reply_to_id=about, local=False, uri=f"https://far.example/r{about}")
    assert await measured(app, mod, "interactions") == ("3", "0", ["0", "0", "3"])


async def test_reports_are_counted_when_they_are_opened_and_when_they_are_closed(
    app: App, town: Town, mod: Person
) -> None:
    ours, theirs = await person(app, "alice"), await person(app, "far", "far.example")
    app.clock.shift(-DAY)
    made = [await reports.file(app, ours, theirs) for _ in range(2)]
    app.clock.shift(DAY)
    assert await measured(app, mod, "opened_reports") == ("2", "0", ["0", "2", "0"])
    assert await measured(app, mod, "resolved_reports") == ("0", "0", ["0", "0", "0"])
    boss = await town.person("boss", scopes="admin:write", role="admin")
    assert (await boss.post(f"{V1}/reports/{made[0].id}/resolve")).status == 200
    assert await measured(app, mod, "resolved_reports") == ("1", "0", ["0", "0", "1"])
    found = await measured(app, mod, "instance_reports", instance_reports={"domain": "Far.Example."})
    assert found == ("2", None, ["0", "2", "0"])
    assert (await measured(app, mod, "instance_reports", instance_reports={"domain": "x.example"}))[0] == "0"


async def test_a_tag_is_measured_by_uses_authors_and_other_servers_in_public_posts(app: App, mod: Person) -> None:
    tag = await Tag.create(using_db=app.db.orm, id=app.ids.next(), name="cats", display="Cats", created_at=app.now())
    other = await Tag.create(using_db=app.db.orm, id=app.ids.next(), name="dogs", display="Dogs", created_at=app.now())
    ours, theirs = await person(app, "alice"), await person(app, "far", "far.example")
    app.clock.shift(-3 * DAY)
    await tagged(app, tag.id, ours)  # the period before
    app.clock.shift(2 * DAY)
    await tagged(app, tag.id, theirs, local=False, uri="https://far.example/1", language="de")
    app.clock.shift(DAY)
    for _ in range(2):
        await tagged(app, tag.id, ours, language="en")
    await tagged(app, tag.id, ours, visibility="private")
    await tagged(app, other.id, ours)
    ids = {key: {"id": str(tag.id)} for key in ("tag_uses", "tag_accounts", "tag_servers", "tag_languages")}
    assert await measured(app, mod, "tag_uses", **ids) == ("3", "1", ["0", "1", "2"])
    assert await measured(app, mod, "tag_accounts", **ids) == ("2", "1", ["0", "1", "1"])
    assert await measured(app, mod, "tag_servers", **ids) == ("1", "0", ["0", "1", "0"])
    assert await dimension(app, mod, "tag_servers", **ids) == [("localhost:8000", "2"), ("far.example", "1")]
    assert await dimension(app, mod, "tag_languages", **ids) == [("en", "2"), ("de", "1")]


async def test_a_server_is_measured_by_accounts_posts_follows_and_files(app: App, mod: Person) -> None:
    ours, theirs = await person(app, "alice"), await person(app, "far", "far.example")
    idol = await person(app, "idol", "far.example")
    await person(app, "else", "else.example")
    for number, author in enumerate((theirs, theirs, idol)):
        await post(app, author, "…", local=False, uri=f"https://far.example/{number}", language="de")
    rows = [(ours, theirs, True), (ours, idol, True), (mod.account_id, idol, True), (theirs, ours, True)]
    for number, (follower, target, accepted) in enumerate([*rows, (idol, ours, False)]):
        await Follow.create(
            using_db=app.db.orm,
            id=app.ids.next(),
            follower_id=follower,
            target_id=target,
            accepted=accepted,
            uri=f"https://far.example/follow/{number}",
            created_at=app.now(),
        )
    key = await app.storage.put(b"x" * 3000, "png")
    for account_id in (theirs, ours):
        await Media.create(
            using_db=app.db.orm,
            id=app.ids.next(),
            account_id=account_id,
            kind="image",
            key=key if account_id == theirs else "",
            created_at=app.now(),
        )

    async def of(key: str) -> tuple[str, str | None, list[str]]:
        return await measured(app, mod, key, **{key: {"domain": "FAR.example"}})

    assert await of("instance_accounts") == ("2", None, ["0", "0", "2"])
    assert await of("instance_statuses") == ("3", None, ["0", "0", "3"])
    assert await of("instance_follows") == ("3", None, ["0", "0", "3"])
    assert await of("instance_followers") == ("1", None, ["0", "0", "1"])
    assert await of("instance_media_attachments") == ("3000", None, ["0", "0", "3000"])
    (files,) = (
        await ask(app, mod, "instance_media_attachments", instance_media_attachments={"domain": "far.example"})
    ).json
    assert (files["unit"], files["human_value"]) == ("bytes", "2.93 KB")
    about = {key: {"domain": "far.example"} for key in ("instance_accounts", "instance_languages")}
    assert await dimension(app, mod, "instance_accounts", **about) == [("idol", "2"), ("far", "1")]
    assert await dimension(app, mod, "instance_languages", **about) == [("de", "3")]
    assert await dimension(app, mod, "servers") == [("far.example", "3")]


async def test_measures_come_in_the_order_asked_for_each_once_and_unknown_ones_are_left_out(
    app: App, mod: Person
) -> None:
    answer = await ask(app, mod, "resolved_reports", "nonsense", "new_users", "resolved_reports")
    assert [one["key"] for one in answer.json] == ["resolved_reports", "new_users"]
    assert (await ask(app, mod)).json == []
    form = [("keys[]", "new_users"), ("start_at", day(app, 1)), ("end_at", f"{day(app)}T17:00:00Z")]
    (one,) = (await mod.post(f"{V1}/measures", form=form)).json
    assert set(one) == {"key", "unit", "total", "previous_total", "data"}
    assert (one["total"], len(one["data"])) == ("1", 2), "times of day do not matter"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"keys": ["new_users"]}, 422),
        ({"keys": ["new_users"], "start_at": "2026-01-01"}, 422),
        ({"keys": ["new_users"], "start_at": "yesterday", "end_at": "2026-01-02"}, 422),
        ({"keys": ["new_users"], "start_at": "2026-01-02", "end_at": "2026-01-01"}, 422),
        ({"keys": ["new_users"], "start_at": "2020-01-01", "end_at": "2026-01-01"}, 422),
        ({"keys": ["new_users"], "start_at": "0001-01-01", "end_at": "0001-01-02"}, 422),
        ({"keys": ["tag_uses"], "start_at": "2026-01-01", "end_at": "2026-01-02"}, 400),
        ({"keys": ["tag_uses"], "tag_uses": {"id": "x"}, "start_at": "2026-01-01", "end_at": "2026-01-02"}, 422),
        ({"keys": ["tag_uses"], "tag_uses": "7", "start_at": "2026-01-01", "end_at": "2026-01-02"}, 422),
        ({"keys": ["instance_accounts"], "start_at": "2026-01-01", "end_at": "2026-01-02"}, 400),
        (
            {
                "keys": ["instance_accounts"],
                "instance_accounts": {"domain": "' OR 1=1 --"},
                "start_at": "2026-01-01",
                "end_at": "2026-01-02",
            },
            422,
        ),
    ],
)
async def test_what_is_asked_wrongly_is_refused(mod: Person, body: dict[str, Any], status: int) -> None:
    assert (await mod.post(f"{V1}/measures", body)).status == status


async def test_the_cost_does_not_grow_with_the_period(app: App, mod: Person) -> None:
    keys = ("active_users", "new_users", "interactions", "opened_reports", "resolved_reports")

    async def cost(days: int) -> int:
        before = app.db.statements
        assert (await ask(app, mod, *keys, days=days)).status == 200
        return app.db.statements - before

    await cost(2)
    assert await cost(2) == await cost(400) <= 2 * len(keys) + 1


# -- dimensions -----------------------------------------------------------------------------------------------------


async def test_languages_are_those_of_people_who_were_here_and_sources_those_of_posts(app: App, mod: Person) -> None:
    german = await user(app, "greta")
    await User.filter(id=german.id).using_db(app.db.orm).update(locale="de")
    await activity.note(app, german.id)
    away = await user(app, "away")
    await User.filter(id=away.id).using_db(app.db.orm).update(locale="fr")
    assert await dimension(app, mod, "languages") == [("de", "1"), ("en", "1")]
    for number, application in enumerate((None, None, {"name": "Tusky", "website": None}, {"name": "Ivory"})):
        await post(app, german.account_id, str(number), application=application)
    await post(app, german.account_id, "…", application={"name": "Tusky", "website": "https://tusky.example"})
    assert await dimension(app, mod, "sources") == [("Tusky", "2"), ("web", "2"), ("Ivory", "1")]
    assert await dimension(app, mod, "sources", limit=1) == [("Tusky", "2")]
    (sources,) = (await ask(app, mod, "sources", kind="dimensions")).json
    assert sources["data"][1]["human_key"] == "Website"


async def test_space_and_versions_are_those_of_this_server(app: App, mod: Person) -> None:
    await app.storage.put(b"x" * 5000, "png")
    space, versions = (await ask(app, mod, "space_usage", "software_versions", kind="dimensions")).json
    database, media = space["data"]
    assert (database["key"], media["key"]) == (app.db.dialect, "media")
    assert int(database["value"]) > 10_000
    assert (int(media["value"]), media["unit"], media["human_value"]) == (5000, "bytes", "4.88 KB")
    assert [one["key"] for one in versions["data"]] == ["fedinote", "python", app.db.dialect]
    assert all(one["value"] == one["human_value"] and one["value"][0].isdigit() for one in versions["data"])


async def test_dimensions_need_no_period_but_what_they_are_about(app: App, mod: Person) -> None:
    assert (await mod.post(f"{V1}/dimensions", {"keys": ["servers", "nonsense"]})).json == [
        {"key": "servers", "data": []}
    ]
    assert (await mod.post(f"{V1}/dimensions", {"keys": ["tag_servers"]})).status == 400
    assert (await mod.post(f"{V1}/dimensions", {"keys": ["instance_languages"]})).status == 400
    assert (await mod.post(f"{V1}/dimensions", {"keys": ["servers"], "limit": "x"})).status == 422
    assert (await mod.post(f"{V1}/dimensions", {"keys": ["servers"], "limit": 10**9})).status == 200


# -- who stays ------------------------------------------------------------------------------------------------------


async def test_of_those_who_signed_up_on_a_day_it_is_told_who_was_here_later(app: App, town: Town) -> None:
    app.clock.shift(-2 * DAY)
    alice, bob = await user(app, "alice"), await user(app, "bob")
    for one in (alice, bob):
        await activity.note(app, one.id)
    app.clock.shift(2 * DAY)
    await activity.note(app, alice.id)
    mod = await town.person("mona", scopes="admin:read", role="moderator")
    answer = await ask(app, mod, kind="retention", frequency="day")
    first, second, third = answer.json
    assert {one["frequency"] for one in answer.json} == {"day"}
    assert [one["period"][:10] for one in answer.json] == [day(app, 2), day(app, 1), day(app)]
    assert [(one["value"], one["rate"]) for one in first["data"]] == [("2", 1.0), ("0", 0.0), ("1", 0.5)]
    assert [(one["value"], one["rate"]) for one in second["data"]] == [("0", 0.0), ("0", 0.0)]
    assert [(one["value"], one["rate"]) for one in third["data"]] == [("1", 1.0)]


async def test_months_count_everybody_once(app: App, mod: Person) -> None:
    app.clock.shift((datetime(2030, 1, 30, 12, tzinfo=UTC) - app.now()).total_seconds())
    alice = await user(app, "alice")
    for _ in range(3):  # 30 and 31 January, 1 February
        await activity.note(app, alice.id)
        app.clock.shift(DAY)
    body = {"start_at": "2030-01-15", "end_at": "2030-02-03", "frequency": "month"}
    first, second = (await mod.post(f"{V1}/retention", body)).json
    assert (first["period"], first["frequency"]) == ("2030-01-01T00:00:00.000Z", "month")
    assert [(one["date"][:10], one["value"], one["rate"]) for one in first["data"]] == [
        ("2030-01-01", "1", 1.0),
        ("2030-02-01", "1", 1.0),
    ]
    assert [one["value"] for one in second["data"]] == ["0"]


async def test_without_a_period_a_month_is_meant_and_there_are_not_too_many_cohorts(app: App, mod: Person) -> None:
    whole = {"start_at": day(app, 1), "end_at": day(app), "frequency": "day"}
    assert len((await mod.post(f"{V1}/retention", whole)).json) == 2
    assert len((await mod.post(f"{V1}/retention", {**whole, "frequency": "week"})).json) == 2, "anything else: days"
    for name in ("start_at", "end_at"):
        usual = (await mod.post(f"{V1}/retention", {**whole, name: ""})).json
        assert (len(usual), usual[-1]["period"][:10]) == (30, day(app))
    assert len((await mod.post(f"{V1}/retention", {**whole, "frequency": ""})).json) == 2
    assert (await mod.post(f"{V1}/retention", {**whole, "start_at": day(app, 100)})).status == 422
    assert (await mod.post(f"{V1}/retention", {**whole, "start_at": day(app, 300), "frequency": "month"})).status == 200
