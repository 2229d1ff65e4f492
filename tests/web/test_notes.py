"""The page of a note: its pictures, films and music, its thread, its versions, and what others are told of it."""

from typing import Any

from bs4 import BeautifulSoup, Tag

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.media import uploads
from fedinote.posts import revising
from fedinote.posts.drafts import Draft, NewMedia, PollDraft
from tests.api.conftest import picture
from tests.media.films import cover, film, needs_films, sound, with_cover
from tests.support.browser import Browser
from tests.support.people import person
from tests.timelines.world import World
from tests.web.reading import signed_in, soup, write

WAVES = "ABCDefgh0123-_zz"
FAR = "https://far.example"


async def answered(app: App, stranger: Browser, alice: User, *media: NewMedia, **fields: Any) -> BeautifulSoup:
    """The page of a note with an answer from elsewhere that has these files."""
    root = await write(app, alice, "root")
    world = World(app)
    eve = await world.person("eve@far.example")
    await world.arrives(eve, content="<p>look</p>", media=media, in_reply_to_id=root, language="en", **fields)
    return soup(await stranger.get(f"/@alice/{root}"))


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    (found,) = page.select(selector)
    return found


def image(number: int = 1, **fields: Any) -> NewMedia:
    meta = {"original": {"width": 300, "height": 400}, "focus": {"x": 1.0, "y": -1.0}}
    return NewMedia(kind="image", url=f"{FAR}/{number}.png", meta=meta, **fields)


async def test_several_pictures_stand_side_by_side_each_with_its_place(
    app: App, alice: User, stranger: Browser
) -> None:
    page = await answered(app, stranger, alice, image(1, description="a tree"), image(2))
    box = one(page, ".carousel")
    assert (box["role"], box["aria-label"]) == ("group", "2 pictures")
    assert "tall" in box["class"]
    slides = box.select("ul[tabindex='0'] > li")
    assert [slide["aria-label"] for slide in slides] == ["1 of 2", "2 of 2"]
    assert [one(slide, "img")["alt"] for slide in slides] == ["a tree", "Picture without a description"]
    assert all(button.has_attr("hidden") for button in box.select("button")), "scripts show them"


async def test_the_part_that_matters_most_is_seen_and_the_description_can_be_read(
    app: App, alice: User, stranger: Browser
) -> None:
    page = await answered(app, stranger, alice, image(description="a <b>tree"))
    shown = one(page, ".single img")
    assert {"fx-10", "fy-10"} <= set(shown["class"])
    assert (shown["width"], shown["height"]) == ("300", "400")
    assert one(page, ".alt p").get_text() == "a <b>tree"
    assert one(page, ".alt p")["lang"] == "en"
    assert str(one(page, "a.shot")["href"]).startswith("/media/remote/")


async def test_sensitive_pictures_lie_under_a_lid(app: App, alice: User, stranger: Browser) -> None:
    page = await answered(app, stranger, alice, image(), sensitive=True)
    assert one(page, ".single").find_parent("details", class_="veil") is not None
    assert one(page, ".single img")["loading"] == "lazy"


async def test_a_warning_covers_all_of_a_note_once(app: App, alice: User, stranger: Browser) -> None:
    page = await answered(app, stranger, alice, image(), sensitive=True, spoiler_text="spiders")
    assert one(page, ".single").find_parent("details", class_="warned") is not None
    assert page.select(".veil") == []
    assert one(page, "details.warned summary").get_text().strip() == "spiders"


async def test_music_is_a_card_that_plays_without_scripts(app: App, alice: User, stranger: Browser) -> None:
    track = NewMedia(
        kind="audio",
        url=f"{FAR}/a.mp3",
        preview=f"{FAR}/a.jpg",
        description="a slow waltz",
        meta={"original": {"duration": 185.0}},
        title="<b>Walzer",
        artist="Ann & Bo",
        waveform=WAVES,
    )
    page = await answered(app, stranger, alice, image(), track)
    card = one(page, ".track")
    assert [name.get_text() for name in card.select("figcaption span")] == ["<b>Walzer", "Ann & Bo"]
    player = one(card, "audio")
    assert player.has_attr("controls")
    assert (player["preload"], player["aria-label"]) == ("none", "Ann & Bo – <b>Walzer")
    drawn = [str(path["d"]) for path in card.select("svg path")]
    assert drawn[0] == drawn[1]
    assert drawn[0].count("M") == len(WAVES)
    assert one(card, ".cover img")["alt"] == ""
    assert one(card, "input[type=range]")["max"] == "185.0"
    assert page.select(".single img"), "a picture note may carry a track"


