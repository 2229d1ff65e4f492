"""Profile, privacy, notifications, language and theme, invitations, and writing, as a browser fills their forms."""

from io import BytesIO

import pytest
from PIL import Image

from fedinote.accounts import profiles
from fedinote.auth import invites, users
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.notifications import policy
from fedinote.posts import featured_tags
from tests.support.browser import Answer, Browser
from tests.support.people import client, configure, person
from tests.web.reading import signed_in

BOUNDARY = "a-boundary-of-the-test"


def picture(size: tuple[int, int] = (40, 30)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, "PNG")
    return file.getvalue()


async def send(browser: Browser, path: str, fields: dict[str, str], files: dict[str, bytes]) -> Answer:
    """Send a multipart form, as a browser does when a picture is chosen."""
    body = b""
    for name, value in fields.items():
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, data in files.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="x.png"\r\n'
        body += f"{head}Content-Type: image/png\r\n\r\n".encode() + data + b"\r\n"
    body += f"--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return await browser.send("POST", path, body, {"content_type": kind, "content_length": str(len(body))})


async def token(browser: Browser, path: str) -> str:
    return (await browser.get(path)).forms[0].hidden["form_token"]


# Profile


async def test_words_pictures_and_facts_of_a_profile_are_changed(app: App, alice: User, browser: Browser) -> None:
    page = await browser.get("/settings/profile")
    fields = {**page.forms[0].hidden, "display_name": "Alice 爱丽丝", "note": "Water & rain", "bot": "1"}
    fields |= {"name-0": "Web", "value-0": "https://a.example", "name-1": "", "value-1": "", "avatar_description": "Me"}
    answer = await send(browser, "/settings/profile", fields, {"avatar": picture(), "header": picture((90, 30))})
    assert (answer.status, answer.location) == (303, "/settings/profile")
    account = (await profiles.by_ids(app, [alice.account_id]))[alice.account_id]
    assert (account.display_name, account.note_source, account.actor_type) == (
        "Alice 爱丽丝",
        "Water & rain",
        "Service",
    )
    assert [field["name"] for field in account.fields_] == ["Web"]
    assert account.avatar
    assert account.header
    assert account.avatar_description == "Me"
    shown = await browser.get("/settings/profile")
    assert "Saved." in shown.text
    assert f"/media/{account.avatar}" in shown.text
    fields = {**shown.forms[0].hidden, "remove_avatar": "1", "display_name": "A"}
    await send(browser, "/settings/profile", fields, {})
    account = (await profiles.by_ids(app, [alice.account_id]))[alice.account_id]
    assert (account.avatar, account.display_name) == ("", "A")


async def test_a_wrong_picture_or_word_says_why_and_keeps_what_was_typed(
    app: App, alice: User, browser: Browser
) -> None:
    hidden = (await browser.get("/settings/profile")).forms[0].hidden
    answer = await send(browser, "/settings/profile", {**hidden, "note": "typed"}, {"avatar": b"no picture at all"})
    assert answer.status == 422
    assert "typed" in answer.text
    answer = await send(browser, "/settings/profile", {**hidden, "display_name": "x" * 41}, {"avatar": picture()})
    assert answer.status == 422
    account = (await profiles.by_ids(app, [alice.account_id]))[alice.account_id]
    assert (account.avatar, account.note_source) == ("", "")


async def test_a_profile_form_of_another_site_changes_nothing(app: App, alice: User, browser: Browser) -> None:
    hidden = (await browser.get("/settings/profile")).forms[0].hidden
    answer = await send(browser, "/settings/profile", {**hidden, "form_token": "", "display_name": "Eve"}, {})
    assert answer.status == 403
    assert (await profiles.by_ids(app, [alice.account_id]))[alice.account_id].display_name == ""


async def test_fields_beyond_the_form_give_no_role(app: App, alice: User, browser: Browser) -> None:
    hidden = (await browser.get("/settings/profile")).forms[0].hidden
    await browser.post("/settings/profile", {**hidden, "role": "owner", "state": "active", "suspended_at": ""})
    assert (await users.by_id(app, alice.id)).role == "member"


