"""A version that came with a post, read in the other Chinese script."""

from fedinote.infra.app import App
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.posts.languages import VersionDraft
from fedinote.relations import follows
from fedinote.text import html
from fedinote.translation import preferences, rewritten, translations
from fedinote.translation.engine import Location
from fedinote.translation.engines.conversion import Conversion
from fedinote.translation.ledger import Purpose
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.routing import Router
from fedinote.worker import settle
from tests.support import accounts
from tests.translation.recorders import Recorder

VERSIONS = {"zh": VersionDraft(text="五点喝茶"), "de": VersionDraft(text="Tee um fünf")}


async def test_whoever_reads_the_other_script_gets_the_authors_words_and_no_engine_does(app: App) -> None:
    engine = Recorder(Location.LOCAL)
    app.translator = Router((Conversion(), engine))
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    await preferences.store(app, bob.id, Preferences(Mode.REPLACE, "zh-TW"))
    await follows.request(app, bob.id, alice.id)
    post_id = await publishing.publish(app, alice.id, Draft("Tea at five", language="en", translations=VERSIONS))
    await settle(app)
    made = (await translations.finished(app, [post_id], "zh-TW"))[post_id]
    assert html.to_text(made["content"]) == "五點喝茶"
    assert (made["engine"], made["kind"], made["location"]) == ("OpenCC", "conversion", "local")
    assert "轉換字形" in made["mark"]
    assert engine.sent == []


async def test_only_chinese_has_another_script(app: App) -> None:
    app.translator = Router((Conversion(), Recorder(Location.LOCAL)))
    alice = await accounts.local(app, "alice")
    post_id = await publishing.publish(app, alice.id, Draft("Tea at five", language="en", translations=VERSIONS))
    row = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    assert row is not None
    found = {tag: await rewritten.find(app, row, tag, purpose=Purpose.READER) for tag in ("zh-Hant", "fr", "yue", "ja")}
    assert [tag for tag, version in found.items() if version is not None] == ["zh-Hant"]
