"""Reading pages in tests: who opens them, what is written for them, and their parsed HTML."""

from typing import Any

from bs4 import BeautifulSoup

from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.support.browser import Answer, Browser
from tests.support.people import client


async def signed_in(app: App, user: User) -> Browser:
    browser = client(app)
    browser.cookies["session"] = await sessions.start(app, user.id)
    return browser


async def write(app: App, author: User | int, text: str = "hello", **fields: Any) -> int:
    account_id = author if isinstance(author, int) else author.account_id
    return await publishing.publish(app, account_id, Draft(text=text, **fields))


def soup(answer: Answer) -> BeautifulSoup:
    assert answer.status == 200, answer.text
    return BeautifulSoup(answer.text, "html5lib")
