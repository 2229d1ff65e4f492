"""The rules of the house: their order, wordings and numbers, and where they come from."""

from pathlib import Path

import pytest

from fedinote.bootstrap import running
from fedinote.infra import choices
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.infra.sections import DEFAULT_RULE
from fedinote.infra.settings import Settings
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Wording
from tests.conftest import make_settings
from tests.moderation.staff import log, staff


async def told(app: App) -> list[tuple[int, str]]:
    return [(rule.number, rule.text) for rule in await house_rules.listing(app)]


async def test_the_default_rule_holds_until_somebody_writes_others(app: App) -> None:
    assert await told(app) == [(1, DEFAULT_RULE)]
    assert await house_rules.add(app, Wording(" No advertising. ", "Also not for tea."), by=None) == 2
    assert await told(app) == [(1, DEFAULT_RULE), (2, "No advertising.")]
    assert app.settings.instance.rules == [DEFAULT_RULE, "No advertising."]
    await house_rules.remove(app, 1, by=None)
    await house_rules.remove(app, 2, by=None)
    assert await told(app) == []


async def test_a_number_stays_with_its_rule_and_is_never_given_again(app: App) -> None:
    for text in ("two", "three"):
        await house_rules.add(app, Wording(text), by=None)
    await house_rules.move(app, 3, -5, by=None)
    assert [number for number, _ in await told(app)] == [3, 1, 2]
    await house_rules.move(app, 3, 1, by=None)
    assert [number for number, _ in await told(app)] == [1, 3, 2]
    await house_rules.remove(app, 3, by=None)
    assert await house_rules.add(app, Wording("four"), by=None) == 4
    assert [number for number, _ in await told(app)] == [1, 2, 4]
    assert [(rule.number, rule.removed) for rule in await house_rules.everything(app)][-1] == (3, True)
    with pytest.raises(NotFound):
        await house_rules.edit(app, 3, Wording("x"), by=None)


async def test_a_rule_is_read_in_the_language_of_its_reader(app: App) -> None:
    await house_rules.edit(app, 1, Wording("Be kind.", "Really."), by=None)
    await house_rules.put_translation(app, 1, "zh-hans", Wording("友善待人。", "真的。"), by=None)
    rule = await house_rules.find(app, 1)
    assert rule.wording("zh-CN") == ("zh-Hans", Wording("友善待人。", "真的。"))
    assert rule.wording("es") == ("", Wording("Be kind.", "Really."))
    await house_rules.put_translation(app, 1, "zh-Hans", None, by=None)
    assert (await house_rules.find(app, 1)).translations == {}
    with pytest.raises(Invalid):
        await house_rules.put_translation(app, 1, "no language", Wording("x"), by=None)


async def test_translations_from_files_are_taken_over_when_the_first_rule_is_edited(app: App) -> None:
    folder = app.settings.texts_path
    folder.mkdir(parents=True)
    (folder / "rules.es.txt").write_text("Sé amable.\n", encoding="utf-8")
    await house_rules.edit(app, 1, Wording("Be kind."), by=None)
    assert (await house_rules.find(app, 1)).translations == {"es": Wording("Sé amable.")}


@pytest.mark.parametrize(
    "wording", [Wording(" "), Wording("x" * (house_rules.MAX_TEXT + 1)), Wording("x", "y" * (house_rules.MAX_HINT + 1))]
)
async def test_what_is_no_rule_is_refused(app: App, wording: Wording) -> None:
    with pytest.raises(Invalid):
        await house_rules.add(app, wording, by=None)
    assert await told(app) == [(1, DEFAULT_RULE)]


async def test_there_is_a_most_of_rules(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house_rules, "MAX_RULES", 2)
    await house_rules.add(app, Wording("two"), by=None)
    with pytest.raises(Invalid):
        await house_rules.add(app, Wording("three"), by=None)


async def test_rules_of_the_file_hold_and_cannot_be_edited(settings: Settings) -> None:
    given = make_settings(
        Path(settings.server.data_dir).parent, settings.database.url, FEDINOTE_INSTANCE_RULES="No ads,No spam"
    )
    async with running(settings) as before:
        await house_rules.add(before, Wording("of the browser"), by=None)
    async with running(given) as app:
        assert await told(app) == [(1, "No ads"), (2, "No spam")]
        with pytest.raises(Invalid, match="FEDINOTE_INSTANCE_RULES"):
            await house_rules.add(app, Wording("x"), by=None)


async def test_another_process_sees_a_new_rule(settings: Settings) -> None:
    async with running(settings) as one, running(settings) as two:
        assert len(await told(two)) == 1
        await house_rules.add(one, Wording("two"), by=None)
        await choices.catch_up(two)
        assert await told(two) == [(1, DEFAULT_RULE), (2, "two")]


async def test_only_those_who_may_change_settings_change_rules_and_each_change_is_audited(app: App) -> None:
    with pytest.raises(Forbidden):
        await house_rules.add(app, Wording("x"), by=await staff(app, "moderator"))
    admin = await staff(app, "admin")
    await house_rules.add(app, Wording("x"), by=admin)
    await house_rules.move(app, 2, -1, by=admin)
    await house_rules.remove(app, 2, by=admin)
    assert await log(app) == [("rule_text.add", "2"), ("rule_text.move", "2"), ("rule_text.remove", "2")]
