"""Settings: one TOML file and environment variables, both checked at the start.

Each key `section.key` may be given as `FEDINOTE_SECTION_KEY`; the environment wins. A wrong key or value raises
`SettingsError` naming it. `config/fedinote.example.toml` describes every key; a test keeps it in step.
"""

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import msgspec

from fedinote.infra import ranges, translation_settings
from fedinote.infra.sections import (
    DatabaseSettings,
    Explore,
    Federation,
    Instance,
    Limits,
    Log,
    MediaSettings,
    Moderation,
    Posts,
    Registrations,
    Server,
)
from fedinote.infra.translation_settings import TranslationSettings

PREFIX = "FEDINOTE_"
DEMO_VARIABLES = ("FEDINOTE_DEMO", "FEDINOTE_DEMO_NOTE")
"""The person of a server that `fedinote demo` started, and a remark on what translates: never there otherwise."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HANDLE_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*(?::[0-9]{1,5})?)?")
_MISFIT = re.compile(r"Expected `(\w+)[^`]*`, got `(\w+)`")
_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "object": "a section",
    "str": "a text in quotes",
}


class SettingsError(Exception):
    """A setting is unknown or has a wrong value; the message names it."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All sections."""

    server: Server = Server()
    database: DatabaseSettings = DatabaseSettings()
    instance: Instance = Instance()
    registrations: Registrations = Registrations()
    posts: Posts = Posts()
    media: MediaSettings = MediaSettings()
    federation: Federation = Federation()
    moderation: Moderation = Moderation()
    explore: Explore = Explore()
    limits: Limits = Limits()
    translation: TranslationSettings = TranslationSettings()
    log: Log = Log()

    @property
    def host(self) -> str:
        """The host of the base URL, with a port when it is not the scheme's own."""
        return urlsplit(self.server.base_url).netloc

    @property
    def handle_host(self) -> str:
        """The domain in handles: `server.handle_domain`, or the host."""
        return self.server.handle_domain.lower() or self.host

    @property
    def own_hosts(self) -> frozenset[str]:
        """The domains under which the people here are known, in lower case: nobody elsewhere can have one of them."""
        return frozenset({self.host.lower(), self.handle_host})

    @property
    def base(self) -> str:
        """The base URL without a trailing slash."""
        return self.server.base_url.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether the server is reached by https."""
        return self.server.base_url.startswith("https://")

    @property
    def data_path(self) -> Path:
        """The data directory."""
        return Path(self.server.data_dir)

    @property
    def texts_path(self) -> Path:
        """Where the house's own texts are: `instance.texts_dir`, or `texts` in the data directory."""
        return Path(self.instance.texts_dir) if self.instance.texts_dir else self.data_path / "texts"

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file, by default in the data directory; None when the database is PostgreSQL."""
        url = self.database.url
        if url.startswith("postgres"):
            return None
        return Path(url.removeprefix("sqlite://")) if url else self.data_path / "fedinote.db"

    @property
    def signed_only(self) -> bool:
        """Whether other servers must sign even to read: by their own setting, or to see who is on the list."""
        return self.federation.authorized_fetch or self.federation.allow_list

    @property
    def networks(self) -> list[Network]:
        """Private networks that may be contacted."""
        return [ipaddress.ip_network(text) for text in self.federation.allow_networks]


class Loaded(Settings, frozen=True):
    """Settings as file and environment give them.

    `sources` says by `section.key` where each key stands that is given there: the path of the file, or the variable.
    """

    sources: dict[str, str] = {}


def load(path: Path | None, environment: Mapping[str, str]) -> Loaded:
    """Read the file (if any) and the environment into Settings. Raises SettingsError with the name of what is wrong."""
    values: dict[str, Any] = {}
    if path is not None:
        values = _read(path)
        _check_names(values, path)
    given = {f"{section}.{key}": str(path) for section, keys in values.items() for key in keys}
    places: dict[str, str] = {}
    for name, text in environment.items():
        if name.startswith(PREFIX) and name not in OTHER_VARIABLES:
            places[_put(values, name, text)] = name
    settings = _checked(values, places, path)
    return Loaded(**{name: getattr(settings, name) for name in _keys()}, sources={**given, **places})


def lay(settings: Settings, chosen: Mapping[str, Any]) -> Settings:
    """Return the settings with other values for some keys (`section.key`); SettingsError as for a file."""
    values = {section: msgspec.to_builtins(getattr(settings, section)) for section in _keys()}
    for key, value in chosen.items():
        section, _, name = key.partition(".")
        if name not in values.get(section, {}):
            raise SettingsError(f"there is no setting {key}{_nearest(key, names())}")
        values[section][name] = value
    return _checked(values, dict.fromkeys(chosen, "chosen"), None)


def names() -> list[str]:
    """Return all keys, as `section.key`."""
    return [f"{section}.{key}" for section, keys in _keys().items() for key in keys]


def kind_of(key: str) -> Any:
    """Return the type of a key's values: bool, int, float, str, a Literal, or a list. KeyError when there is none."""
    section, _, name = key.partition(".")
    return _keys()[section][name]


def parse(key: str, text: str) -> Any:
    """Return what a text means as the value of a key, as in the environment. SettingsError when it means nothing."""
    if key not in names():
        raise SettingsError(f"there is no setting {key}{_nearest(key, names())}")
    return _value(kind_of(key), text, key)


