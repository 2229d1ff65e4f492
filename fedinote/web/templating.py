"""Jinja's environment: the templates beside this module, in the words of whoever reads."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

import fedinote
from fedinote.infra.app import App
from fedinote.text.language_names import own_name
from fedinote.web.words import OFFERED, Words

_FOLDER = Path(__file__).parent / "templates"


def render(app: App, template: str, words: Words, values: Mapping[str, Any]) -> str:
    """Return the text of a template in these words. Values are escaped; a name that is missing is an error."""
    environment: Environment | None = app.caches.get("pages")
    if environment is None:
        environment = app.caches["pages"] = _environment()
    return environment.get_template(template).render(
        {**values, "words": words, "lang": words.tag, "direction": words.direction}
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(gettext=_gettext, ngettext=_ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(version=fedinote.__version__, languages_offered=OFFERED, own_name=own_name)
    environment.filters.update(ago=_ago, date=_date, moment=_moment, count=_count, bytes=_bytes, percent=_percent)
    return environment


def _words(context: Context) -> Words:
    found: Words = context["words"]
    return found


@pass_context
def _gettext(context: Context, message: str) -> str:
    return _words(context).gettext(message)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    return _words(context).catalogue.ngettext(one, many, number)


@pass_context
def _ago(context: Context, moment: datetime) -> str:
    return _words(context).ago(moment, context["now"])


@pass_context
def _date(context: Context, moment: datetime) -> str:
    return _words(context).date(moment)


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    return _words(context).moment(moment)


@pass_context
def _count(context: Context, number: int) -> str:
    return _words(context).count(number)


@pass_context
def _bytes(context: Context, size: float) -> str:
    return _words(context).bytes(size)


@pass_context
def _percent(context: Context, share: float) -> str:
    return _words(context).percent(share)
