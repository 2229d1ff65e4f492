"""Reports of one's own year: when they may be made, and that what they say is so."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fedinote import worker
from fedinote.infra.app import App
from fedinote.posts import annual_reports
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write
from tests.support.people import configure

PATH = "/api/v1/annual_reports"
YEAR = 2031


def go_to(app: App, month: int, day: int) -> None:
    app.clock.shift((datetime(YEAR, month, day, 12, tzinfo=UTC) - app.now()).total_seconds())


async def made(app: App, who: Person) -> Any:
    assert (await who.post(f"{PATH}/{YEAR}/generate")).status == 202
    assert (await who.get(f"{PATH}/{YEAR}/state")).json == {"state": "generating"}
    assert (await who.post(f"{PATH}/{YEAR}/generate")).status == 202
    await worker.settle(app)
    return (await who.get(f"{PATH}/{YEAR}")).json


async def test_a_report_says_what_the_year_was(app: App, alice: Person, bob: Person) -> None:
    go_to(app, 3, 5)
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    best = await write(alice, "#Tea is good")
    await write(alice, "#tea again #rare")
    await write(alice, "secret #tea", visibility="private")
    go_to(app, 12, 20)
    liked = await write(alice, "cake")
    await write(bob, "@alice yes", in_reply_to_id=liked["id"])
    await bob.post(f"/api/v1/statuses/{best['id']}/reblog")
    await bob.post(f"/api/v1/statuses/{best['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{liked['id']}/favourite")
    wrapped = await made(app, alice)
    (report,) = wrapped["annual_reports"]
    assert {name: report[name] for name in ("year", "schema_version", "share_url", "account_id")} == {
        "year": YEAR, "schema_version": 2, "share_url": None, "account_id": alice.id,
    }  # fmt: skip
    data = report["data"]
    assert data["archetype"] == "lurker"
    assert data["top_hashtags"] == [{"name": "Tea", "count": 2}]
    assert data["top_statuses"] == {"by_reblogs": best["id"], "by_favourites": liked["id"], "by_replies": None}
    by_month = {one["month"]: (one["statuses"], one["followers"]) for one in data["time_series"]}
    assert by_month == {**dict.fromkeys(range(1, 13), (0, 0)), 3: (3, 1), 12: (1, 0)}
    assert [one["id"] for one in wrapped["accounts"]] == [alice.id]
    assert {one["id"] for one in wrapped["statuses"]} == {best["id"], liked["id"]}
    assert (await alice.get(PATH)).json == wrapped
    assert (await alice.post(f"{PATH}/{YEAR}/generate")).status == 200
    assert (await bob.get(f"{PATH}/{YEAR}")).status == 404
    await alice.delete(f"/api/v1/statuses/{best['id']}")
    assert [one["id"] for one in (await alice.get(PATH)).json["statuses"]] == [liked["id"]]


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("lurker", (0, 0, annual_reports.BUSY - 1, 0)),
        ("oracle", (0, 0, annual_reports.BUSY, 0)),
        ("booster", (100, 0, 40, 0)),
        ("replier", (0, 100, 40, 0)),
        ("pollster", (0, 0, 200, 30)),
    ],
)
def test_the_archetype_is_what_one_does_most(kind: str, counts: tuple[int, int, int, int]) -> None:
    row: Any = dict(zip(("boosts", "replies", "alone", "polls"), counts, strict=True))
    assert annual_reports._archetype(row) == kind


async def test_reports_are_made_in_their_own_december_for_those_who_wrote(
    app: App, alice: Person, bob: Person, stranger: Client
) -> None:
    go_to(app, 12, 9)
    await write(alice, "tea")
    for day, state, season in ((9, "ineligible", None), (10, "eligible", YEAR)):
        go_to(app, 12, day)
        assert (await alice.get(f"{PATH}/{YEAR}/state")).json == {"state": state}
        assert (await stranger.get("/api/v2/instance")).json["wrapstodon"] == season
    assert (await alice.get(f"{PATH}/{YEAR - 1}/state")).json == {"state": "ineligible"}
    assert (await bob.get(f"{PATH}/{YEAR}/state")).json == {"state": "ineligible"}
    assert (await bob.post(f"{PATH}/{YEAR}/generate")).status == 200
    configure(app, "instance", annual_reports=False)
    assert (await alice.get(f"{PATH}/{YEAR}/state")).json == {"state": "ineligible"}
    assert (await alice.get(PATH)).json["annual_reports"] == []
    for wrong in ("x", "0", "99999999999", "2031.0", "-1"):
        assert (await alice.get(f"{PATH}/{wrong}")).status == 404


async def test_a_report_is_read_once_it_is_there_by_its_owner(app: App, town: Town, alice: Person) -> None:
    go_to(app, 12, 15)
    await write(alice, "tea")
    assert (await alice.post(f"{PATH}/{YEAR}/read")).status == 404
    await made(app, alice)
    assert (await alice.post(f"{PATH}/{YEAR}/read")).json == {}
    row = await app.db.row("SELECT read_at FROM annual_reports")
    assert row is not None
    assert row["read_at"] is not None
    reader = await town.person("reader", scopes="read:statuses write:statuses")
    assert (await reader.get(PATH)).status == 403
    assert (await reader.post(f"{PATH}/{YEAR}/generate")).status == 403
