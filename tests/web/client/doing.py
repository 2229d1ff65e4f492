"""What tests of the client do over and over: pressing buttons of pages, and reading them."""

from typing import Any

from bs4 import BeautifulSoup

from tests.support.browser import Answer, Browser


def token(answer: Answer) -> str:
    """Return a form token of a page."""
    found = BeautifulSoup(answer.text, "html5lib").find("input", {"name": "form_token"})
    assert found is not None
    return str(found["value"])


async def press(browser: Browser, path: str, *, part: bool = False, **fields: Any) -> Answer:
    """Send a form to a path, with a token of the home page; as our script does, if `part`."""
    values = {"form_token": token(await browser.get("/home")), **fields}
    return await browser.post(path, values, **({"x_part": "1"} if part else {}))


async def texts(browser: Browser, path: str) -> list[str]:
    """Return what the posts of a page say, from top to bottom."""
    answer = await browser.get(path)
    assert answer.status == 200, answer.text
    found: list[Any] = BeautifulSoup(answer.text, "html5lib").select("article.post > .bilingual .words")
    return [one.get_text(" ", strip=True) for one in found]
