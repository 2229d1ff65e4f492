"""Profiles: making local accounts, finding accounts by handle, and changing what a profile says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError

from fedinote.accounts import emojis, links, names, wishes
from fedinote.accounts.bios import field_html, note_html
from fedinote.accounts.models import Account, AccountKey
from fedinote.events import AccountJoined, AccountWishChanged, ProfileUpdated
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, InvalidField, NotFound
from fedinote.infra.keys import KeyPair, generate_pair
from fedinote.policy import domains

MAX_DISPLAY_NAME = 40
MAX_NOTE = 500
MAX_FIELDS = 6
MAX_FIELD = 255
MAX_PICTURE_DESCRIPTION = 1500
MAX_ATTRIBUTION_DOMAINS = 100
_WORDS = frozenset({"display_name", "note", "fields_"})
PERSON, BOT, INSTANCE = "Person", "Service", "Application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What to change of a profile; None leaves a thing as it is.

    `note` and the values of `fields` are plain text as the person typed it. `avatar` and `header` are keys of
    pictures already re-encoded and stored; "" removes the picture, and its description with it.
    `attribution_domains` are domains or URLs of websites; `machine_translation` is a value of `wishes`.
    """

    display_name: str | None = None
    note: str | None = None
    fields: Sequence[tuple[str, str]] | None = None
    avatar: str | None = None
    header: str | None = None
    locked: bool | None = None
    bot: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    hide_collections: bool | None = None
    avatar_description: str | None = None
    header_description: str | None = None
    show_media: bool | None = None
    show_media_replies: bool | None = None
    show_featured: bool | None = None
    attribution_domains: Sequence[str] | None = None
    machine_translation: str | None = None


_AS_GIVEN = (
    "avatar", "header", "locked", "discoverable", "indexable", "hide_collections", "show_media", "show_media_replies",
    "show_featured",
)  # fmt: skip


async def create_local(
    app: App,
    username: str,
    *,
    display_name: str = "",
    actor_type: str = PERSON,
    pair: KeyPair | None = None,
    announce: bool = True,
) -> Account:
    """Make an account of this server with its key, and emit AccountJoined (unless `announce` is false).

    `Invalid` when the name breaks a rule or was ever taken, also by an account that is gone: its followers elsewhere
    would take the newcomer for it. Give a `pair` when a transaction is open already, since making one takes long.
    """
    names.check(username)
    if names.key(username) in {names.key(own) for own in app.settings.own_hosts}:
        raise Invalid("Username is reserved")
    await check_free(app, username)
    made = pair or await generate_pair()
    account = _new(app, username)
    account.actor_type = actor_type
    account.display_name = display_name[:MAX_DISPLAY_NAME]
    async with app.db.transaction():
        try:
            await _save_with_key(app, account, made)
        except IntegrityError as error:
            raise _taken() from error
        if announce:
            await app.emit(AccountJoined(account.id))
    return account


def _new(app: App, username: str) -> Account:
    uri = app.url(f"/users/{username}")
    return Account(
        **_common(app, username, uri),
        url=app.url(f"/@{username}"),
        inbox_url=f"{uri}/inbox",
        outbox_url=f"{uri}/outbox",
        followers_url=f"{uri}/followers",
        following_url=f"{uri}/following",
        featured_url=f"{uri}/collections/featured",
    )


async def ensure_instance_actor(app: App) -> Account:
    """Return the actor that signs for the server itself, making it at the first start (type Application).

    Nobody can log in as it, and nobody can follow it. Its name is the host, as Mastodon's is.
    """
    uri = app.url("/actor")
    found = await Account.filter(uri=uri).using_db(app.db.orm).first()
    if found is not None:
        return found
    account = Account(
        **_common(app, app.settings.host, uri),
        url=app.url("/about"),
        actor_type=INSTANCE,
        locked=True,
        inbox_url=f"{uri}/inbox",
        outbox_url=f"{uri}/outbox",
    )
    pair = await generate_pair()
    try:
        async with app.db.transaction():
            await _save_with_key(app, account, pair)
    except IntegrityError:  # another process was first
        return await Account.get(uri=uri, using_db=app.db.orm)
    return account


def _common(app: App, username: str, uri: str) -> dict[str, Any]:
    return {
        "id": app.ids.next(),
        "username": username,
        "username_key": names.key(username),
        "uri": uri,
        "shared_inbox_url": app.url("/inbox"),
        "created_at": app.now(),
        "discoverable": False,
    }


async def _save_with_key(app: App, account: Account, pair: KeyPair) -> None:
    await account.save(using_db=app.db.orm, force_create=True)
    await AccountKey.create(
        using_db=app.db.orm,
        account_id=account.id,
        key_id=f"{account.uri}#main-key",
        public_pem=pair.public_pem,
        private_pem=pair.private_pem,
        created_at=account.created_at,
    )


async def check_free(app: App, username: str) -> None:
    """Raise `Invalid` when a name is taken, or was: by a deleted account, or by one that only its tombstone tells of.

    A courtesy before the costly work; the unique index is what decides.
    """
    uris = [app.url(f"/users/{form}") for form in {username, names.key(username)}]
    taken = await app.db.row(
        "SELECT 1 AS value FROM accounts WHERE username_key = ? AND domain = ''"
        " UNION ALL SELECT 1 AS value FROM tombstones WHERE uri IN_TEXTS(?)",
        names.key(username),
        uris,
    )
    if taken is not None:
        raise _taken()


def _taken() -> InvalidField:
    return InvalidField("username", "ERR_TAKEN", "Username", "has already been taken")


