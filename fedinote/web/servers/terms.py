"""What the forms about servers send: the terms of a block, ids that are ticked, a part of a list."""

from datetime import UTC, datetime, time

from fedinote.infra.errors import Invalid
from fedinote.moderation.servers.domains import Terms
from fedinote.policy.models import DomainBlock
from fedinote.timelines.window import Window
from fedinote.web import pages
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.pages import Upload

PAGE = 50
MAX_DOMAIN = 300


def window(staff: Staff) -> Window:
    """Return the part of a list that an address asks for."""
    asked = pages.query(staff.request).get("max_id", "")
    return Window(PAGE, max_id=number(asked) if asked else None)


def path_id(staff: Staff) -> int:
    """Return the id in the path of the page. `NotFound` for what is none."""
    return number(staff.request.path_params["id"])


def ticked(form: Upload, name: str) -> list[int]:
    """Return the ids that are ticked, each once, in their order."""
    return list(dict.fromkeys(number(one) for one in form.lists.get(name, ())))


def domain(form: Upload) -> str:
    """Return the name that was typed; of a whole address its host."""
    text = form.fields.get("domain", "").strip()[:MAX_DOMAIN]
    return text.partition("://")[2].partition("/")[0] if "://" in text else text.removesuffix("/")


def terms(staff: Staff, form: Upload) -> Terms:
    """Return the terms of a block as they were chosen. `Invalid` for an end that is over."""
    text = form.fields.get
    return Terms(
        severity=text("severity", "suspend"),
        reject_media="reject_media" in form.fields,
        reject_reports="reject_reports" in form.fields,
        followers_only="followers_only" in form.fields,
        warning=text("warning", "").strip(),
        private_comment=text("private_comment", "").strip(),
        public_comment=text("public_comment", "").strip(),
        obfuscate="obfuscate" in form.fields,
        expires_at=_until(staff, text("until", "").strip()),
    )


def _until(staff: Staff, text: str) -> datetime | None:
    """Return the beginning of a day (UTC), None for no day."""
    if not text:
        return None
    try:
        day = datetime.combine(datetime.strptime(text, "%Y-%m-%d").date(), time(0), UTC)  # noqa: DTZ007  a day
    except ValueError:
        raise Invalid("Validation failed: This is no date") from None
    if day <= staff.app.now():
        raise Invalid("Validation failed: The end must be in the future")
    return day


def day(block: DomainBlock | Terms | None) -> str:
    """Return the end of a block as a form has it."""
    return "" if block is None or block.expires_at is None else block.expires_at.strftime("%Y-%m-%d")