def _checked(values: Mapping[str, Any], places: Mapping[str, str], path: Path | None) -> Settings:
    try:
        settings = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(_explained(str(error), places, path)) from error
    _check(settings)
    return settings


OTHER_VARIABLES = {
    *DEMO_VARIABLES,
    "FEDINOTE_CONFIG",
    "FEDINOTE_INTEROP_DIR",
    "FEDINOTE_LIBRETRANSLATE_VENV",
    "FEDINOTE_REQUIRE",
    "FEDINOTE_SHARED",
}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"settings file {path}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"settings file {path}: {error}") from error


def _keys() -> dict[str, dict[str, Any]]:
    """Return the type of each key, by section."""
    return {
        section.name: {field.name: field.type for field in msgspec.structs.fields(section.type)}
        for section in msgspec.structs.fields(Settings)
    }


def _check_names(values: Mapping[str, Any], path: Path) -> None:
    """Refuse sections and keys of a file that are no settings, and name the nearest one that is."""
    sections = _keys()
    for section, content in values.items():
        if section not in sections and not isinstance(content, dict):
            raise SettingsError(f"settings file {path}: {section} stands in no section{_home(section)}")
        if section not in sections:
            hint = _nearest(section, sections) or f". There are: {', '.join(sections)}"
            raise SettingsError(f"settings file {path}: there is no section [{section}]{hint}")
        for key in content if isinstance(content, dict) else ():
            if key not in sections[section]:
                hint = _home(key) or _nearest(key, sections[section])
                hint = hint or f". There are: {', '.join(sections[section])}"
                raise SettingsError(f"settings file {path}: there is no key {key} in [{section}]{hint}")


def _home(key: str) -> str:
    homes = [f"[{section}]" for section, keys in _keys().items() if key in keys]
    return f". It belongs in {' or '.join(homes)}" if homes else ""


def _nearest(name: str, names: Iterable[str]) -> str:
    found = difflib.get_close_matches(name, list(names), n=1)
    return f". Did you mean {found[0]}?" if found else ""


def _put(values: dict[str, Any], name: str, text: str) -> str:
    """Add the value of an environment variable, and return its key (`section.key`)."""
    sections = _keys()
    variables = {
        f"{PREFIX}{section}_{key}".upper(): (section, key) for section in sections for key in sections[section]
    }
    if name not in variables:
        homes = [variable for variable, (_, key) in variables.items() if name == f"{PREFIX}{key.upper()}"]
        hint = _nearest(name, homes or [*variables, *OTHER_VARIABLES])
        raise SettingsError(f"environment variable {name} is no setting{hint}")
    section, key = variables[name]
    content = values.setdefault(section, {})
    if isinstance(content, dict):
        content[key] = _value(sections[section][key], text, name)
    return f"{section}.{key}"


def _value(kind: Any, text: str, name: str) -> Any:
    if kind is bool:
        choices = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if text.lower() not in choices:
            raise SettingsError(f"{_place(name)}: {text!r} is neither true nor false")
        return choices[text.lower()]
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError as error:
            raise SettingsError(f"{_place(name)}: {text!r} is no number") from error
    if getattr(kind, "__origin__", None) is list:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _place(name: str) -> str:
    return f"environment variable {name}" if name.startswith(PREFIX) else f"setting {name}"


def _explained(message: str, places: Mapping[str, str], path: Path | None) -> str:
    """Say in our words what msgspec found, and where the value came from."""
    problem, _, where = message.partition(" - at `$.")
    full = where.rstrip("`")
    key = full.partition("[")[0]
    place = places.get(key) or f"settings file {path}"
    section, _, name = key.partition(".")
    kind: Any = _keys().get(section, {}).get(name)
    for part in full[len(key) :].split(".")[1:]:  # inside a list of tables
        kind = next((field.type for field in msgspec.structs.fields(get_args(kind)[0]) if field.name == part), None)
    choices = get_args(kind)
    if problem.startswith("Invalid enum value") and choices:
        problem = f"{problem.partition('value ')[2]} is none of: {', '.join(choice or '(empty)' for choice in choices)}"
    elif found := _MISFIT.match(problem):
        wanted, given = (_WORDS.get(word, word) for word in found.groups())
        problem = f"must be {wanted}, not {given}"
    return f"setting {full} ({place}): {problem}"


def _check(settings: Settings) -> None:
    _check_server(settings.server)
    _check_networks("federation.allow_networks", settings.federation.allow_networks)
    _check_networks("server.trusted_proxies", settings.server.trusted_proxies)
    url = settings.database.url
    if url and not url.startswith(("postgres://", "postgresql://", "sqlite://")):
        raise SettingsError("setting database.url: must begin with postgres:// or sqlite://, or be empty")
    if wrong := translation_settings.problem(settings.translation) or ranges.problem(settings):
        raise SettingsError(f"setting {wrong}")


def _check_server(server: Server) -> None:
    parts = urlsplit(server.base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise SettingsError("setting server.base_url: must be like https://social.example, without a path")
    if not _HANDLE_DOMAIN.fullmatch(server.handle_domain):
        raise SettingsError("setting server.handle_domain: must be a domain like example.org, or empty")
    host, _, port = server.bind.rpartition(":")
    if not host or not port.isdigit():
        raise SettingsError("setting server.bind: must be like 127.0.0.1:8000")


def _check_networks(key: str, texts: Iterable[str]) -> None:
    for text in texts:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            raise SettingsError(f"setting {key}: {text!r} is no network such as 10.0.0.0/8") from error
