"""Every page, for everybody: axe finds no barrier, it is light, in the reader's language, and nothing in it breaks."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser import pages
from tests.browser.conftest import DESK, PHONE, sign_in
from tools.cases import SELLER
from tools.showcase import OWNER, Showcase

Open = Callable[..., Page]
HEAVIEST = 100_000
LIGHTEST = 5_000
# Style sheets and scripts as they are sent, those too that scripts import, whether they came now or lay in the browser.
USED = """performance.getEntriesByType('resource').filter(one => /\\/static\\/(css|js)\\//.test(one.name))
    .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SHARED = ("/@{name}", "/@{name}/{post_id}", "/@{name}/boards/{id}", "/explore", "/tags/{name}")  # more for members
WALKS = {
    "visitor": pages.ANYBODY,
    "member": {**{one: pages.ANYBODY[one] for one in SHARED}, **pages.MEMBER},
    "owner": pages.OWNER,
    "judged": pages.JUDGED,
}
WHO = {"member": OWNER, "owner": OWNER, "judged": SELLER}


def test_every_page_is_walked_or_says_why_not() -> None:
    walked = {*pages.ANYBODY, *pages.MEMBER, *pages.OWNER, *pages.JUDGED} - {"/nowhere"}
    assert walked & set(pages.ELSEWHERE) == set()
    assert walked | set(pages.ELSEWHERE) == pages.routes()


@pytest.fixture(scope="module")
def found(house: Showcase) -> dict[str, str]:
    """What stands for the braces in addresses."""
    note, own = house.posts[0], house.call(OWNER, "POST", "/api/v1/statuses", {"status": "A note of the house"})
    board = house.call(OWNER, "POST", "/api/fedinote/v1/boards", {"title": "Tea and fog", "language": "en"})
    for post in house.posts[:3]:
        house.call(OWNER, "POST", f"/api/fedinote/v1/boards/{board['id']}/statuses", {"status_id": post["id"]})
    return {
        "note": note["url"].removeprefix(house.server.base_url),
        "note_id": note["id"],
        "own_id": own["id"],
        "account": note["account"]["id"],
        "board": f"/@{OWNER}/boards/{board['id']}",
        "board_id": board["id"],
        **house.cases,
    }


def _addresses(walk: str, found: dict[str, str]) -> Iterator[str]:
    for addresses in WALKS[walk].values():
        for address in addresses:
            if walk == "member" and address.startswith("/auth/sign_"):
                continue  # those who are in are sent on, or out
            yield address.format(**found)


@pytest.mark.parametrize(
    ("walk", "viewport", "theme", "locale"),
    [
        ("visitor", DESK, "light", "en-US"),
        ("visitor", PHONE, "dark", "zh-CN"),
        ("member", PHONE, "light", "en-US"),
        ("member", DESK, "dark", "es-ES"),
        ("owner", PHONE, "dark", "ja-JP"),
        ("judged", PHONE, "light", "es-ES"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value["width"]),
)
def test_axe_finds_no_barrier(
    opened: Open,
    house: Showcase,
    found: dict[str, str],
    walk: str,
    viewport: dict,
    theme: str,
    locale: str,
) -> None:
    page = opened(house.server.base_url, viewport=viewport, theme=theme, locale=locale)
    if walk != "visitor":
        sign_in(page, WHO[walk])
        _speak(page, locale)
    wrong: dict[str, list[str]] = {}
    for address in _addresses(walk, found):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status < 500, address
        problems = Axe().run(page, options=RULES).response["violations"]
        seen = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in problems]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            seen.append("it is wider than the screen")
        if seen:
            wrong[address] = seen
    assert wrong == {}


def test_what_the_forms_of_the_desk_lead_to_has_no_barrier(opened: Open, house: Showcase) -> None:
    page = opened(house.server.base_url, viewport=PHONE, theme="dark")
    sign_in(page, OWNER)
    _speak(page, "en-US")
    page.goto("/admin/domains/new?domain=loud.example")
    _lead(page, page.get_by_role("button", name="Show what it would do"), "#foreseen")
    page.goto("/admin/domains/new")
    page.get_by_label("Server", exact=True).fill("no server")
    _lead(page, page.get_by_role("button", name="Show what it would do"), "[role=alert]")
    page.goto("/admin/held")
    page.get_by_role("checkbox", name="todobarato").check()
    _lead(page, page.get_by_role("button", name="Release what is ticked"), ".undone")
    _lead(page, page.locator(".undone button"), "#many")
    page.goto("/admin/reports")
    page.locator("#many input[name=report]").first.check()
    _lead(page, page.locator("button[value=resolve]").first, ".undone")
    _lead(page, page.locator(".undone button"), "#many")
    page.goto(f"/admin/policies/rules/{house.cases['rule']}")
    _lead(page, page.get_by_role("button", name="Try it").first, "#trial")


def _lead(page: Page, button: Locator, there: str) -> None:
    """Press a button, and look at the page that answers."""
    button.click()
    expect(page.locator(there).first).to_be_visible()
    problems = Axe().run(page, options=RULES).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in problems] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")


def _speak(page: Page, locale: str) -> None:
    """Choose the language of the interface, as members do."""
    page.goto("/settings/interface")
    wanted = {"en-US": "en", "zh-CN": "zh-Hans", "es-ES": "es", "ja-JP": "ja"}[locale]
    chosen = page.locator("select[name=language], select[name=locale]")
    if chosen.count():
        chosen.first.select_option(wanted)
    else:
        page.check(f"input[type=radio][value='{wanted}']")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == wanted


def test_pages_are_light(opened: Open, house: Showcase, found: dict[str, str]) -> None:
    weights: dict[str, int] = {}
    for walk in WALKS:
        page = opened(house.server.base_url)
        if walk != "visitor":
            sign_in(page, WHO[walk])
        for address in _addresses(walk, found):
            answer = page.goto(address)
            assert answer is not None
            weights[f"{walk} {address}"] = int(answer.headers["content-length"]) + page.evaluate(USED)
    assert {address: weight for address, weight in weights.items() if weight > HEAVIEST} == {}
    assert min(weights.values()) > LIGHTEST  # each page has its style sheets and a script


def test_all_text_has_a_language(opened: Open, house: Showcase, found: dict[str, str]) -> None:
    page = opened(house.server.base_url, locale="zh-TW", scripts=True)
    page.goto(found["note"])
    assert page.get_attribute("html", "lang") == "zh-Hant"
    words = page.locator(".words")
    assert words.count() >= 3
    for number in range(words.count()):
        assert words.nth(number).get_attribute("lang") is not None
    assert re.search(r"[\u4e00-\u9fff]", page.inner_text("header"))
