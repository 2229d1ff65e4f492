"""The page of one's own profile: name, words, pictures, fields, and the hashtags shown on it."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.accounts.models import Account
from fedinote.accounts.profiles import MAX_DISPLAY_NAME, MAX_FIELD, MAX_FIELDS, MAX_NOTE, Changes
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound, TooLarge
from fedinote.media import portraits
from fedinote.posts import featured_tags
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.pages import Upload, form, page, upload
from fedinote.web.settings.answers import done, number

PATH = "/settings/profile"
TAGS = f"{PATH}/tags"
_PICTURES = {"avatar": portraits.store_avatar, "header": portraits.store_header}


async def show(request: Request) -> Response:
    """GET /settings/profile."""
    return await _page(request, await browser.member(request))


async def _page(
    request: Request, here: Visit, *, sent: Mapping[str, str] | None = None, error: str = "", status: int = 200
) -> Response:
    account = (await profiles.by_ids(here.app, [here.member.account_id])).get(here.member.account_id)
    if account is None:
        raise NotFound
    return await shell.show(
        request,
        here,
        "settings/profile.html",
        status=status,
        values={**_stored(account), **(sent or {})},
        account=account,
        pictures={name: f"/media/{key}" if (key := getattr(account, name)) else "" for name in _PICTURES},
        bot=account.actor_type == profiles.BOT if sent is None else "bot" in sent,
        tags=await featured_tags.of(here.app, account.id),
        limits={"name": MAX_DISPLAY_NAME, "note": MAX_NOTE, "field": MAX_FIELD, "fields": MAX_FIELDS},
        most_tags=featured_tags.MAX_FEATURED,
        error=here.words.error(error) if error else "",
    )


def _stored(account: Account) -> dict[str, str]:
    """Return what the form begins with, by the names of its fields."""
    values = {
        "display_name": account.display_name,
        "note": account.note_source,
        "avatar_description": account.avatar_description,
        "header_description": account.header_description,
    }
    for at in range(MAX_FIELDS):
        field = account.fields_[at] if at < len(account.fields_) else {}
        values[f"name-{at}"] = field.get("name", "")
        values[f"value-{at}"] = field.get("source", field.get("value", ""))
    return values


async def save(request: Request) -> Response:
    """POST /settings/profile: words and pictures. What is wrong is said above the form, with what was typed."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    stored: dict[str, str] = {}
    try:
        await _store(here, sent, stored)
        changes = replace(_changes(sent.fields), avatar=stored.get("avatar"), header=stored.get("header"))
        await profiles.update(here.app, here.member.account_id, changes)
    except (Invalid, TooLarge) as error:
        for key in filter(None, stored.values()):
            await here.app.storage.delete(key)
        return await _page(request, here, sent=sent.fields, error=error.message, status=error.status)
    return done(here, PATH)


async def _store(here: Visit, sent: Upload, stored: dict[str, str]) -> None:
    """Store the pictures that came, and note their keys as soon as each is there; "" for one to be removed."""
    for name, store in _PICTURES.items():
        file = sent.file(name)
        if file is not None:
            stored[name] = await store(here.app, await _bytes(here.app, file), account_id=here.member.account_id)
        elif f"remove_{name}" in sent.fields:
            stored[name] = ""


async def _bytes(app: App, file: UploadFile) -> bytes:
    data = await file.read(app.settings.media.max_image_bytes + 1)
    if len(data) > app.settings.media.max_image_bytes:
        raise TooLarge
    return data


def _changes(values: Mapping[str, str]) -> Changes:
    pairs = [(values.get(f"name-{at}", ""), values.get(f"value-{at}", "")) for at in range(MAX_FIELDS)]
    return Changes(
        display_name=values.get("display_name"),
        note=values.get("note"),
        fields=pairs if any(name.startswith("name-") for name in values) else None,
        bot="bot" in values,
        avatar_description=values.get("avatar_description"),
        header_description=values.get("header_description"),
    )


async def change_tags(request: Request) -> Response:
    """POST /settings/profile/tags: show a hashtag (`tag`), or take one off (`remove`, its id)."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    me = here.member.account_id
    try:
        if "remove" in values:
            await featured_tags.unfeature(here.app, me, number(values["remove"]))
        else:
            await featured_tags.feature(here.app, me, values.get("tag", ""))
    except Invalid as error:
        return await _page(request, here, error=error.message, status=error.status)
    return done(here, f"{PATH}?tags")


ROUTES = (
    Route(PATH, page(show), methods=["GET"]),
    Route(PATH, page(save), methods=["POST"]),
    Route(TAGS, page(change_tags), methods=["POST"]),
)
