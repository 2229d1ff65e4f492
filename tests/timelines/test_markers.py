"""Markers: one for each timeline, with a version that grows."""

import asyncio

from fedinote.infra.app import App
from fedinote.timelines import markers
from tests.relations.people import person


async def test_a_marker_is_kept_for_each_timeline(app: App) -> None:
    me, other = await person(app, "me"), await person(app, "other")
    written = await markers.write(app, me, {"home": 5, "notifications": 6, "elsewhere": 7})
    assert [(one.timeline, one.last_read_id, one.version) for one in written] == [
        ("home", 5, 0),
        ("notifications", 6, 0),
    ]
    assert await markers.read(app, me, ["home", "notifications", "elsewhere"]) == written
    assert await markers.read(app, me, ["home"]) == written[:1]
    assert await markers.read(app, other, ["home"]) == []


async def test_the_version_grows_with_each_change_also_of_several_devices_at_once(app: App) -> None:
    me = await person(app, "me")
    await asyncio.gather(*(markers.write(app, me, {"home": position}) for position in range(5)))
    (now,) = await markers.read(app, me, ["home"])
    assert now.version == 4
    (later,) = await markers.write(app, me, {"home": 2})
    assert (later.last_read_id, later.version) == (2, 5)