async def test_hashtags_are_shown_on_a_profile_and_taken_off(app: App, alice: User, browser: Browser) -> None:
    form_token = await token(browser, "/settings/profile")
    assert (await browser.post("/settings/profile/tags", {"form_token": form_token, "tag": "#水彩"})).status == 303
    (shown,) = await featured_tags.of(app, alice.account_id)
    assert (await browser.post("/settings/profile/tags", {"form_token": form_token, "tag": "no tag"})).status == 422
    bob = await signed_in(app, await person(app, "bob"))
    theirs = {"form_token": await token(bob, "/settings/profile"), "remove": str(shown.id)}
    assert (await bob.post("/settings/profile/tags", theirs)).status == 404
    await browser.post("/settings/profile/tags", {"form_token": form_token, "remove": str(shown.id)})
    assert await featured_tags.of(app, alice.account_id) == []


# Privacy and notifications


async def test_privacy_is_chosen_and_shown(app: App, alice: User, browser: Browser) -> None:
    fields = {"form_token": await token(browser, "/settings/privacy"), "locked": "1", "hide_collections": "1"}
    fields |= {"visibility": "private", "quote_policy": "nobody", "reply_policy": "followers", "language": "ja"}
    fields |= {"machine_translation": "none"}
    assert (await browser.post("/settings/privacy", fields)).status == 303
    account = (await profiles.by_ids(app, [alice.account_id]))[alice.account_id]
    assert (account.locked, account.hide_collections, account.discoverable, account.indexable) == (
        *(True, True),
        *(False, False),
    )
    assert account.machine_translation == "none"
    user = await users.by_id(app, alice.id)
    assert (user.default_visibility, user.default_quote_policy, user.default_language) == ("private", "nobody", "ja")
    assert user.default_reply_policy == "followers"
    shown = (await browser.get("/settings/privacy")).text
    assert 'value="private" checked' in shown
    assert '<option value="ja" lang="ja" selected>' in shown


@pytest.mark.parametrize(
    "wrong", [{"visibility": "secret"}, {"quote_policy": "x"}, {"reply_policy": "x"}, {"machine_translation": "x"}]
)
async def test_a_choice_that_does_not_exist_changes_nothing(
    app: App, alice: User, browser: Browser, wrong: dict[str, str]
) -> None:
    fields = {"form_token": await token(browser, "/settings/privacy"), "locked": "1", "visibility": "direct"}
    assert (await browser.post("/settings/privacy", {**fields, **wrong})).status == 422
    assert (await users.by_id(app, alice.id)).default_visibility == "public"
    assert not (await profiles.by_ids(app, [alice.account_id]))[alice.account_id].locked


async def test_who_may_notify_is_chosen(app: App, alice: User, browser: Browser) -> None:
    form_token = await token(browser, "/settings/notifications")
    fields = {"form_token": form_token, "for_bots": "drop", "for_private_mentions": "accept", "account_id": "1"}
    assert (await browser.post("/settings/notifications", fields)).status == 303
    found = await policy.get(app, alice.account_id)
    assert (found.for_bots, found.for_private_mentions, found.for_new_accounts) == ("drop", "accept", "accept")
    answer = await browser.post("/settings/notifications", {"form_token": form_token, "for_bots": "shout"})
    assert answer.status == 422


# Language and theme


async def test_a_visitor_chooses_language_and_theme_for_the_browser(app: App, stranger: Browser) -> None:
    form_token = await token(stranger, "/settings/interface")
    fields = {"form_token": form_token, "language": "es", "theme": "dark", "next": "//evil.example"}
    answer = await stranger.post("/settings/interface", fields)
    assert (answer.status, answer.location) == (303, "/")
    for line in answer.cookies():
        assert "HttpOnly" in line
        assert "SameSite=lax" in line
    shown = (await stranger.get("/auth/sign_in")).text
    assert '<html lang="es" dir="ltr" data-theme="dark">' in shown
    assert "Iniciar sesión" in shown


