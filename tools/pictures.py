"""Makes the pictures of `docs/pictures` anew: seven pages, on a phone and a desk, light and dark, English and Chinese.

make pictures       needs Chromium (the system's) and fonts with Chinese characters
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import requirements
from tests.support.process import ServerProcess
from tools.showcase import ENVIRONMENT, OWNER, PASSWORD, Showcase

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SIZES: dict[str, Any] = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 860}}
THEMES: tuple[Any, ...] = ("light", "dark")
LOCALES = {"en": "en-US", "zh": "zh-CN"}
QUALITY = 72
WRITTEN = {
    "en": ("First frost", "The harbour smoked this morning. We counted nine boats and one heron."),
    "zh": ("初霜", "今早港口冒着白气。我们数了九条船和一只白鹭。"),
}


def main() -> int:
    """Make all pictures; 1 when there is no browser."""
    program = requirements.browser()
    if program is None:
        print("Chromium is not installed", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place, ServerProcess(Path(place), **ENVIRONMENT) as server:
        showcase = Showcase(server)
        showcase.furnish()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for language in LOCALES:
                for size in SIZES:
                    for theme in THEMES:
                        take(browser, showcase, language, size, theme)
            browser.close()
    print(f"{len(list(FOLDER.iterdir()))} pictures are in {FOLDER}")
    return 0


def take(browser: Browser, showcase: Showcase, language: str, size: str, theme: Any) -> None:
    """Make the seven pictures of one kind: as a visitor sees the first two, and whoever runs the server the others."""
    context = browser.new_context(
        base_url=showcase.server.base_url, viewport=SIZES[size], color_scheme=theme, locale=LOCALES[language]
    )
    page = context.new_page()
    kind = f"{size}-{theme}-{language}"
    page.goto("/explore")
    keep(page, f"explore-{kind}")
    page.goto(showcase.posts[0]["url"])
    keep(page, f"note-{kind}")
    sign_in(page, language)
    page.goto("/publish")
    write(page, language)
    keep(page, f"compose-{kind}")
    page.goto("/settings/profile")
    keep(page, f"settings-{kind}")
    page.goto("/admin")
    keep(page, f"dashboard-{kind}")
    page.goto("/admin/reports")
    keep(page, f"reports-{kind}")
    page.goto(f"/admin/reports/{showcase.cases['report']}")
    page.locator("section:has(> #posts)").evaluate("part => part.scrollIntoView()")  # the original and its translation
    keep(page, f"report-{kind}")
    context.close()


def sign_in(page: Page, language: str) -> None:
    """Sign the owner in, and have the interface in a language."""
    page.goto("/auth/sign_in")
    page.fill("input[name=login]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/auth/sign_in" not in url)
    page.goto("/settings/interface")
    page.locator("select").first.select_option({"en": "en", "zh": "zh-Hans"}[language])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def write(page: Page, language: str) -> None:
    """Begin a post in two languages."""
    other = "zh" if language == "en" else "en"
    tags = {"en": "en", "zh": "zh-Hans"}
    page.fill("#text", "\n\n".join(WRITTEN[language]))
    page.select_option("#language", tags[language])
    folded = page.locator("details:has(#other_text):not([open]) > summary")
    if folded.count():
        folded.first.click()
    page.select_option("#other", tags[other])
    page.fill("#other_text", "\n\n".join(WRITTEN[other]))


def keep(page: Page, name: str) -> None:
    """Take the picture once all that is in it has loaded."""
    page.wait_for_load_state("networkidle") if "dashboard" not in name else page.wait_for_timeout(300)
    page.wait_for_timeout(200)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    sys.exit(main())