async def test_animations_and_videos_have_their_poster_and_wait(app: App, alice: User, stranger: Browser) -> None:
    moving = NewMedia(kind="gifv", url=f"{FAR}/g.mp4", preview=f"{FAR}/g.jpg")
    talk = NewMedia(kind="video", url=f"{FAR}/v.mp4", preview=f"{FAR}/v.jpg", description="a talk")
    page = await answered(app, stranger, alice, moving, talk)
    first, second = page.select("video")
    assert (first.has_attr("loop"), first.has_attr("muted"), second.has_attr("loop")) == (True, True, False)
    for shown in (first, second):
        assert shown["preload"] == "none"
        assert shown.has_attr("poster")
        assert shown.has_attr("controls")
        assert not shown.has_attr("autoplay")
    assert [first["aria-label"], second["aria-label"]] == ["Animation", "a talk"]


async def test_files_that_are_not_shown_here_are_links(app: App, alice: User, stranger: Browser) -> None:
    page = await answered(app, stranger, alice, NewMedia(kind="unknown", url=f"{FAR}/x.bin", description="data"))
    link = one(page, ".elsewhere a")
    assert link["href"] == f"{FAR}/x.bin"
    assert "noreferrer" in link["rel"]
    assert "data" in one(page, ".elsewhere").get_text()


@needs_films
async def test_uploaded_music_is_shown_with_what_its_tags_say(app: App, alice: User, stranger: Browser) -> None:
    track = await uploads.upload(app, alice.account_id, with_cover(sound(), cover(), title="Lied", artist="Ann"))
    post_id = await write(app, alice, "listen", media_ids=(track.id,))
    page = soup(await stranger.get(f"/@alice/{post_id}"))
    assert one(page, ".track .name").get_text() == "Lied"
    assert one(page, ".track .wave svg")["viewBox"] == f"0 0 {96 * 4} 40"
    for address in (one(page, ".track audio")["src"], one(page, ".track .cover img")["src"]):
        assert (await stranger.get(str(address))).status == 200


@needs_films
async def test_what_shows_links_elsewhere_learns_of_picture_and_video(app: App, alice: User, stranger: Browser) -> None:
    talk = await uploads.upload(app, alice.account_id, film())
    post_id = await write(app, alice, "a talk", media_ids=(talk.id,))
    head = one(soup(await stranger.get(f"/@alice/{post_id}")), "head")

    def said(name: str) -> str:
        return str(one(head, f'meta[property="{name}"]')["content"])

    assert said("og:video") == app.url(f"/media/{talk.key}")
    assert (said("og:video:width"), said("og:video:height")) == ("64", "48")
    assert said("og:image") == app.url(f"/media/{talk.preview_key}")
    covered = await uploads.upload(app, alice.account_id, picture())
    post_id = await write(app, alice, "look away", media_ids=(covered.id,), sensitive=True)
    assert covered.key not in one(soup(await stranger.get(f"/@alice/{post_id}")), "head").decode()


async def test_answers_are_set_in_below_what_they_answer(app: App, alice: User, stranger: Browser) -> None:
    root = await write(app, alice, "root")
    first = await write(app, alice, "first", in_reply_to_id=root)
    second = await write(app, alice, "second", in_reply_to_id=first)
    deep = second
    for count in range(5):
        deep = await write(app, alice, f"deep {count}", in_reply_to_id=deep)
    page = soup(await stranger.get(f"/@alice/{root}"))
    steps = [
        next(str(name) for name in answer["class"] if str(name).startswith("in-")) for answer in page.select(".answer")
    ]
    assert steps == ["in-1", "in-2", "in-3", "in-4", "in-4", "in-4", "in-4"]
    assert one(page, "h1").get_text() == "Note by alice"
    assert one(page, ".answers h2").get_text() == "7 replies"
    middle = soup(await stranger.get(f"/@alice/{first}"))
    assert [a["id"] for a in middle.select(".ancestors article")] == [f"post-{root}"]


