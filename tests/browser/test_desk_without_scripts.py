"""The whole desk without a script: what is decided can be looked at before, and taken back afterwards."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, sign_in
from tools.neighbours import LOUD, STRANGER
from tools.showcase import OWNER, Showcase

Open = Callable[..., Page]


@pytest.fixture
def desk(opened: Open, house: Showcase) -> Page:
    """The owner's browser: a phone that runs no scripts."""
    page = opened(house.server.base_url, viewport=PHONE, scripts=False)
    sign_in(page, OWNER)
    return page


def press(page: Page, name: str) -> None:
    """Press a button by its words; some words are only read to those who see nothing."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name).first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), page.url


def test_a_report_is_taken_on_decided_and_the_decision_taken_back(desk: Page, house: Showcase) -> None:
    desk.goto(f"/admin/reports/{house.cases['report']}")
    press(desk, "I take it on")
    expect(desk.locator("#what ~ .facts")).to_contain_text("@house")
    desk.get_by_label("Limit").check()
    desk.get_by_label("What happened, and why this is decided").fill("It hurts people, and goes on.")
    desk.locator("#decide-form").get_by_role("button", name="Decide").click()
    expect(desk.locator("#what ~ .facts")).to_contain_text("Closed since")
    account = desk.locator("section", has=desk.locator("#account"))
    expect(account).to_contain_text("It hurts people, and goes on.")
    account.get_by_role("button", name="Take back").first.click()
    expect(desk.locator("section", has=desk.locator("#account"))).to_contain_text("was lifted")
    press(desk, "Open it again")
    expect(desk.locator("#what ~ .facts")).to_contain_text("Not closed yet")


def test_a_note_an_answer_and_another_category_are_written(desk: Page, house: Showcase) -> None:
    desk.goto(f"/admin/reports/{house.cases['spam']}")
    desk.locator("summary", has_text="Note for the moderators").click()
    desk.get_by_label("What the moderators should know").fill("Seen before, in May.")
    press(desk, "Keep the note")
    expect(desk.locator(".notes")).to_contain_text("Seen before, in May.")
    desk.locator("summary", has_text="File it differently").click()
    desk.locator("#category").select_option("legal")
    press(desk, "Save")
    expect(desk.locator("#what ~ .facts")).to_contain_text("Against the law")


def test_held_posts_are_published_and_held_again_by_undo(desk: Page) -> None:
    desk.goto("/admin/held")
    boxes = desk.locator("#many input[type=checkbox][name=held]")
    expect(boxes).to_have_count(2)
    desk.get_by_role("checkbox", name="todobarato").check()
    press(desk, "Release what is ticked")
    expect(boxes).to_have_count(1)
    press(desk, "Undo")
    expect(boxes).to_have_count(2)


def test_a_block_is_foretold_made_and_undone(desk: Page) -> None:
    desk.goto(f"/admin/domains/new?domain={LOUD}")
    press(desk, "Show what it would do")
    expect(desk.locator(".foreseen")).to_contain_text("2 accounts are suspended")
    expect(desk.locator(".foreseen")).to_contain_text("1 follow by people here ends")
    press(desk, "Put it into force")
    expect(desk.locator("main")).to_contain_text("Accounts suspended: 2")
    row = desk.locator("main li", has_text=LOUD)
    row.get_by_role("button", name="Undo").first.click()
    desk.goto("/admin/domains")
    expect(desk.get_by_role("link", name=LOUD, exact=True)).to_have_count(0)


def test_advice_of_a_list_is_put_into_force_and_ended(desk: Page, house: Showcase) -> None:
    desk.goto(f"/admin/lists/{house.cases['list']}")
    desk.get_by_role("checkbox", name="copycat.example").check()
    press(desk, "Put into force what is ticked")
    desk.goto("/admin/domains")
    expect(desk.get_by_role("link", name="copycat.example", exact=True)).to_be_visible()
    desk.goto(f"/admin/lists/{house.cases['list']}?state=applied")
    desk.get_by_role("checkbox", name="copycat.example").check()
    press(desk, "Turn down what is ticked")
    desk.goto("/admin/domains")
    expect(desk.get_by_role("link", name="copycat.example", exact=True)).to_have_count(0)


def test_a_file_is_applied_line_by_line_and_taken_back(desk: Page, house: Showcase) -> None:
    desk.goto(f"/admin/domains/imports/{house.cases['file']}")
    desk.get_by_role("checkbox", name="gossip.example").uncheck()
    press(desk, "Apply what is ticked")
    desk.goto("/admin/domains")
    expect(desk.get_by_role("link", name="meh.example", exact=True)).to_be_visible()
    expect(desk.get_by_role("link", name="gossip.example", exact=True)).to_have_count(0)
    desk.goto(f"/admin/domains/imports/{house.cases['file']}")
    press(desk, "Undo what was applied")
    desk.goto("/admin/domains")
    expect(desk.get_by_role("link", name="meh.example", exact=True)).to_have_count(0)


def test_a_stranger_is_let_in_and_made_a_stranger_again(desk: Page) -> None:
    desk.goto("/admin/strangers")
    desk.get_by_role("checkbox", name=STRANGER).check()
    desk.get_by_label("Reason").fill("Met at the harbour")
    press(desk, "Let in what is ticked")
    desk.goto("/admin/strangers?show=known")
    expect(desk.locator(".strangers")).to_contain_text("Met at the harbour")
    desk.get_by_role("checkbox", name=STRANGER).check()
    press(desk, "Make what is ticked a stranger")
    desk.goto("/admin/strangers")
    expect(desk.get_by_role("checkbox", name=STRANGER)).to_be_visible()


def test_pictures_of_a_post_are_known_and_forgotten(desk: Page, house: Showcase) -> None:
    desk.goto(f"/admin/pictures/add?post={house.cases['pictured']}")
    desk.get_by_label("or a new set called").fill("hills")
    press(desk, "Know them again")
    desk.goto("/admin/pictures")
    desk.get_by_role("link", name="hills", exact=True).click()
    desk.locator("main form li input[type=checkbox]").first.check()
    press(desk, "Take out what is ticked")
    expect(desk.locator("main")).to_contain_text("6 hashes")


def test_an_appeal_is_answered_and_the_decision_lifted(desk: Page, house: Showcase) -> None:
    desk.goto(f"/admin/appeals/{house.cases['appeal']}")
    desk.locator("main textarea").fill("Please send the invoices.")
    press(desk, "Only answer")
    expect(desk.locator(".thread")).to_contain_text("Please send the invoices.")
    desk.locator("main textarea").fill("The invoices are real.")
    press(desk, "Lift the decision")
    expect(desk.locator(".facts")).to_contain_text("lifted")


def test_a_rule_is_written_tried_switched_on_and_undone(desk: Page) -> None:
    desk.goto("/admin/policies/rules/new?kind=words")
    desk.get_by_label("Words or phrases").fill("tea")
    desk.get_by_label("Title").fill("No tea")
    desk.get_by_label("Only note it").check()
    press(desk, "Write it down and try it")
    expect(desk.locator(".verdict")).to_be_visible()
    if desk.get_by_label("I mean it").count():
        desk.get_by_label("I mean it").check()
    press(desk, "Switch it on")
    expect(desk.locator(".state", has_text="In force")).to_be_visible()
    desk.goto(f"{desk.url.partition('?')[0]}/undo")
    press(desk, "Take it back and switch the rule off")
    expect(desk.locator(".state", has_text="Off").first).to_be_visible()
