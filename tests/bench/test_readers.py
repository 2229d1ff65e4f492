"""The simulation of many readers: each post is translated once for each language, however many read it."""

from bench.readers import LANGUAGES, simulate
from fedinote.infra.app import App


async def test_an_engine_is_asked_once_for_a_post_and_a_language(app: App) -> None:
    posts, readers = 40, 15
    found = await simulate(app, posts, readers)
    others = len(LANGUAGES) - 1
    assert found.views == found.shown > posts * readers * 0.7
    assert found.jobs <= posts * others
    assert found.calls <= found.jobs
    assert found.hit_rate > 0.6
    assert f"{found.calls:,} calls" in str(found)
