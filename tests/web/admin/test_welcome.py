"""The first steps: from the owner's link to the end, each saved, put aside or come back to; all without scripts."""

from fedinote.auth import invites
from fedinote.infra.app import App
from fedinote.moderation.house import first_steps, house_rules
from fedinote.moderation.house.first_steps import DONE, SKIPPED, STEPS
from fedinote.timelines import topics
from tests.support.browser import Browser
from tests.web.admin.conftest import SignedIn, send

PATH = "/admin/welcome"


async def test_the_owners_link_leads_to_the_first_steps(app: App, stranger: Browser) -> None:
    link = await invites.owner_link(app)
    page = await stranger.get(link.removeprefix(app.settings.base))
    made = await send(
        stranger,
        page,
        "/auth/sign_up",
        username="founder",
        email="founder@mail.example",
        password="a horse with a hat",
        language="en",
        agreed="1",
    )
    assert (made.status, made.location) == (303, PATH)
    for cookie in made.cookies():
        name, _, value = cookie.partition(";")[0].partition("=")
        stranger.cookies[name] = value
    welcome = await stranger.get(PATH)
    assert (welcome.status, "Welcome to your server" in welcome.text) == (200, True)


async def test_each_step_is_saved_and_leads_to_the_next(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    fields = {
        "name": {"instance.title": "Tea House", "instance.description": "Tea", "instance.languages": "zh-Hans"},
        "rules": {},
        "registration": {"registrations.mode": "approval"},
        "translation": {"translation.engine": "phrasebook", "translation.location": "local"},
        "storage": {"media.remote_cache_bytes": "2000", "media.remote_cache_days": "9"},
        "topics": {"topic": "food", "instance.suggested_accounts": "founder\r\ntea@far.example"},
    }
    fields["storage"] |= {"media.max_image_bytes": "16", "media.max_video_bytes": "40"}
    for name, after in zip(STEPS, (*STEPS[1:], ""), strict=True):
        path = f"{PATH}/{name}"
        sent = await send(owner, await owner.get(path), path, {**fields[name], "do": "save"})
        assert (sent.status, sent.location) == (303, f"{PATH}/{after}" if after else PATH), sent.text
        assert (await first_steps.states(app))[name] == DONE
    settings = app.settings
    assert (settings.instance.title, settings.instance.languages) == ("Tea House", ["zh-Hans"])
    assert settings.registrations.mode == "approval"
    assert settings.translation.engine == "phrasebook"
    assert settings.media.remote_cache_bytes == 2_000_000_000
    assert settings.instance.suggested_accounts == ["founder", "tea@far.example"]
    assert [one.slug for one in await topics.everything(app)] == ["food"]
    assert "Your server is ready" in (await owner.get(PATH)).text


async def test_a_step_can_be_put_aside_and_come_back_to(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    page = await owner.get(f"{PATH}/name")
    sent = await send(owner, page, f"{PATH}/name", {"instance.title": "Not kept", "do": "skip"})
    assert (sent.location, app.settings.instance.title) == (f"{PATH}/rules", "FediNote")
    overview = await owner.get(PATH)
    assert f'class="button" href="{PATH}/rules"' in overview.text
    assert "Put aside" in overview.text
    assert (await first_steps.states(app)) == {"name": SKIPPED}


async def test_a_wrong_value_keeps_the_step_open(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    path = f"{PATH}/name"
    sent = await send(owner, await owner.get(path), path, {"instance.title": "Tea", "instance.languages.more": "x!"})
    assert (sent.status, 'value="Tea"' in sent.text) == (422, True)
    assert await first_steps.states(app) == {}


async def test_rules_are_written_on_the_way(app: App, signed_in: SignedIn) -> None:
    owner = await signed_in("owner")
    page = await owner.get(f"{PATH}/rules")
    sent = await send(owner, page, "/admin/rules", text="No ads", hint="")
    assert sent.location == f"{PATH}/rules"
    assert [rule.text for rule in await house_rules.listing(app)][1:] == ["No ads"]


async def test_an_engine_is_tried_on_the_way_and_nothing_is_kept(app: App, signed_in: SignedIn) -> None:
    owner, path = await signed_in("owner"), f"{PATH}/translation"
    fields = {"translation.engine": "phrasebook", "translation.location": "local", "sentence": "你好"}
    tried = await send(owner, await owner.get(path), path, {**fields, "from": "zh", "to": "en", "do": "try"})
    assert (tried.status, "Hello</p>" in tried.text) == (200, True)
    assert (app.settings.translation.engine, await first_steps.states(app)) == ("", {})


async def test_an_admin_has_the_steps_but_the_owners(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    assert f"{PATH}/translation" not in (await admin.get(PATH)).text
    assert (await admin.get(f"{PATH}/translation")).status == 403
    assert (await send(admin, await admin.get(f"{PATH}/name"), f"{PATH}/name", do="skip")).status == 303
    assert (await admin.get(f"{PATH}/dance")).status == 404


async def test_the_owner_is_reminded_until_the_steps_are_done_or_put_aside(app: App, signed_in: SignedIn) -> None:
    owner, admin = await signed_in("owner"), await signed_in("admin")
    reminder = f'<a href="{PATH}">'
    assert reminder in (await owner.get("/explore")).text
    assert reminder not in (await admin.get("/explore")).text
    await send(owner, await owner.get(PATH), PATH)
    assert reminder not in (await owner.get("/explore")).text
