"""The house's own texts: found in files, safe, and shown on the day that they are for."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation.house import texts
from tests.api.client import Client
from tests.api.conftest import Town
from tests.support.people import client, configure

INSTANCE = "/api/v1/instance"


@pytest.fixture
def folder(app: App, tmp_path: Path) -> Path:
    found = tmp_path / "house"
    (found / "terms-of-service").mkdir(parents=True)
    configure(app, "instance", texts_dir=str(found), rules=["Be kind.", "No spam."])
    return found


@pytest.fixture
def stranger(app: App, folder: Path) -> Client:
    return Town(app).stranger


async def test_what_nobody_wrote_is_not_there(stranger: Client, app: App) -> None:
    for name in ("privacy_policy", "terms_of_service", "terms_of_service/2026-05-01"):
        assert (await stranger.get(f"{INSTANCE}/{name}")).status == 404
    about = (await stranger.get(f"{INSTANCE}/extended_description")).json
    assert about == {"updated_at": None, "content": f"<p>{app.settings.instance.description}</p>"}
    urls = (await stranger.get("/api/v2/instance")).json["configuration"]["urls"]
    assert (urls["privacy_policy"], urls["terms_of_service"]) == (None, None)
    for page in ("/privacy-policy", "/terms-of-service"):
        assert (await client(app).get(page)).status == 404
    assert "/privacy-policy" not in (await client(app).get("/explore")).text


async def test_a_text_is_made_safe_and_has_its_page(app: App, folder: Path, stranger: Client) -> None:
    (folder / "privacy-policy.html").write_text("<h2>Yours</h2><p onclick='x()'>We <script>x()</script>ask.</p>")
    (folder / "about.txt").write_text("Tea & <cake>\nfor all\n\nCome in.")
    policy = (await stranger.get(f"{INSTANCE}/privacy_policy")).json
    assert policy["content"] == "<h2>Yours</h2><p>We ask.</p>"
    assert policy["updated_at"].endswith("Z")
    about = (await stranger.get(f"{INSTANCE}/extended_description")).json
    assert about["content"] == "<p>Tea &amp; &lt;cake&gt;<br>for all</p><p>Come in.</p>"
    url = (await stranger.get("/api/v2/instance")).json["configuration"]["urls"]["privacy_policy"]
    assert url == app.url("/privacy-policy")
    page = await client(app).get("/privacy-policy")
    assert page.status == 200
    assert "<h2>Yours</h2><p>We ask.</p>" in page.text
    assert 'href="/privacy-policy"' in (await client(app).get("/explore")).text


async def test_terms_hold_from_their_day(app: App, folder: Path, stranger: Client) -> None:
    today = app.now().date()
    days = {"2020-01-01": "old", str(today): "now", "2999-01-01": "future"}
    for day, text in days.items():
        (folder / "terms-of-service" / f"{day}.txt").write_text(text)
    (folder / "terms-of-service" / "draft.txt").write_text("no")
    now = (await stranger.get(f"{INSTANCE}/terms_of_service")).json
    assert now == {
        "effective_date": str(today), "effective": True, "content": "<p>now</p>", "succeeded_by": "2999-01-01",
    }  # fmt: skip
    old = (await stranger.get(f"{INSTANCE}/terms_of_service/2020-01-01")).json
    assert (old["effective"], old["succeeded_by"], old["content"]) == (False, str(today), "<p>old</p>")
    future = (await stranger.get(f"{INSTANCE}/terms_of_service/2999-01-01")).json
    assert (future["effective"], future["succeeded_by"]) == (False, None)
    for wrong in ("2020-01-02", "draft", "..", "20200101"):
        assert (await stranger.get(f"{INSTANCE}/terms_of_service/{wrong}")).status == 404, wrong
    page = await client(app).get("/terms-of-service")
    assert "New terms follow on 2999-01-01." in page.text


def test_terms_that_are_only_announced_are_shown_as_such(app: App, folder: Path) -> None:
    (folder / "terms-of-service" / "2030-01-01.txt").write_text("soon")
    found = texts.terms(app.settings, date(2029, 12, 31))
    assert (found.effective_date, found.effective) == (date(2030, 1, 1), False)
    with pytest.raises(NotFound):
        texts.terms(app.settings, date(2029, 12, 31), date(2029, 1, 1))


async def test_rules_come_in_other_languages_line_by_line(folder: Path, stranger: Client) -> None:
    (folder / "rules.de.txt").write_text("Sei freundlich.\n\nKein Spam.\nEine zu viel.\n")
    (folder / "rules.zh-tw.txt").write_text("友善。\n")
    (folder / "rules.notalanguagetag!.txt").write_text("x")
    rules: Any = (await stranger.get(f"{INSTANCE}/rules")).json
    assert [one["text"] for one in rules] == ["Be kind.", "No spam."]
    assert rules[0]["translations"] == {
        "de": {"text": "Sei freundlich.", "hint": ""}, "zh-TW": {"text": "友善。", "hint": ""},
    }  # fmt: skip
    assert rules[1]["translations"] == {"de": {"text": "Kein Spam.", "hint": ""}}
    for path in ("/api/v1/instance", "/api/v2/instance"):
        assert (await stranger.get(path)).json["rules"] == rules


def test_a_text_is_cut_at_a_hundred_thousand_bytes(app: App, folder: Path) -> None:
    (folder / "about.txt").write_text("x" * (texts.MAX_BYTES + 50))
    assert len(texts.read(app.settings, texts.ABOUT).content) == texts.MAX_BYTES + len("<p></p>")
