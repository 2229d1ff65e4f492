"""Every operator with one- and two-character words of Chinese, Japanese and Korean: a labelled set, made for it.

Whoever wrote the queries knows which posts each one means; no rule computed it.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from fedinote.posts import interactions
from fedinote.posts.drafts import NewMedia, NewPoll
from fedinote.search import index, posts, query
from fedinote.timelines.window import Window
from tests.timelines.world import World

LINK = '<a href="https://tea.example/a">tea.example/a</a>'
PICTURE = (NewMedia("image", "https://far.example/a.png", "image/png"),)
FILM = (NewMedia("video", "https://far.example/a.mp4", "video/mp4"),)
SOUND = (NewMedia("audio", "https://far.example/a.mp3", "audio/mpeg"),)
POLL = NewPoll(("绿", "红"), (0, 0), multiple=False, hide_totals=False, expires_at=None)

# number: (author, language, day of March 2026, text, what else it has)
POSTS: dict[int, tuple[str, str, int, str, dict[str, Any]]] = {
    1: ("mei", "zh-Hans", 1, "早上喝茶", {}),
    2: ("mei", "zh-Hans", 2, "喝茶的猫", {"media": PICTURE}),
    3: ("mei", "zh-Hant", 3, "貓咪不喝茶", {"sensitive": True}),
    4: ("mei", "zh-Hans", 4, f"茶馆 {LINK}", {}),
    5: ("mei", "zh-Hans", 5, "茶还是咖啡？", {"poll": POLL}),
    6: ("ken", "ja", 1, "お茶を飲む", {}),
    7: ("ken", "ja", 2, "猫とお茶", {"media": FILM}),
    8: ("ken", "ja", 3, "ねこカフェ", {"media": SOUND}),
    9: ("ken", "ja", 4, "カメラを買った", {"media": PICTURE}),
    10: ("ken", "ja", 5, "本を読む猫", {"reply": True}),
    11: ("min", "ko", 1, "차 한 잔", {}),
    12: ("min", "ko", 2, "고양이와 차", {"media": PICTURE}),
    13: ("min", "ko", 3, "물과 차", {"sensitive": True}),
    14: ("min", "ko", 4, f"책 {LINK}", {}),
    15: ("min", "ko", 5, "새 책을 읽다", {"reply": True}),
}

QUERIES: list[tuple[str, set[int]]] = [
    # words of one and two characters, phrases, minus
    ("茶", {1, 2, 3, 4, 5, 6, 7}), ("喝茶", {1, 2, 3}), ("猫", {2, 3, 7, 10}), ("お茶", {6, 7}), ("本", {10}),
    ("차", {11, 12, 13}), ("물", {13}), ("책", {14, 15}), ("茶 -猫", {1, 4, 5, 6}), ("茶 -喝茶", {4, 5, 6, 7}),
    ("猫 茶", {2, 3, 7}), ('"새 책"', {15}), ('-"새 책" 책', {14}), ("“喝茶的猫”", {2}),
    ("책 -새", {14}), ("カメ", {9}),
    # from:
    ("茶 from:mei@far.example", {1, 2, 3, 4, 5}), ("茶 from:@ken@far.example", {6, 7}),
    ("猫 -from:mei@far.example", {7, 10}), ("茶 from:me", set()), ("차 from:min@far.example", {11, 12, 13}),
    ("from:nobody@far.example 茶", set()), ("차 from:mei@far.example", set()),
    # has:
    ("茶 has:media", {2, 7}), ("茶 has:image", {2}), ("猫 has:video", {7}), ("ねこ has:audio", {8}),
    ("茶 has:poll", {5}), ("茶 has:link", {4}), ("책 has:link", {14}), ("茶 -has:media", {1, 3, 4, 5, 6}),
    ("차 -has:image", {11, 13}), ("has:poll 绿", {5}), ("茶 has:quote", set()),
    # is:
    ("茶 is:sensitive", {3}), ("차 -is:sensitive", {11, 12}), ("猫 is:reply", {10}), ("책 is:reply", {15}),
    ("猫 -is:reply", {2, 3, 7}),
    # in:
    ("茶 in:library", {1, 7}), ("猫 in:library", {7}), ("茶 in:public", {1, 2, 3, 4, 5, 6, 7}),
    ("차 in:all", {11, 12, 13}),
    # language:
    ("茶 language:zh", {1, 2, 3, 4, 5}), ("茶 language:zh-Hant", {3}), ("茶 language:ja", {6, 7}),
    ("茶 -language:zh", {6, 7}), ("猫 language:ja", {7, 10}), ("차 language:ko", {11, 12, 13}),
    ("차 language:zh", set()),
    # before:, after:, during:
    ("茶 before:2026-03-02", {1, 6}), ("茶 after:2026-03-03", {4, 5}), ("茶 during:2026-03-02", {2, 7}),
    ("차 after:2026-03-01 before:2026-03-03", {12}), ("책 -before:2026-03-05", {15}), ("猫 after:2026-03-04", {10}),
    # several
    ("茶 from:mei@far.example has:image language:zh before:2026-03-03", {2}),
    ("茶 language:zh -is:sensitive -has:media", {1, 4, 5}),
    ("猫 from:ken@far.example -is:reply has:media", {7}), ("차 is:sensitive after:2026-03-02", {13}),
]  # fmt: skip


@pytest.fixture
async def town(app):
    """The posts, each by somebody elsewhere who lets them be found; the reader liked 1 and kept 7."""
    world = World(app)
    reader = await world.person("reader")
    people = {name: await world.person(f"{name}@far.example", indexable=True) for name in ("mei", "ken", "min")}
    parent = await world.arrives(people["mei"], content="<p>…</p>")
    ids = {}
    for number, (name, tag, day, text, more) in POSTS.items():
        options = dict(more)
        if options.pop("reply", False):
            options |= {"in_reply_to_id": parent, "in_reply_to_account_id": people["mei"]}
        at = datetime(2026, 3, day, 12, tzinfo=UTC)
        made = await world.arrives(people[name], content=f"<p>{text}</p>", language=tag, created_at=at, **options)
        ids[made] = number
    await index.catch_up(app)
    number_of = {number: made for made, number in ids.items()}
    await interactions.favourite(app, reader, number_of[1])
    await interactions.bookmark(app, reader, number_of[7])
    return app, reader, ids


async def test_every_operator_works_with_short_words_of_chinese_japanese_and_korean(town, capsys):
    app, reader, ids = town
    wrong, hits, found_all, meant_all = [], 0, 0, 0
    for text, meant in QUERIES:
        found = {ids[one] for one in await posts.find(app, reader, query.parse(text), Window(100))}
        hits, found_all, meant_all = hits + len(found & meant), found_all + len(found), meant_all + len(meant)
        if found != meant:
            wrong.append((text, sorted(meant - found), sorted(found - meant)))
    with capsys.disabled():
        print(f"\n{len(QUERIES)} queries, {len(POSTS)} posts: recall {hits / meant_all:.3f},"
              f" precision {hits / found_all:.3f}")  # fmt: skip
    assert not wrong, "\n".join(f"{text}: missing {missing}, too many {more}" for text, missing, more in wrong)
