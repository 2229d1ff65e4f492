"""Finding people and hashtags by how their names begin."""

from fedinote.accounts import profiles
from fedinote.accounts.profiles import Changes
from fedinote.infra.app import App
from fedinote.relations import follows
from fedinote.search import hashtags, people
from fedinote.timelines import tags
from tests.support import accounts
from tests.support.people import person
from tests.web.reading import write


async def test_whom_one_follows_comes_before_others_and_the_very_handle_first(app: App) -> None:
    alice, anna, anton = await person(app), await person(app, "anna"), await person(app, "anton")
    far = await accounts.remote(app, "annika")
    await follows.request(app, alice.account_id, anton.account_id)
    found = await people.named(app, alice.account_id, "@an")
    assert found == [anton.account_id, anna.account_id, far.id]
    assert (await people.named(app, alice.account_id, "an", exact=[far.id]))[0] == far.id
    assert await people.named(app, alice.account_id, "an", following=True) == [anton.account_id]


async def test_names_are_looked_into_and_suspended_people_are_not_found(app: App) -> None:
    alice, bob = await person(app), await person(app, "bob")
    await profiles.update(app, bob.account_id, Changes(display_name="Ärzte am Meer"))
    assert await people.named(app, alice.account_id, "meer") == [bob.account_id]
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), bob.account_id)
    assert await people.named(app, alice.account_id, "meer") == []
    assert not await people.shown(app, bob.account_id)
    assert await people.shown(app, alice.account_id)


async def test_a_tag_of_private_posts_alone_is_not_found(app: App) -> None:
    alice, bob = await person(app), await person(app, "bob")
    await write(app, bob, "#teatime", visibility="private")
    assert await hashtags.named(app, alice.account_id, "#tea") == []
    await write(app, bob, "#teapot")
    followed = await tags.follow(app, alice.account_id, "teahouse")
    pot = await tags.find(app, "teapot")
    assert await hashtags.named(app, alice.account_id, "tea") == [followed, pot]
    assert await hashtags.named(app, bob.account_id, "tea") == [pot]
    assert await hashtags.named(app, bob.account_id, "#") == []
