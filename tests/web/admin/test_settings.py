"""/admin/settings in a browser: what differs is chosen, what is locked is shown, what is wrong comes back as typed."""

from fedinote.infra import choices
from fedinote.infra.app import App
from fedinote.infra.settings import Loaded
from fedinote.web.admin.fields import ENGINE, FIELDS, GROUPS
from tests.moderation.staff import log
from tests.web.admin.conftest import SignedIn, send

SERVER = "/admin/settings/server"


def test_each_key_that_can_be_changed_has_words_and_its_place() -> None:
    assert set(FIELDS) == set(choices.changeable())
    shown = [key for group in GROUPS for key in group.keys]
    assert len(shown) == len(set(shown))
    assert set(shown) == {key for key in FIELDS if not key.startswith("translation.")}
    assert set(ENGINE) <= set(FIELDS)


def filled(app: App, **changed: str) -> dict[str, str]:
    """Return the fields of the first group as a browser sends them back."""
    instance = app.settings.instance
    return {
        "instance.title": instance.title,
        "instance.description": instance.description,
        "instance.languages": instance.languages[0],
        "instance.languages.more": "",
        "instance.contact_email": instance.contact_email,
        "instance.contact_account": instance.contact_account,
        "instance.suggested_accounts": "\r\n".join(instance.suggested_accounts),
        "instance.annual_reports": "1",
        **{key.replace("__", "."): value for key, value in changed.items()},
    }


async def test_only_what_differs_is_chosen_and_holds_at_once(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    page = await admin.get(SERVER)
    changed = filled(app, instance__title="Tea <House>", instance__languages__more="zh-hans, pt-br")
    sent = await send(admin, page, SERVER, changed)
    assert (sent.status, sent.location) == (303, SERVER)
    assert app.settings.instance.title == "Tea <House>"
    assert app.settings.instance.languages == ["en", "zh-Hans", "pt-BR"]
    assert set(choices.kept(app)) == {"instance.title", "instance.languages"}
    shown = await admin.get(SERVER)
    assert 'value="Tea &lt;House&gt;"' in shown.text
    assert "Saved." in shown.text
    assert 'value="pt-BR"' in shown.text
    assert ("setting.set", "instance.title") in await log(app)


async def test_a_choice_is_taken_back_by_its_button(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    await send(admin, await admin.get(SERVER), SERVER, filled(app, instance__title="Tea"))
    page = await admin.get(SERVER)
    sent = await send(admin, page, SERVER, {**filled(app, instance__description="Not this"), "reset": "instance.title"})
    assert sent.status == 303
    assert (app.settings.instance.title, choices.kept(app)) == ("FediNote", {})
    other = await send(admin, page, SERVER, {"reset": "posts.max_characters"})
    assert other.status == 404


async def test_a_switch_that_is_not_sent_is_off(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    fields = filled(app)
    del fields["instance.annual_reports"]
    await send(admin, await admin.get(SERVER), SERVER, fields)
    assert app.settings.instance.annual_reports is False


async def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/settings/posts"
    page = await admin.get(path)
    fields = {
        "posts.max_characters": "0",
        "posts.max_attachments": "7",
        "posts.max_poll_options": "4",
        "posts.max_poll_option_characters": "50",
        "posts.link_previews": "1",
    }
    sent = await send(admin, page, path, fields)
    assert sent.status == 422
    assert "posts.max_characters: must be 1 or more" in sent.text
    assert 'value="7"' in sent.text
    none = await send(admin, page, path, {**fields, "posts.max_characters": "many"})
    assert (none.status, "Longest post: this is no number" in none.text) == (422, True)
    assert app.settings.posts.max_attachments != 7


async def test_sizes_are_asked_for_in_megabytes(app: App, signed_in: SignedIn) -> None:
    admin, path = await signed_in("admin"), "/admin/settings/media"
    page = await admin.get(path)
    assert 'value="16"' in page.text
    media = app.settings.media
    fields = {f"media.{name}": str(getattr(media, name)) for name in media.__struct_fields__}
    fields |= {name: str(int(value) / 1_000_000) for name, value in fields.items() if name.endswith("bytes")}
    sent = await send(admin, page, path, {**fields, "media.max_image_bytes": "2.5"})
    assert (sent.status, app.settings.media.max_image_bytes) == (303, 2_500_000)
    assert set(choices.kept(app)) == {"media.max_image_bytes"}


async def test_what_file_or_environment_say_is_shown_as_locked_and_a_forged_field_changes_nothing(
    app: App, signed_in: SignedIn
) -> None:
    assert isinstance(app.given, Loaded)
    app.given = app.settings = Loaded(
        **{name: getattr(app.given, name) for name in app.given.__struct_fields__ if name != "sources"},
        sources={**app.given.sources, "instance.title": "/etc/fedinote.toml"},
    )
    admin = await signed_in("admin")
    page = await admin.get(SERVER)
    assert "Set in /etc/fedinote.toml; it can only be changed there." in page.text
    assert 'name="instance.title"' not in page.text
    sent = await send(admin, page, SERVER, filled(app, instance__title="Forged", instance__description="Mine"))
    assert (sent.status, app.settings.instance.title) == (303, "FediNote")
    assert app.settings.instance.description == "Mine"


async def test_a_group_that_is_none_is_not_there(signed_in: SignedIn) -> None:
    assert (await (await signed_in("admin")).get("/admin/settings/translation")).status == 404
