"""What the forms of the desk send: the grounds of a decision, and the language of its words."""

from fedinote.infra.errors import BadRequest, Invalid
from fedinote.moderation.cases.statements import Basis
from fedinote.text import language
from fedinote.text.language_names import own_name
from fedinote.web.admin.queues import number
from fedinote.web.browser import Visit
from fedinote.web.pages import Upload
from fedinote.web.words import OFFERED


def languages(here: Visit) -> list[tuple[str, str]]:
    """Return the languages that words can be written in here, (tag, own name), the writer's own first."""
    own = language.canonical(here.member.locale) or here.words.tag
    others = (here.words.tag, *here.app.settings.instance.languages, *OFFERED)
    return [(tag, own_name(tag)) for tag in dict.fromkeys((own, *others))]


def tongue(form: Upload) -> str | None:
    """Return the language that a form says its words are in; None where it says none. `Invalid` for no tag."""
    text = form.fields.get("language", "").strip()
    if not text:
        return None
    found = language.canonical(text)
    if found is None:
        raise Invalid("Validation failed: This is not a language tag")
    return found


def basis(form: Upload, report_id: int | None) -> Basis:
    """Return what a decision rests on: the rules that are ticked, the report, and the language of its words."""
    rules = tuple(number(one) for one in form.lists.get("rule", ()))
    return Basis(rules=rules, report_id=report_id, language=tongue(form), tell="tell" in form.fields)


def ids(form: Upload, name: str) -> list[int]:
    """Return the ids that are ticked, each once. `BadRequest` for more than a page has."""
    found = list(dict.fromkeys(number(one) for one in form.lists.get(name, ())))
    if len(found) > 100:
        raise BadRequest
    return found
