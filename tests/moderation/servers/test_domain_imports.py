"""Files with servers: every line waits, is applied or put aside; bad ones are named; all of it can be undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation.lists import advice
from fedinote.moderation.servers import allows, domain_imports, domain_undoing, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.worker import settle
from tests.moderation.staff import staff

HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
FILE = (
    HEAD
    + "bad.example,suspend,false,false,spam,true\n"
    + "loud.example,silence,true,true,,false\n"
    + "not a domain,suspend,,,,\n"
    + "\n"
    + "BAD.example,noop,,,,\n"
    + "{host},suspend,,,,\n"
)


async def _begin(app: App, text: str = FILE, listing: str = "block") -> int:
    data = text.replace("{host}", app.settings.host).encode()
    return await domain_imports.begin(app, listing, "their list.csv", data, by=None)


async def _rows(app: App, import_id: int, *states: str) -> list[domain_imports.Item]:
    return await domain_imports.page(app, import_id, states)


async def test_a_file_waits_line_by_line_and_bad_lines_are_named_and_kept(app: App) -> None:
    import_id = await _begin(app)
    waiting = await _rows(app, import_id, "new")
    assert [(one.line, one.domain) for one in waiting] == [(2, "bad.example"), (3, "loud.example")]
    assert waiting[0].terms == Terms(public_comment="spam", obfuscate=True)
    assert waiting[1].terms == Terms(severity="silence", reject_media=True, reject_reports=True)
    bad = await _rows(app, import_id, "bad")
    assert [(one.line, one.text.partition(",")[0]) for one in bad] == [
        (4, "not a domain"),
        (6, "BAD.example"),
        (7, app.settings.host),
    ]
    assert "line 2" in bad[1].problem
    assert all(one.problem for one in bad)
    assert await domains.everything(app) == []
    found = await domain_imports.get(app, import_id)
    assert (found.waiting, found.done, found.wrong, found.name) == (2, 0, 3, "their list.csv")


async def test_lines_are_applied_with_another_severity_if_somebody_wants_and_undone_together(app: App) -> None:
    import_id = await _begin(app)
    one, two = [item.id for item in await _rows(app, import_id, "new")]
    assert await domain_imports.apply(app, import_id, [one, two], by=None, severities={one: "silence"}) == 2
    made = {block.domain: (block.severity, block.public_comment) for block in await domains.everything(app)}
    assert made == {"bad.example": ("silence", "spam"), "loud.example": ("silence", "")}
    assert await domain_imports.apply(app, import_id, [one, two], by=None) == 0
    assert (await domain_undoing.undo(app, import_id, by=None)).number == 2
    assert await domains.everything(app) == []


async def test_a_file_takes_nothing_off_a_block_that_is_there_and_undoing_makes_it_as_it_was(app: App) -> None:
    ends = app.now() + timedelta(days=9)
    ours = Terms(severity="noop", reject_media=True, followers_only=True, private_comment="ours", expires_at=ends)
    await domains.block(app, "bad.example", ours, by=None)
    import_id = await _begin(app)
    (row,) = [item.id for item in await _rows(app, import_id, "new") if item.domain == "bad.example"]
    assert await domain_imports.apply(app, import_id, [row], by=None) == 1
    (now,) = await domains.everything(app)
    assert domains.terms_of(now) == replace(ours, severity="suspend", public_comment="spam", obfuscate=True)
    await domain_undoing.undo(app, import_id, by=None)
    (now,) = await domains.everything(app)
    assert domains.terms_of(now) == ours


async def test_lines_are_put_aside_and_taken_back(app: App) -> None:
    import_id = await _begin(app)
    one, _ = [item.id for item in await _rows(app, import_id, "new")]
    assert await domain_imports.leave(app, import_id, [one], by=None) == 1
    assert await domain_imports.apply(app, import_id, [one], by=None) == 0
    assert (await domain_imports.get(app, import_id)).aside == 1
    await domain_imports.leave(app, import_id, [one], by=None)
    assert await domain_imports.apply(app, import_id, [one], by=None) == 1


async def test_all_lines_go_by_a_job_but_those_that_would_make_a_block_milder(app: App) -> None:
    by = await staff(app, "admin")
    await domains.block(app, "x7.example", Terms(), by=None)
    text = HEAD + "".join(f"x{number}.example,silence,,,,\n" for number in range(120))
    import_id = await _begin(app, text)
    await domain_imports.apply_all(app, import_id, by=by)
    assert (await domain_imports.get(app, import_id)).working
    await settle(app)
    found = await domain_imports.get(app, import_id)
    assert (found.done, found.aside, found.waiting, found.working) == (119, 1, 0, False)
    severities = {block.domain: block.severity for block in await domains.everything(app)}
    assert (severities["x7.example"], severities["x119.example"], len(severities)) == ("suspend", "silence", 120)


async def test_the_job_stops_for_somebody_who_is_no_admin_any_more(app: App) -> None:
    by = await staff(app, "admin")
    import_id = await _begin(app)
    await domain_imports.apply_all(app, import_id, by=by)
    await app.db.execute("UPDATE users SET role = 'moderator' WHERE id = ?", by.user_id)
    with pytest.raises(Forbidden):
        await domain_imports.work(app, import_id)
    assert await domains.everything(app) == []


async def test_a_file_of_servers_to_allow(app: App) -> None:
    import_id = await _begin(app, "#domain\nfriend.example\nnonsense here\n", "allow")
    rows = [one.id for one in await _rows(app, import_id, "new")]
    assert await domain_imports.apply(app, import_id, rows, by=None) == 1
    assert [one.domain for one in await allows.everything(app)] == ["friend.example"]
    assert (await domain_imports.get(app, import_id)).wrong == 1


async def test_our_own_export_comes_back_as_it_was(app: App) -> None:
    terms = Terms(severity="silence", reject_media=True, public_comment='a, "b"\nc', obfuscate=True)
    made = (await domains.block(app, "far.example", terms, by=None)).block
    assert made is not None
    text = advice.write_csv(await domains.everything(app))
    await domains.unblock(app, made.id, by=None)
    import_id = await _begin(app, text)
    (row,) = await _rows(app, import_id, "new")
    assert row.terms == terms


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a,b\n1,2\n", b"\n\n"])
async def test_what_is_no_such_file_is_refused(app: App, data: bytes) -> None:
    with pytest.raises(Invalid):
        await domain_imports.begin(app, "block", "x.csv", data, by=None)
    with pytest.raises(Invalid):
        await domain_imports.begin(app, "nonsense", "x.csv", b"a.example\n", by=None)


async def test_only_admins_import_and_files_are_forgotten(app: App) -> None:
    by = await staff(app, "moderator")
    import_id = await _begin(app)
    rows = [one.id for one in await _rows(app, import_id, "new")]
    for refused in (
        domain_imports.begin(app, "block", "x", b"a.example\n", by=by),
        domain_imports.apply(app, import_id, rows, by=by),
        domain_imports.leave(app, import_id, rows, by=by),
        domain_imports.apply_all(app, import_id, by=by),
        domain_imports.discard(app, import_id, by=by),
    ):
        with pytest.raises(Forbidden):
            await refused
    app.clock.shift(31 * 24 * 3600)
    await domain_imports.tidy(app)
    with pytest.raises(NotFound):
        await domain_imports.get(app, import_id)
    assert await _rows(app, import_id, "new", "bad") == []
