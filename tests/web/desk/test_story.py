"""One report across three languages, from the first word to the public account of it."""

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.cases import reports, statements
from fedinote.moderation.cases.models import Report
from fedinote.translation.engine import Location
from tests.moderation.staff import log
from tests.relations.people import change, person
from tests.support.browser import Browser
from tests.web.desk.conftest import Entering, knowing, send, speaker
from tests.web.reading import soup, write

POST = "今天天气很好,我们一起去公园散步,大家都很高兴。"
COMMENT = "Esta persona insulta a los demás en todas las conversaciones y no quiere parar."
REASON = "The post insults other people, which the rules of this house do not allow."
BIO = "我住在上海,喜欢喝茶和看书,欢迎大家来聊天。"
APPEAL = "我没有侮辱任何人,我只是说今天天气很好,请再看一看。"

MEANS = {
    POST: "The weather is lovely today, we went for a walk in the park together and everybody was happy.",
    BIO: "I live in Shanghai, I like drinking tea and reading, and everybody is welcome to chat.",
    COMMENT: "This person insults others in all the conversations and does not want to stop.",
    REASON: "这条帖子侮辱了别人,本站的规则不允许这样做。",
    APPEAL: "I did not insult anybody, I only said that the weather is lovely today, please look again.",
}


async def _reported(app: App, author: User) -> Report:
    """Somebody of another server, who writes Spanish, reports a post in Chinese."""
    await change(app, author.account_id, note=f"<p>{BIO}</p>")
    post_id = await write(app, author, POST, language="zh-Hans")
    reader = await person(app, "lectora", "lejos.example")
    return await reports.file(
        app, reader, author.account_id, post_ids=[post_id], comment=COMMENT, uri="https://lejos.example/flags/1"
    )


async def _appealed(app: App, author: User, theirs: Browser) -> int:
    """The author reads the statement in Chinese words, beside a translation, and appeals; return the appeal."""
    (about,) = await statements.about(app, author.account_id)
    assert (about.language, about.rules, about.automated) == ("en", (1,), False)
    told = await theirs.get("/notifications")
    assert f"/settings/decisions/{about.id}" in told.text
    page = await theirs.get(f"/settings/decisions/{about.id}")
    shown = soup(page)
    words = shown.get_text(" ")
    assert shown.html is not None
    assert shown.html["lang"] == "zh-Hans"
    for there in (
        REASON,
        MEANS[REASON],
        "决定内容与理由",
        "一位管理员",
        "以旁边的原文为准",
        "你不同意",
    ):
        assert there in words, there
    assert (await send(theirs, page, text=APPEAL)).status == 303
    made = (await statements.get(app, about.id)).appeal_id
    assert made is not None
    return made


async def test_a_chinese_post_reported_in_spanish_is_judged_in_english_appealed_in_chinese_and_lifted(
    app: App, entering: Entering, stranger: Browser
) -> None:
    recorders = knowing(app, MEANS, Location.LOCAL)
    author = await speaker(app, "author", "zh-Hans")
    first, second = await speaker(app, "first", "en", "moderator"), await speaker(app, "second", "en", "moderator")
    report = await _reported(app, author)

    hers = await entering(first)
    assert f"/admin/reports/{report.id}" in (await hers.get("/admin/reports")).text
    page = await hers.get(f"/admin/reports/{report.id}")
    words = soup(page).get_text(" ")
    for text in (POST, COMMENT, BIO):
        assert text in words, text
        assert MEANS[text] in words, text
    assert recorders[Location.LOCAL].calls
    sent = await send(hers, page, "decide", kind="silence", reason=REASON, rule="1", language="en", tell="1")
    assert (sent.status, sent.location) == (303, f"/admin/reports/{report.id}")
    assert (await reports.get(app, report.id)).action_taken_at is not None

    appeal = await _appealed(app, author, await entering(author))
    barred = await hers.get(f"/admin/appeals/{appeal}")
    assert "You made the first decision" in soup(barred).get_text()
    refused = await send(hers, barred, deed="", text="No.")
    assert refused.status == 400
    refused = await hers.submit(barred, deed="lift", text="No.", language="en")
    assert refused.status == 422
    assert "Somebody else decides" in refused.text

    his = await entering(second)
    page = await his.get(f"/admin/appeals/{appeal}")
    words = soup(page).get_text(" ")
    assert APPEAL in words
    assert MEANS[APPEAL] in words
    assert (await his.submit(page, deed="lift", text="You are right, we are sorry.", language="en")).status == 303
    row = await app.db.row("SELECT silenced_at FROM accounts WHERE id = ?", author.account_id)
    assert row is not None
    assert row["silenced_at"] is None

    public = soup(await stranger.get("/about/moderation")).get_text(" ")
    assert "lifted on appeal" in public
    for kept in ("@author", REASON, COMMENT, "lectora", "@first"):
        assert kept not in public, kept
    noted = [action for action, _ in await log(app)]
    for one in ("account.silence", "report.resolve", "account.unsilence", "appeal.lift"):
        assert one in noted
    logged = soup(await his.get("/admin/audit?family=appeal")).get_text(" ")
    assert "Decision lifted on appeal" in logged
    assert "Report closed" not in logged
