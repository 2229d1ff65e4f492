"""Writing the texts of the house in the browser: into the files that are read."""

from datetime import date

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.moderation.house import house_texts, texts
from fedinote.moderation.house.house_texts import Source
from tests.moderation.staff import log, staff

DAY = date(2026, 5, 1)


async def test_what_is_written_is_what_is_read(app: App) -> None:
    admin = await staff(app, "admin")
    assert await house_texts.read(app, texts.PRIVACY) is None
    await house_texts.write(app, texts.PRIVACY, Source("One\r\n\r\nTwo <b>", html=False), by=admin)
    assert texts.read(app.settings, texts.PRIVACY).content == "<p>One</p><p>Two &lt;b&gt;</p>"
    assert await house_texts.read(app, texts.PRIVACY) == Source("One\n\nTwo <b>\n", html=False)
    await house_texts.write(app, texts.PRIVACY, Source("<p>Hi<script>x</script></p>", html=True), by=admin)
    assert texts.read(app.settings, texts.PRIVACY).content.strip() == "<p>Hi</p>"
    assert [path.name for path in app.settings.texts_path.iterdir()] == ["privacy-policy.html"]
    await house_texts.write(app, texts.PRIVACY, Source("  ", html=True), by=admin)
    assert not texts.has(app.settings, texts.PRIVACY)
    assert await log(app) == [
        ("text.write", "privacy-policy"), ("text.write", "privacy-policy"), ("text.remove", "privacy-policy")
    ]  # fmt: skip


async def test_terms_are_kept_by_the_day_from_which_they_hold(app: App) -> None:
    await house_texts.write(app, texts.TERMS, Source("Terms", html=False, day=DAY), by=None)
    await house_texts.write(app, texts.TERMS, Source("Newer", html=False, day=date(2026, 6, 1)), by=None)
    assert await house_texts.days(app) == [date(2026, 6, 1), DAY]
    assert texts.terms(app.settings, date(2026, 5, 2)).content == "<p>Terms</p>"
    assert await house_texts.read(app, texts.TERMS, DAY) == Source("Terms\n", html=False, day=DAY)
    with pytest.raises(Invalid):
        await house_texts.write(app, texts.TERMS, Source("x", html=False), by=None)
    with pytest.raises(Invalid):
        await house_texts.write(app, texts.ABOUT, Source("x", html=False, day=DAY), by=None)


async def test_no_other_file_can_be_read_or_written(app: App) -> None:
    for name in ("../settings", "rules.es", "", "terms-of-service/2026-05-01"):
        with pytest.raises(NotFound):
            await house_texts.read(app, name)
        with pytest.raises(NotFound):
            await house_texts.write(app, name, Source("x", html=False), by=None)
    assert not app.settings.texts_path.exists()


async def test_a_text_too_long_and_a_folder_that_is_none_are_said_so(app: App) -> None:
    with pytest.raises(Invalid):
        await house_texts.write(app, texts.ABOUT, Source("x" * (texts.MAX_BYTES + 1), html=False), by=None)
    app.settings.texts_path.parent.mkdir(parents=True, exist_ok=True)
    app.settings.texts_path.write_text("a file")
    with pytest.raises(Unavailable, match="texts"):
        await house_texts.write(app, texts.ABOUT, Source("x", html=False), by=None)
    assert await log(app) == []


async def test_a_moderator_writes_no_texts(app: App) -> None:
    with pytest.raises(Forbidden):
        await house_texts.write(app, texts.ABOUT, Source("x", html=False), by=await staff(app, "moderator"))
