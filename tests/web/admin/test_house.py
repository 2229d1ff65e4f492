"""The pages of the house: rules, texts, invitations, announcements, emoji and relays, by forms without scripts."""

from datetime import timedelta

import pytest

from fedinote.auth import invites
from fedinote.federation import relays
from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.media import emojis
from fedinote.moderation.house import announcements, custom_emojis, house_rules, texts
from fedinote.moderation.house.announcements import Span
from fedinote.moderation.house.house_rules import Wording
from fedinote.timelines import topics
from fedinote.translation import glossary_keeping as keeping
from fedinote.translation.glossary import Entry
from fedinote.web.admin import relays as relays_page
from tests.media.test_emojis import _picture
from tests.moderation.staff import log
from tests.support.browser import Answer, Browser
from tests.web.admin.conftest import SignedIn, send


async def test_rules_are_added_moved_worded_translated_and_removed(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/rules"
    page = await admin.get(path)
    assert (await send(admin, page, path, text="No <b>ads</b>", hint="Why\r\nnot")).status == 303
    page = await admin.get(path)
    assert "No &lt;b&gt;ads&lt;/b&gt;" in page.text
    assert (await send(admin, page, f"{path}/2", do="up")).location == f"{path}#rule-2"
    assert [rule.number for rule in await house_rules.listing(app)] == [2, 1]
    one = await admin.get(f"{path}/2")
    await send(admin, one, f"{path}/2", text="No ads", hint="", do="edit")
    await send(admin, one, f"{path}/2", text="不做广告", hint="", language="zh-Hans", do="translate")
    rule = await house_rules.find(app, 2)
    assert (rule.text, rule.translations) == ("No ads", {"zh-Hans": Wording("不做广告")})
    assert 'lang="zh-Hans" dir="auto"' in (await admin.get(f"{path}/2")).text
    wrong = await send(admin, one, f"{path}/2", text=" ", hint="", do="edit")
    assert (wrong.status, "A rule needs a text" in wrong.text) == (422, True)
    assert (await send(admin, one, f"{path}/2", do="remove")).location == path
    assert (await admin.get(f"{path}/2")).status == 404
    assert (await admin.get(f"{path}/x")).status == 404


async def test_the_rules_are_told_by_the_api_with_numbers_hints_and_translations(
    app: App, signed_in: SignedIn, stranger: Browser
) -> None:
    await house_rules.add(app, Wording("No ads", "Really"), by=None)
    await house_rules.put_translation(app, 2, "es", Wording("Sin anuncios"), by=None)
    await house_rules.move(app, 2, -1, by=None)
    told = (await stranger.get("/api/v1/instance/rules")).json
    assert told[0] == {
        "id": "2",
        "text": "No ads",
        "hint": "Really",
        "translations": {"es": {"text": "Sin anuncios", "hint": ""}},
    }
    assert (await stranger.get("/api/v2/instance")).json["rules"] == told


async def test_texts_are_written_and_shown(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/texts/privacy-policy"
    page = await admin.get(path)
    assert (await send(admin, page, path, text="We keep <little>.", form="txt")).status == 303
    assert "We keep &lt;little&gt;." in (await admin.get(path)).text
    assert texts.has(app.settings, texts.PRIVACY)
    new = "/admin/texts/terms-of-service/new"
    page = await admin.get(new)
    lost = await send(admin, page, new, text="Terms", form="txt", day="")
    assert (lost.status, "Terms</textarea>" in lost.text) == (422, True)
    await send(admin, page, new, text="Terms", form="txt", day="2026-05-01")
    assert "2026-05-01" in (await admin.get("/admin/texts")).text
    assert (await admin.get("/admin/texts/terms-of-service/2026-05-01")).status == 200
    for wrong in ("terms-of-service", "about/2026-05-01", "terms-of-service/soon", "..", "rules.es"):
        assert (await admin.get(f"/admin/texts/{wrong}")).status == 404


async def test_an_invitation_is_made_shown_and_revoked(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/invitations"
    page = await admin.get(path)
    assert 'value="admin"' not in page.text
    made = await send(admin, page, path, role="moderator", uses="3", hours="24")
    code = await app.db.value("SELECT code AS value FROM invites")
    assert (made.status, app.url(f"/invite/{code}") in made.text) == (200, True)
    for wrong in ({"uses": "0"}, {"uses": "x"}, {"hours": "9"}, {"role": "admin"}):
        assert (await send(admin, page, path, {"role": "member", "uses": "1", "hours": "24", **wrong})).status == 422
    await send(admin, await admin.get(path), f"{path}/revoke")
    assert await invites.offer(app, code) is None


async def test_an_announcement_is_made_for_later_edited_ended_and_deleted(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/announcements"
    reader = await app.db.value("SELECT account_id AS value FROM users")
    page = await admin.get(path)
    later = (app.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert (await send(admin, page, path, text="Soon <b>", shown_from=later, starts_at="", ends_at="")).status == 303
    assert await announcements.shown(app, reader) == []
    app.clock.shift(7300)
    (row,) = await announcements.shown(app, reader)
    one = f"{path}/{row['id']}"
    edit = await admin.get(one)
    assert "Soon &lt;b&gt;" in edit.text
    assert f'value="{later}"' in edit.text
    await send(admin, edit, one, text="Now", shown_from="", starts_at="", ends_at="", do="edit")
    assert [found["source"] for found in await announcements.shown(app, reader)] == ["Now"]
    wrong = await send(admin, edit, one, text="Now", shown_from="soon", do="edit")
    assert (wrong.status, "This is no time" in wrong.text) == (422, True)
    await send(admin, edit, one, do="end")
    assert await announcements.shown(app, reader) == []
    assert len(await announcements.everything(app)) == 1
    await send(admin, edit, one, do="delete")
    assert await announcements.everything(app) == []
    actions = [action for action, _ in await log(app)]
    assert actions == [f"announcement.{verb}" for verb in ("create", "edit", "end", "delete")]


async def test_what_is_shown_later_ends_after_it_began(app: App, signed_in: SignedIn) -> None:
    hour = timedelta(hours=1)
    admin, path = await signed_in("admin"), "/admin/announcements"
    fields = {"shown_from": app.now() + 2 * hour, "ends_at": app.now() + hour}
    typed = {name: moment.strftime("%Y-%m-%dT%H:%M") for name, moment in fields.items()}
    assert (await send(admin, await admin.get(path), path, {"text": "x", **typed})).status == 422
    assert Span().shown_from is None


async def upload(who: Browser, page: Answer, path: str, name: str, data: bytes, **fields: str) -> Answer:
    """Send a form with a picture, as browsers do (RFC 7578)."""
    form = next(one for one in page.forms if one.action == path)
    lines = []
    for key, value in {**form.hidden, **fields}.items():
        lines.append(f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode())
    head = f'--x\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\n'
    lines.append(head.encode() + b"Content-Type: image/png\r\n\r\n" + data + b"\r\n--x--\r\n")
    return await who.send("POST", path, b"".join(lines), {"content_type": "multipart/form-data; boundary=x"})


async def test_emoji_are_uploaded_put_under_headings_switched_off_and_removed(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/emoji"
    page = await admin.get(path)
    made = await upload(admin, page, path, "tea.png", _picture(), shortcode=":tea:", category="Drinks")
    assert made.status == 303, made.text
    assert (await emojis.find(app, "tea"))["category"] == "Drinks"
    for name, data in (("no name", _picture()), ("cup", b"<svg/>"), ("big", b"x" * 300_000)):
        assert (await upload(admin, page, path, "a.png", data, shortcode=name, category="")).status == 422
    listed = await admin.get(path)
    change = f"{path}/change"
    await send(admin, listed, change, do="move", category="Hot")
    await send(admin, listed, change, do="disable")
    assert [(one.category, one.disabled) for one in await custom_emojis.ours(app)] == [("Hot", True)]
    assert (await send(admin, listed, change, do="dance")).status == 404
    await send(admin, listed, change, do="remove")
    assert await custom_emojis.ours(app) == []


async def test_emoji_of_another_server_are_looked_at_and_copied(
    app: App, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[tuple[str, str]] = []

    async def copy(_: App, shortcode: str, domain: str, *__: object, **___: object) -> None:
        copied.append((shortcode, domain))

    monkeypatch.setattr(custom_emojis, "copy", copy)
    await app.db.execute(
        "INSERT INTO custom_emojis (id, shortcode, domain, url, static_url, visible, updated_at)"
        " VALUES (1, 'tea', 'far.example', 'https://far.example/t.png', '', FALSE, 1)"
    )
    admin, path = await signed_in("admin"), "/admin/emoji/others"
    page = await admin.get(f"{path}?domain=far.example&q=te")
    assert 'src="https://far.example' not in page.text
    await send(admin, page, path)
    assert copied == []  # the first form of this address only looks
    number = [form.hidden.get("shortcode") for form in page.forms].index("tea")
    await admin.submit(page, number=number)
    assert copied == [("tea", "far.example")]


async def test_a_relay_is_subscribed_to_and_left(
    app: App, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays_page, "PATIENCE", 0)  # nothing is sent here
    admin, path = await signed_in("admin"), "/admin/relays"
    page = await admin.get(path)
    assert (await send(admin, page, path, url="https://relay.example/inbox")).status == 303
    assert "It is being asked" in (await admin.get(path)).text
    assert [row["inbox_url"] for row in await relays.everything(app)] == ["https://relay.example/inbox"]
    await app.db.execute("UPDATE deliveries SET attempts = 1, error = 'no route <b>'")
    listed = (await admin.get(path)).text
    assert "It has not answered since" in listed
    assert "no route &lt;b&gt;" in listed
    again = await send(admin, page, path, url="https://relay.example/inbox")
    assert (again.status, "This relay is there already" in again.text) == (422, True)

    async def away(*_: object, **__: object) -> None:
        raise Unavailable

    monkeypatch.setattr(relays, "add", away)
    silent = await send(admin, page, path, url="https://relay.example/actor")
    assert (silent.status, "The relay does not answer" in silent.text) == (422, True)
    await send(admin, await admin.get(path), f"{path}/remove")
    assert await relays.everything(app) == []


async def test_every_text_that_people_wrote_says_that_its_language_is_not_known(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    await house_rules.add(app, Wording("Kein Werben"), by=None)
    await announcements.create(app, "Guten Tag", Span())
    assert '<p class="rule-text" lang="" dir="auto">Kein Werben</p>' in (await admin.get("/admin/rules")).text
    assert (
        '<div class="words" lang="" dir="auto"><p>Guten Tag</p></div>' in (await admin.get("/admin/announcements")).text
    )


async def test_a_topic_is_made_changed_and_deleted(app: App, signed_in: SignedIn) -> None:
    moderator, path = await signed_in("moderator"), "/admin/topics"
    page = await moderator.get(path)
    made = await send(moderator, page, path, slug="tea", tags="#tea #茶, té", titles="en: Tea\r\nzh-hans：茶")
    assert made.status == 303, made.text
    found = await topics.named(app, "tea")
    assert found.titles == {"en": "Tea", "zh-Hans": "茶"}
    assert {tag.display for tag in found.tags} == {"tea", "茶", "té"}
    one = await moderator.get(f"{path}/tea")
    await send(moderator, one, f"{path}/tea", tags="#茶 #chai", titles="en: Tea", do="edit")
    assert {tag.display for tag in (await topics.named(app, "tea")).tags} == {"茶", "chai"}
    wrong = await send(moderator, one, f"{path}/tea", tags="#茶", titles="Tea", do="edit")
    assert (wrong.status, "Write a language, a colon and the text" in wrong.text) == (422, True)
    assert (await send(moderator, page, path, slug="No!", tags="x", titles="")).status == 422
    await send(moderator, page, path, topic="food")
    await send(moderator, one, f"{path}/tea", do="delete")
    assert [topic.slug for topic in await topics.everything(app)] == ["food"]


async def test_the_glossary_is_kept_and_proposals_are_decided(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/glossary"
    fields = {"term": "内卷", "origin": "zh", "languages": "", "meanings": "en: rolling inward", "translations": ""}
    await send(admin, await admin.get(path), path, fields)
    (entry,) = await keeping.everything(app)
    assert (entry.term, entry.meanings) == ("内卷", {"en": "rolling inward"})
    one = f"{path}/{entry.id}"
    edit = await admin.get(one)
    await send(admin, edit, one, {**fields, "translations": "en: rat race", "keep": "1", "do": "edit"})
    assert (await keeping.everything(app))[0].translations == {"en": "rat race"}
    wrong = await send(admin, edit, one, {**fields, "meanings": "nothing", "do": "edit"})
    assert (wrong.status, "nothing</textarea>" in wrong.text) == (422, True)
    assert "内卷" in (await admin.get(f"{path}?q=%E5%86%85")).text
    assert "内卷" not in (await admin.get(f"{path}?q=zzz")).text
    await send(admin, edit, one, do="remove")
    assert await keeping.everything(app) == []
    member = await app.db.value("SELECT account_id AS value FROM users")
    for term in ("yyds", "awsl"):
        await keeping.propose(app, member, Entry(term, "zh", meanings={"en": "great"}))
    moderator = await signed_in("moderator")
    page = await moderator.get(path)
    assert f'action="{path}"' not in page.text.replace('method="get" action', "")
    await send(moderator, page, f"{path}/proposals", do="accept")
    await send(moderator, await moderator.get(path), f"{path}/proposals", do="reject")
    assert [one.term for one in await keeping.everything(app)] == ["yyds"]