async def update(app: App, account_id: int, changes: Changes) -> Account:
    """Change a local profile and emit ProfileUpdated. `Invalid` when something is too long, or too many fields.

    Pictures that are replaced are removed from the storage once the change is committed.
    """
    account = await Account.filter(id=account_id, domain="", deleted_at=None).using_db(app.db.orm).first()
    if account is None:
        raise NotFound
    values = await _values(app, changes, account.fields_)
    replaced = [
        old for old, new in ((account.avatar, changes.avatar), (account.header, changes.header)) if new is not None
    ]
    wished = account.machine_translation
    account.update_from_dict(values)
    if values.keys() & _WORDS:
        values["emojis"] = account.emojis = list(await emojis.used(app, _words(account)))
    async with app.db.transaction():
        if values:
            await account.save(using_db=app.db.orm, update_fields=list(values))
        if account.machine_translation != wished:
            await app.emit(AccountWishChanged(account.id))
        await app.emit(ProfileUpdated(account.id, local=True))
    for key in filter(None, replaced):
        await app.storage.delete(key)
    return account


def _words(account: Account) -> str:
    """Return all that a profile says in its owner's words, where custom emoji may be."""
    fields = [text for field in account.fields_ for text in (field["name"], field.get("source", field["value"]))]
    return "\n".join((account.display_name, account.note_source, *fields))


async def _values(app: App, changes: Changes, old: Sequence[links.Field]) -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name in _AS_GIVEN if (value := getattr(changes, name)) is not None}
    values |= _descriptions(changes)
    if changes.display_name is not None:
        values["display_name"] = _short("Display name", _one_line(changes.display_name), MAX_DISPLAY_NAME)
    if changes.note is not None:
        source = _short("Note", changes.note.replace("\r\n", "\n").strip(), MAX_NOTE)
        values["note_source"] = source
        values["note"] = await note_html(app, source)
    if changes.fields is not None:
        values["fields_"] = _fields(app, changes.fields, old)
    if changes.bot is not None:
        values["actor_type"] = BOT if changes.bot else PERSON
    if changes.attribution_domains is not None:
        values["attribution_domains"] = _websites(changes.attribution_domains)
    if changes.machine_translation is not None:
        values["machine_translation"] = wishes.checked(changes.machine_translation).value
    return values


def _descriptions(changes: Changes) -> dict[str, str]:
    """Return the descriptions that change: as given, or blank with the picture that goes."""
    found = {}
    for name in ("avatar", "header"):
        given = getattr(changes, f"{name}_description")
        if given is not None or getattr(changes, name) == "":
            label = f"{name.capitalize()} description"
            found[f"{name}_description"] = _short(label, (given or "").strip(), MAX_PICTURE_DESCRIPTION)
    return found


def _websites(texts: Sequence[str]) -> list[str]:
    hosts = [text.strip().partition("://")[2] or text.strip() for text in texts]
    found = list(dict.fromkeys(domains.key(host.partition("/")[0]) for host in hosts if host))
    if len(found) > MAX_ATTRIBUTION_DOMAINS:
        raise Invalid(f"Validation failed: Attribution domains are {MAX_ATTRIBUTION_DOMAINS} at most")
    return found


def _fields(app: App, pairs: Iterable[tuple[str, str]], old: Sequence[links.Field]) -> list[dict[str, Any]]:
    """Render the fields; `source` keeps what was typed, for the editor. Blank ones are dropped, proven ones stay so."""
    cleaned = [(_one_line(name), _one_line(value)) for name, value in pairs]
    kept = [(name, value) for name, value in cleaned if name or value]
    if len(kept) > MAX_FIELDS:
        raise Invalid(f"Fields must be {MAX_FIELDS} at most")
    rendered = [
        (_short("Field name", name, MAX_FIELD), field_html(app, _short("Field value", value, MAX_FIELD)))
        for name, value in kept
    ]
    return [field | {"source": value} for field, (_, value) in zip(links.merged(rendered, old), kept, strict=True)]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _short(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise Invalid(f"{what} is too long (maximum is {most} characters)")
    return text


async def find(app: App, acct: str) -> Account | None:
    """Return the account of a handle `user`, `@user` or `user@domain` that is known here, or None; case is ignored.

    Our own domain counts as local. Accounts that were deleted, and people not yet approved, are not found.
    """
    username, _, domain = acct.strip().removeprefix("@").partition("@")
    if not username or len(username) > 2048:
        return None
    domain = domain.lower()
    if not domain or domain in app.settings.own_hosts:
        return await local(app, username)
    return (
        await Account.filter(username_key=names.key(username), domain=domain, deleted_at=None)
        .using_db(app.db.orm)
        .first()
    )


async def local(app: App, username: str) -> Account | None:
    """Return the local account of a username, whatever its case; None as for `find`. The instance actor is found."""
    account = (
        await Account.filter(username_key=names.key(username), domain="", deleted_at=None).using_db(app.db.orm).first()
    )
    if account is None:
        return None
    waits = await app.db.row("SELECT 1 AS value FROM users WHERE account_id = ? AND state = 'pending'", account.id)
    return account if waits is None else None


async def by_ids(app: App, ids: Iterable[int]) -> dict[int, Account]:
    """Return accounts by id, in one query; those that do not exist are left out."""
    listed = list(set(ids))
    if not listed:
        return {}
    return {account.id: account for account in await Account.filter(id__in=listed).using_db(app.db.orm)}


async def removed_at(app: App, username: str) -> datetime | None:
    """Tell when the local account of this name was deleted; None when it was not (its URLs answer 410 after)."""
    account = await Account.filter(username_key=names.key(username), domain="").using_db(app.db.orm).first()
    return None if account is None else account.deleted_at
