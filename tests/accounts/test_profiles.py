import asyncio

import pytest

from fedinote.accounts import profiles
from fedinote.accounts.models import Account, AccountKey
from fedinote.accounts.profiles import Changes
from fedinote.events import AccountJoined, ProfileUpdated
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound

PNG = b"\x89PNG"


def listen(app: App, *kinds: type) -> list[object]:
    heard: list[object] = []

    async def hear(_: App, event: object) -> None:
        heard.append(event)

    app.reactions = {**app.reactions, **{kind: [hear] for kind in kinds}}
    return heard


async def test_a_local_account_has_its_addresses_and_a_key(app: App) -> None:
    heard = listen(app, AccountJoined)
    account = await profiles.create_local(app, "Alice", display_name="Alice L.")
    assert (account.uri, account.url) == (app.url("/users/Alice"), app.url("/@Alice"))
    assert account.inbox_url == app.url("/users/Alice/inbox")
    assert account.shared_inbox_url == app.url("/inbox")
    assert account.featured_url == app.url("/users/Alice/collections/featured")
    key = await AccountKey.get(account_id=account.id, using_db=app.db.orm)
    assert key.key_id == f"{account.uri}#main-key"
    assert key.public_pem.startswith("-----BEGIN PUBLIC KEY-----")
    assert (key.private_pem or "").startswith("-----BEGIN PRIVATE KEY-----")
    assert heard == [AccountJoined(account.id)]


async def test_a_name_is_taken_in_every_case(app: App) -> None:
    await profiles.create_local(app, "Alice")
    for name in ("alice", "ALICE", "Alice"):
        with pytest.raises(Invalid, match="taken"):
            await profiles.create_local(app, name)


async def test_of_several_at_the_same_time_one_gets_the_name(app: App) -> None:
    tries = (profiles.create_local(app, name) for name in ("alice", "Alice", "ALICE"))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, Account) for result in results) == 1
    assert all(isinstance(result, Account | Invalid) for result in results)


async def test_the_name_of_a_deleted_account_is_never_given_again(app: App) -> None:
    account = await profiles.create_local(app, "alice")
    await app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", app.now(), account.id)
    assert await profiles.find(app, "alice") is None
    assert await profiles.removed_at(app, "Alice") is not None
    for name in ("alice", "Alice"):
        with pytest.raises(Invalid, match="taken"):
            await profiles.create_local(app, name)


async def test_a_tombstone_alone_keeps_the_name(app: App) -> None:
    await app.db.execute("INSERT INTO tombstones (uri, created_at) VALUES (?, ?)", app.url("/users/gone"), app.now())
    for name in ("gone", "Gone"):
        with pytest.raises(Invalid, match="taken"):
            await profiles.create_local(app, name)


async def test_the_instance_actor_is_one_application_with_a_key(app: App) -> None:
    first, second = await profiles.ensure_instance_actor(app), await profiles.ensure_instance_actor(app)
    assert first.id == second.id
    assert (first.username, first.uri, first.actor_type) == (app.settings.host, app.url("/actor"), "Application")
    assert first.inbox_url == app.url("/actor/inbox")
    assert await AccountKey.filter(account_id=first.id).using_db(app.db.orm).count() == 1
    found = await profiles.find(app, f"{app.settings.host}@{app.settings.host}")
    assert found is not None
    assert found.id == first.id


async def test_handles_are_found_in_any_case_and_our_own_domain_is_local(app: App) -> None:
    account = await profiles.create_local(app, "Alice")
    for acct in ("alice", "@ALICE", f"alice@{app.settings.host}", f"@Alice@{app.settings.host.upper()}"):
        found = await profiles.find(app, acct)
        assert found is not None, acct
        assert found.id == account.id
    for acct in ("", "@", "alice@elsewhere.example", "alic", "x" * 5000, "a@b@c"):
        assert await profiles.find(app, acct) is None


async def test_remote_accounts_are_found_by_their_domain(app: App) -> None:
    await Account.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        username="Bob",
        username_key="bob",
        domain="elsewhere.example",
        uri="https://elsewhere.example/bob",
        created_at=app.now(),
    )
    assert await profiles.find(app, "bob@Elsewhere.example") is not None
    assert await profiles.find(app, "bob") is None


