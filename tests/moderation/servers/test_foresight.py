"""What a block would do, told before it is made: the same as it then does."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.media.models import Media
from fedinote.moderation.servers import domains, foresight
from fedinote.moderation.servers.domains import Terms
from fedinote.policy.models import DomainBlock
from fedinote.relations import follows
from tests.relations.people import change, person, post
from tests.support import tables


async def _follow(app: App, follower: int, target: int) -> None:
    await follows.request(app, follower, target)
    await follows.accept(app, follower, target)


async def _town(app: App) -> tuple[int, int, int]:
    """Alice and bob here; one person of far.example and one of a subdomain, tied to both."""
    alice, bob = await person(app, "alice"), await person(app, "bob")
    far, below = await person(app, "far", "far.example"), await person(app, "below", "sub.far.example")
    await person(app, "other", "notfar.example")
    for follower, target in ((alice, far), (far, alice), (bob, below), (far, bob)):
        await _follow(app, follower, target)
    await post(app, far, "Hello", local=False)
    await Media.create(
        using_db=app.db.orm, id=app.ids.next(), account_id=below, kind="image", media_type="image/png",
        remote_url="https://sub.far.example/1.png", created_at=app.now(),
    )  # fmt: skip
    return alice, far, below


async def test_a_suspension_is_foretold_as_it_then_happens_and_nothing_is_changed_by_looking(app: App) -> None:
    await _town(app)
    async with tables.untouched(app):
        seen = await foresight.of_block(app, "Far.Example", Terms(reject_media=True))
    assert (seen.domain, seen.present) == ("far.example", None)
    assert (seen.accounts, seen.posts, seen.following, seen.followers) == (2, 1, 2, 2)
    assert (seen.suspended, seen.parted_following, seen.parted_followers, seen.losers) == (2, 2, 2, 2)
    assert seen.media == 1
    done = await domains.block(app, "far.example", Terms(reject_media=True), by=None)
    assert done.numbers == {"suspended": 2, "follows_ended": 4}
    again = await foresight.of_block(app, "far.example", Terms(reject_media=True))
    assert (again.suspended, again.losers, again.accounts) == (0, 0, 2)


async def test_limits_and_the_end_of_a_block_are_foretold(app: App) -> None:
    await _town(app)
    seen = await foresight.of_block(app, "far.example", Terms(severity="silence"))
    assert (seen.silenced, seen.suspended, seen.parted_following, seen.losers) == (2, 0, 0, 0)
    await domains.block(app, "far.example", Terms(), by=None)
    ending = await foresight.of_block(app, "far.example", None)
    assert (ending.restored, ending.suspended) == (2, 0)


async def test_blocks_above_and_below_count_and_are_named(app: App) -> None:
    await _town(app)
    await domains.block(app, "sub.far.example", Terms(severity="noop"), by=None)
    seen = await foresight.of_block(app, "far.example", Terms())
    assert (seen.suspended, seen.below, seen.above) == (1, ("sub.far.example",), ())
    inner = await foresight.of_block(app, "deep.sub.far.example", Terms())
    assert (inner.above, inner.accounts) == (("sub.far.example",), 0)


async def test_what_a_person_decided_is_not_foretold_as_restored(app: App) -> None:
    far = await person(app, "far", "far.example")
    await change(app, far, suspended_at=app.now())
    await domains.block(app, "far.example", Terms(), by=None)
    assert (await foresight.of_block(app, "far.example", None)).restored == 0


@pytest.mark.parametrize("name", ["", "no domain", "http://x"])
async def test_what_is_no_domain_or_our_own_is_refused(app: App, name: str) -> None:
    for one in (name, app.settings.host):
        with pytest.raises(Invalid):
            await foresight.of_block(app, one, Terms())
    assert await DomainBlock.all().using_db(app.db.orm).count() == 0


async def test_many_servers_are_seen_at_a_glance_with_their_subdomains(app: App) -> None:
    await _town(app)
    seen = await foresight.at_a_glance(app, ["far.example", "notfar.example", "nobody.example"])
    assert seen["far.example"] == foresight.Glance(accounts=2, following=2, followers=2)
    assert (seen["notfar.example"].accounts, seen["nobody.example"].accounts) == (1, 0)
    assert await foresight.at_a_glance(app, []) == {}