async def test_a_members_language_is_kept_with_the_account(app: App, alice: User, browser: Browser) -> None:
    fields = {"form_token": await token(browser, "/settings/interface"), "language": "zh-Hant", "theme": "auto"}
    assert (await browser.post("/settings/interface", fields)).status == 303
    assert (await users.by_id(app, alice.id)).locale == "zh-Hant"
    other = await signed_in(app, alice)
    assert '<html lang="zh-Hant"' in (await other.get("/settings")).text


async def test_single_keys_are_switched_off_in_the_browser_and_on_again(browser: Browser) -> None:
    fields = {"form_token": await token(browser, "/settings/interface"), "language": "en", "theme": "auto"}
    assert "data-no-shortcuts" not in (await browser.get("/home")).text
    await browser.post("/settings/interface", {**fields, "keys": "1"})
    assert "data-no-shortcuts" in (await browser.get("/home")).text
    await browser.post("/settings/interface", fields)
    assert "data-no-shortcuts" in (await browser.get("/home")).text  # a form that does not ask changes nothing
    await browser.post("/settings/interface", {**fields, "keys": "1", "shortcuts": "1"})
    assert "data-no-shortcuts" not in (await browser.get("/home")).text


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"theme": "pink"}, {"language": ""}])
async def test_other_languages_and_themes_there_are_not(stranger: Browser, wrong: dict[str, str]) -> None:
    fields = {"form_token": await token(stranger, "/settings/interface"), "language": "en", "theme": "auto"}
    assert (await stranger.post("/settings/interface", {**fields, **wrong})).status == 422


# Invitations


async def test_members_invite_where_the_settings_let_them(app: App, alice: User, browser: Browser) -> None:
    configure(app, "registrations", mode="invitation")
    form_token = await token(browser, "/auth/password")
    fields = {"form_token": form_token, "uses": "5", "days": "7"}
    assert (await browser.post("/settings/invitations", fields)).status == 403
    configure(app, "registrations", mode="invitation", members_invite=True)
    assert (await browser.post("/settings/invitations", fields)).status == 303
    shown = await browser.get("/settings/invitations")
    path = shown.text.partition(f"{app.settings.base}/invite/")[2].partition("<")[0]
    assert (await client(app).get(f"/invite/{path}")).status == 200
    form = next(one for one in shown.forms if "withdraw" in one.hidden)
    bob = await signed_in(app, await person(app, "bob"))
    theirs = {"form_token": await token(bob, "/settings/invitations"), "withdraw": form.hidden["withdraw"]}
    assert (await bob.post("/settings/invitations", theirs)).status == 404
    assert (await browser.post("/settings/invitations", form.hidden)).status == 303
    assert await invites.offer(app, path) is None


async def test_an_invitation_of_a_member_makes_members_in_a_limited_number(app: App, browser: Browser) -> None:
    configure(app, "registrations", mode="invitation", members_invite=True)
    form_token = await token(browser, "/settings/invitations")
    for fields in ({"uses": "1000", "days": "7"}, {"uses": "1", "days": "9999"}, {"uses": "1", "days": "0"}):
        answer = await browser.post("/settings/invitations", {"form_token": form_token, "role": "owner", **fields})
        assert answer.status == 422
    for at in range(11):
        fields = {"form_token": form_token, "uses": "1", "days": "1", "role": "owner"}
        assert (await browser.post("/settings/invitations", fields)).status == (303 if at < 10 else 422)
    rows = await app.db.rows("SELECT role FROM invites")
    assert {row["role"] for row in rows} == {"member"}


# Writing


async def test_the_line_between_languages_is_turned_off_and_on(app: App, alice: User, browser: Browser) -> None:
    form_token = await token(browser, "/settings/writing")
    assert (await browser.post("/settings/writing", {"form_token": form_token, "do": "divider"})).status == 303
    assert not (await users.by_id(app, alice.id)).language_divider
    await browser.post("/settings/writing", {"form_token": form_token, "do": "divider", "divider": "1"})
    assert (await users.by_id(app, alice.id)).language_divider
    assert (await browser.post("/settings/writing", {"form_token": form_token, "do": "x"})).status == 400