async def test_accounts_come_by_ids_in_one_query(app: App) -> None:
    first, second = [await profiles.create_local(app, name) for name in ("alice", "bob")]
    before = app.db.statements
    found = await profiles.by_ids(app, [second.id, first.id, first.id, 1])
    assert app.db.statements == before + 1
    assert set(found) == {first.id, second.id}
    assert await profiles.by_ids(app, []) == {}


async def test_a_bio_becomes_html_with_links_tags_and_known_people(app: App) -> None:
    account = await profiles.create_local(app, "alice")
    heard = listen(app, ProfileUpdated)
    source = "I <3 #cats & @alice, @nobody\nhttps://example.org/"
    await profiles.update(app, account.id, Changes(note=source, display_name="  Alice\nL. "))
    kept = await Account.get(id=account.id, using_db=app.db.orm)
    assert kept.display_name == "Alice L."
    assert kept.note_source == source
    assert "I &lt;3" in kept.note
    assert f'href="{app.url("/tags/cats")}"' in kept.note
    assert f'href="{app.url("/@alice")}"' in kept.note
    assert "@nobody" in kept.note
    assert 'href="https://example.org/"' in kept.note
    assert heard == [ProfileUpdated(account.id, local=True)]


async def test_fields_are_linked_and_keep_what_was_typed(app: App) -> None:
    account = await profiles.create_local(app, "alice")
    pairs = [("Site", "https://alice.example"), ("", ""), ("<b>", "<script>alert(1)</script>\nx")]
    kept = await profiles.update(app, account.id, Changes(fields=pairs))
    site, other = kept.fields_
    assert site["source"] == "https://alice.example"
    assert 'rel="me ' in site["value"]
    assert 'href="https://alice.example"' in site["value"]
    assert "<script>" not in other["value"]
    assert "&lt;script&gt;" in other["value"]


@pytest.mark.parametrize(
    "changes",
    [
        Changes(display_name="x" * 41),
        Changes(note="x" * 501),
        Changes(fields=[("a", "b")] * 7),
        Changes(fields=[("x" * 256, "b")]),
        Changes(fields=[("a", "x" * 256)]),
    ],
)
async def test_what_is_too_long_is_refused_and_nothing_changes(app: App, changes: Changes) -> None:
    account = await profiles.create_local(app, "alice")
    with pytest.raises(Invalid):
        await profiles.update(app, account.id, changes)
    kept = await Account.get(id=account.id, using_db=app.db.orm)
    assert (kept.display_name, kept.note, kept.fields_) == ("", "", [])


async def test_switches_change_alone(app: App) -> None:
    account = await profiles.create_local(app, "alice")
    await profiles.update(app, account.id, Changes(locked=True, bot=True, discoverable=True))
    kept = await profiles.update(app, account.id, Changes(indexable=True, hide_collections=True))
    assert (kept.locked, kept.actor_type, kept.discoverable) == (True, "Service", True)
    assert (kept.indexable, kept.hide_collections) == (True, True)
    assert (await profiles.update(app, account.id, Changes(bot=False))).actor_type == "Person"


async def test_a_replaced_picture_is_removed_from_the_storage(app: App) -> None:
    account = await profiles.create_local(app, "alice")
    first, second = await app.storage.put(PNG, "png"), await app.storage.put(PNG, "png")
    await profiles.update(app, account.id, Changes(avatar=first))
    await profiles.update(app, account.id, Changes(avatar=second))
    with pytest.raises(NotFound):
        app.storage.path(first)
    assert app.storage.path(second).read_bytes() == PNG
    kept = await profiles.update(app, account.id, Changes(avatar=""))
    assert kept.avatar == ""


async def test_accounts_of_others_and_deleted_ones_cannot_be_changed(app: App) -> None:
    account = await profiles.create_local(app, "alice")
    await app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", app.now(), account.id)
    for account_id in (account.id, 1):
        with pytest.raises(NotFound):
            await profiles.update(app, account_id, Changes(note="x"))