async def test_scripts_get_the_note_without_the_frame(app: App, alice: User, stranger: Browser) -> None:
    root = await write(app, alice, "root")
    await write(app, alice, "ANSWER", in_reply_to_id=root)
    part = (await stranger.get(f"/@alice/{root}", x_part="1")).text
    assert "<html" not in part
    assert "<h1" not in part
    assert "ANSWER" in part


async def test_members_vote_and_answer_and_visitors_are_shown_the_way_home(
    app: App, alice: User, stranger: Browser
) -> None:
    post_id = await write(app, alice, "Tea?", poll=PollDraft(options=("yes", "no"), expires_in=3600))
    browser = await signed_in(app, await person(app, "bob"))
    page = soup(await browser.get(f"/@alice/{post_id}"))
    assert len(page.select("form.vote input[type=radio]")) == 2
    assert page.find("a", href=f"/publish?reply={post_id}") is not None
    visited = soup(await stranger.get(f"/@alice/{post_id}"))
    assert visited.select("form.vote") == []
    assert one(visited, 'form[action="/interact"] input')["value"] == app.url(f"/users/alice/statuses/{post_id}")


async def test_earlier_versions_can_be_read(app: App, alice: User, stranger: Browser) -> None:
    post_id = await write(app, alice, "EARLIER <b>", language="en", spoiler_text="warned")
    assert (await stranger.get(f"/@alice/{post_id}/history")).location == f"/@alice/{post_id}"
    await revising.edit(app, alice.account_id, post_id, Draft(text="PRESENT", language="de"))
    assert soup(await stranger.get(f"/@alice/{post_id}")).find("a", href=f"/@alice/{post_id}/history") is not None
    page = soup(await stranger.get(f"/@alice/{post_id}/history"))
    assert [words.get_text() for words in page.select(".versions .words")] == ["PRESENT", "EARLIER <b>"]
    assert [one(item, "[lang]:not(p)")["lang"] for item in page.select(".versions > li")] == ["de", "en"]
    assert one(page, ".versions .warning").get_text() == "warned"


async def test_the_frame_for_other_websites_has_no_script_and_no_form(app: App, alice: User, stranger: Browser) -> None:
    post_id = await write(app, alice, "hello", poll=PollDraft(options=("yes", "no"), expires_in=3600))
    answer = await stranger.get(f"/@alice/{post_id}/embed")
    page = soup(answer)
    assert page.select("script, form, [style]") == []
    assert "frame-ancestors *" in answer.header("content-security-policy")
    assert "set-cookie" not in dict(answer.headers)
    assert [item.get_text(strip=True)[:3] for item in page.select(".poll li")] == ["yes", "no0"]


async def test_a_profile_has_its_tabs_and_a_way_to_follow(app: App, alice: User, stranger: Browser) -> None:
    root = await write(app, alice, "ROOT")
    bob = await person(app, "bob")
    other = await write(app, bob, "theirs")
    await write(app, alice, "REPLY", in_reply_to_id=other)
    await write(app, alice, "SHOWN", media_ids=((await uploads.upload(app, alice.account_id, picture())).id,))

    async def texts(path: str) -> list[str]:
        return [words.get_text().strip() for words in soup(await stranger.get(path)).select("article .words")]

    assert await texts("/@alice") == ["SHOWN", "ROOT"]
    assert await texts("/@alice?show=replies") == ["SHOWN", "REPLY", "ROOT"]
    assert await texts("/@alice?show=media") == ["SHOWN"]
    assert (await stranger.get("/@alice?show=unknown")).status == 404
    page = soup(await stranger.get("/@alice"))
    assert {"/@alice?show=replies", "/@alice?show=media", "/@alice/boards"} <= {
        a["href"] for a in page.select(".tabs a")
    }
    assert one(page, 'form[action="/interact"] input')["value"] == app.url("/users/alice")
    assert page.find("link", type="application/atom+xml") is not None
    assert page.find("article", id=f"post-{root}") is not None
    member = soup(await (await signed_in(app, bob)).get("/@alice"))
    assert member.select(f'form[action="/accounts/{alice.account_id}/follow"]')
    assert soup(await (await signed_in(app, alice)).get("/@alice")).find("a", href="/settings/profile") is not None
