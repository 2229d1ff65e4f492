"""Each number that the server tells about itself is the one at which it refuses."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fedinote import worker
from tests.api.client import Answer, Client, File
from tests.api.conftest import Person, Town, picture
from tests.api.test_statuses import write
from tests.support.people import configure

Attempt = Callable[[Person, int], Awaitable[Answer]]
POSTS, PROFILE = "/api/v1/statuses", "/api/v1/profile"
EMOJI = [chr(code) for code in range(0x1F600, 0x1F620)]


async def characters(who: Person, number: int) -> Answer:
    return await who.post(POSTS, {"status": "x" * number})


async def characters_with_urls(who: Person, number: int) -> Answer:
    """A long URL counts as so many characters as the server says."""
    reserved = (await who.get("/api/v2/instance")).json["configuration"]["statuses"]["characters_reserved_per_url"]
    link = f"https://example.org/{'long' * 30}"
    return await who.post(POSTS, {"status": f"{link} {'x' * (number - reserved - 1)}"})


async def attachments(who: Person, number: int) -> Answer:
    ids = [
        (await who.post("/api/v2/media", parts=[("file", File("a.png", picture()))])).json["id"] for _ in range(number)
    ]
    return await who.post(POSTS, {"status": "x", "media_ids": ids})


async def media_description(who: Person, number: int) -> Answer:
    return await who.post("/api/v2/media", parts=[("file", File("a.png", picture())), ("description", "x" * number)])


async def image_pixels(who: Person, number: int) -> Answer:
    side = 64 if number <= 64 * 64 else 65
    return await who.post("/api/v2/media", parts=[("file", File("a.png", picture(side)))])


async def image_bytes(who: Person, number: int) -> Answer:
    file = picture()
    return await who.post("/api/v2/media", parts=[("file", File("a.png", file + b"\0" * (number - len(file))))])


def poll(**values: Any) -> dict[str, Any]:
    return {"status": "?", "poll": {"options": ["a", "b"], "expires_in": 600, **values}}


async def poll_options(who: Person, number: int) -> Answer:
    return await who.post(POSTS, poll(options=[f"o{one}" for one in range(number)]))


async def poll_option_characters(who: Person, number: int) -> Answer:
    return await who.post(POSTS, poll(options=["a", "x" * number]))


async def poll_seconds(who: Person, number: int) -> Answer:
    return await who.post(POSTS, poll(expires_in=number))


async def shortest_poll(who: Person, number: int) -> Answer:
    """One second less is refused, as one more than the number is asked for."""
    least = (await who.get("/api/v2/instance")).json["configuration"]["polls"]["min_expiration"]
    return await who.post(POSTS, poll(expires_in=2 * least - number))


async def display_name(who: Person, number: int) -> Answer:
    return await who.patch(PROFILE, {"display_name": "x" * number})


async def note(who: Person, number: int) -> Answer:
    return await who.patch(PROFILE, {"note": "x" * number})


async def avatar_description(who: Person, number: int) -> Answer:
    return await who.patch(PROFILE, {"avatar_description": "x" * number})


async def header_description(who: Person, number: int) -> Answer:
    return await who.patch(PROFILE, {"header_description": "x" * number})


def fields(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"fields_attributes": [{"name": name, "value": value} for name, value in pairs]}


async def profile_fields(who: Person, number: int) -> Answer:
    return await who.patch(PROFILE, fields(*((f"n{one}", "v") for one in range(number))))


async def field_name(who: Person, number: int) -> Answer:
    return await who.patch(PROFILE, fields(("x" * number, "v")))


async def field_value(who: Person, number: int) -> Answer:
    return await who.patch(PROFILE, fields(("n", "x" * number)))


async def featured_tags(who: Person, number: int) -> Answer:
    for one in range(number - 1):
        await who.post("/api/v1/featured_tags", {"name": f"tag{one}"})
    return await who.post("/api/v1/featured_tags", {"name": "last"})


async def pinned(who: Person, number: int) -> Answer:
    ids = [(await write(who, f"{one}"))["id"] for one in range(number)]
    return [await who.post(f"{POSTS}/{one}/pin") for one in ids][-1]


async def reactions(who: Person, number: int) -> Answer:
    path = f"/api/v1/pleroma/statuses/{(await write(who, 'x'))['id']}/reactions"
    return [await who.put(f"{path}/{EMOJI[one]}") for one in range(number)][-1]


TRIED: dict[str, list[Attempt]] = {
    "statuses.max_characters": [characters, characters_with_urls],
    "statuses.max_media_attachments": [attachments],
    "media_attachments.description_limit": [media_description],
    "media_attachments.image_size_limit": [image_bytes],
    "media_attachments.image_matrix_limit": [image_pixels],
    "polls.max_options": [poll_options],
    "polls.max_characters_per_option": [poll_option_characters],
    "polls.min_expiration": [shortest_poll],
    "polls.max_expiration": [poll_seconds],
    "accounts.max_display_name_length": [display_name],
    "accounts.max_note_length": [note],
    "accounts.max_avatar_description_length": [avatar_description],
    "accounts.max_header_description_length": [header_description],
    "accounts.max_featured_tags": [featured_tags],
    "accounts.max_pinned_statuses": [pinned],
    "accounts.max_profile_fields": [profile_fields],
    "accounts.profile_field_name_limit": [field_name],
    "accounts.profile_field_value_limit": [field_value],
    "reactions.max_reactions": [reactions],
}
ELSEWHERE = {
    "statuses.characters_reserved_per_url",  # with max_characters
    "media_attachments.video_size_limit",  # these need films: tests/media
    "media_attachments.video_frame_rate_limit",
    "media_attachments.video_matrix_limit",
}


async def told(client: Client) -> dict[str, int]:
    configuration = (await client.get("/api/v2/instance")).json["configuration"]
    return {
        f"{group}.{name}": value
        for group, values in configuration.items()
        if isinstance(values, dict)
        for name, value in values.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }


async def test_every_number_is_tried(stranger: Client) -> None:
    assert set(await told(stranger)) == TRIED.keys() | ELSEWHERE


@pytest.mark.parametrize(("name", "attempt"), [(name, one) for name, all_ in TRIED.items() for one in all_])
async def test_a_number_is_the_limit(town: Town, alice: Person, bob: Person, name: str, attempt: Attempt) -> None:
    configure(
        town.app, "posts", max_characters=300, max_attachments=3, max_poll_options=5, max_poll_option_characters=40
    )
    configure(town.app, "media", max_description=200, max_image_bytes=5000, max_pixels=64 * 64)
    number = (await told(alice))[name]
    answer = await attempt(alice, number)
    assert answer.status == 200, answer.body
    assert (await attempt(bob, number + 1)).status in (413, 422)


async def test_the_older_form_tells_the_same_numbers(town: Town, stranger: Client) -> None:
    configure(town.app, "posts", max_characters=321)
    old = (await stranger.get("/api/v1/instance")).json
    new = (await stranger.get("/api/v2/instance")).json["configuration"]
    assert old["max_toot_chars"] == 321
    for group, values in old["configuration"].items():
        assert values == new[group]


@pytest.mark.parametrize(("mode", "status"), [("open", 200), ("approval", 200), ("invitation", 403), ("closed", 403)])
async def test_registrations_are_open_when_it_says_so(town: Town, mode: str, status: int) -> None:
    configure(town.app, "registrations", mode=mode)
    app_client = Client(town.asgi, await town.token(None))
    about = (await app_client.get("/api/v2/instance")).json["registrations"]
    assert about["enabled"] is (status == 200)
    assert about["approval_required"] is (mode == "approval")
    wanted = {"username": "nova", "email": "nova@mail.example", "password": "a long password", "agreement": True,
              "locale": "en", "reason": "tea"}  # fmt: skip
    answer = await app_client.post("/api/v1/accounts", wanted)
    if answer.status == 404:
        pytest.skip("accounts are made on pages only")
    assert (answer.status == 200) is (status == 200), answer.body


async def test_translation_is_told_when_there_is_an_engine(town: Town, alice: Person) -> None:
    from fedinote.translation.engines.phrasebook import Phrasebook
    from fedinote.translation.routing import Router

    post = await write(alice, "hello", language="en")
    await worker.settle(town.app)
    for router, enabled in ((None, False), (Router([Phrasebook()]), True)):
        town.app.translator = router
        about = (await alice.get("/api/v2/instance")).json["configuration"]["translation"]
        assert about == {"enabled": enabled}
        answer = await alice.post(f"{POSTS}/{post['id']}/translate", {"lang": "zh-Hans"})
        assert answer.status == (200 if enabled else 404)
