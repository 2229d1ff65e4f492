"""What a browser calls itself (User-Agent), in a few words that its owner recognises."""

from fedinote.web.words import Words

# Order counts: most browsers claim to be others as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("FreeBSD", "FreeBSD"),
)


def name(words: Words, user_agent: str) -> str:
    """Return "Firefox on Linux" or the like, in the reader's language; never what the browser said word by word."""
    browser = next((short for mark, short in _BROWSERS if mark in user_agent), "")
    system = next((short for mark, short in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return words.gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or words.gettext("Unknown browser")


def phone(user_agent: str) -> bool:
    """Tell whether it is a device for the hand."""
    return any(mark in user_agent for mark in ("iPhone", "iPad", "Android", "Mobile"))
