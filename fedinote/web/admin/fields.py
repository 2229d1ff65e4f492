"""What the settings are called in forms, and what is said about each. A test holds that no key is forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "area", "lines", "number", "bytes", "switch", "choice", "languages", "secret"]


def _(text: str) -> str:
    """Mark a text for the catalogues; it is translated when it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Field:
    """How one key is asked for. `label`, `hint` and the words of `options` are English, to be translated.

    "lines" is a list with an entry on each line, "bytes" is asked for in MB.
    """

    kind: Kind
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that are shown on one page."""

    slug: str
    title: str
    intro: str
    keys: tuple[str, ...]


SPOKEN = (
    "en", "zh-Hans", "zh-Hant", "es", "ja", "ar", "bn", "ca", "cs", "da", "de", "el", "eo", "eu", "fa", "fi", "fr",
    "gl", "he", "hi", "hu", "id", "it", "ko", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "yue",
)  # fmt: skip
"""Languages that are offered to tick; others are typed as tags."""

FIELDS: Mapping[str, Field] = {
    "instance.title": Field("text", _("Name of the server"), _("On its pages and in apps.")),
    "instance.description": Field("area", _("Description"), _("A sentence or two: for whom it is, and what about.")),
    "instance.languages": Field(
        "languages", _("Languages"), _("What people here speak. Posts in these languages are what visitors see first.")
    ),
    "instance.contact_email": Field("text", _("E-mail address of those who run it"), _("It is public.")),
    "instance.contact_account": Field(
        "text", _("Account of those who run it"), _("A username of this server, such as alice. It is public.")
    ),
    "instance.hosting": Field(
        "text", _("Where the data lie"), _("Who runs the machine, and in which country. It is public.")
    ),
    "instance.suggested_accounts": Field(
        "lines",
        _("Accounts to begin with"),
        _(
            "Newcomers are told of these first: alice for somebody here, tea@far.example for somebody elsewhere, one on"
            " each line. Who does not want to be discovered is left out."
        ),
    ),
    "instance.annual_reports": Field(
        "switch", _("Reports of the year"), _("In December people may have a report of their own year made.")
    ),
    "registrations.mode": Field(
        "choice",
        _("Who may sign up"),
        options=(
            ("open", _("Anybody")),
            ("approval", _("Whoever a moderator lets in; they say why they want to join")),
            ("invitation", _("Whoever has an invitation of a member")),
            ("closed", _("Nobody, except with an invitation of those who run the server")),
        ),
    ),
    "registrations.members_invite": Field(
        "switch", _("Members may invite"), _("They make links under their settings; it says who invited whom.")
    ),
    "posts.max_characters": Field("number", _("Longest post"), _("In characters; a link counts as 23.")),
    "posts.max_attachments": Field(
        "number", _("Files on one post"), _("Servers that show four of them get the four that were chosen for it.")
    ),
    "posts.max_poll_options": Field("number", _("Options of a poll")),
    "posts.max_poll_option_characters": Field("number", _("Longest option of a poll"), _("In characters.")),
    "posts.link_previews": Field(
        "switch",
        _("Previews of links"),
        _("Pages that public posts link to are fetched. Their servers see the address of this one."),
    ),
    "media.max_image_bytes": Field("bytes", _("Largest picture")),
    "media.max_pixels": Field("number", _("Most pixels of a picture"), _("Width times height.")),
    "media.max_video_bytes": Field("bytes", _("Largest video or sound")),
    "media.max_video_pixels": Field("number", _("Most pixels of one frame of a video"), _("Width times height.")),
    "media.max_frame_rate": Field("number", _("Most frames a second of a video")),
    "media.max_description": Field("number", _("Longest description of a picture"), _("In characters.")),
    "media.remote_cache_bytes": Field(
        "bytes",
        _("Space for pictures and videos of other servers"),
        _(
            "They are kept here for readers, so that other servers do not learn who reads. What nobody looked at for"
            " longest makes room. 0: nothing is kept."
        ),
    ),
    "media.remote_cache_days": Field(
        "number", _("Days after which they go when nobody looks at them"), _("0: only when room is needed.")
    ),
    "media.remote_file_bytes": Field("bytes", _("Largest video or sound of other servers that is kept")),
    "federation.authorized_fetch": Field(
        "switch",
        _("Other servers must sign what they ask for"),
        _("Blocked servers then cannot read public posts in that way; some software cannot either."),
    ),
    "federation.send_blocks": Field(
        "switch",
        _("Tell other servers whom people here block"),
        _("Many expect it, and keep the blocked person away; they may let the person know."),
    ),
    "federation.allow_list": Field(
        "switch",
        _("Only servers on the list"),
        _("Nothing comes from other servers or goes to them but from those that are allowed by name."),
    ),
    "federation.first_contact": Field(
        "choice",
        _("Servers that nobody here knows yet"),
        options=(
            ("open", _("May bring everything")),
            ("careful", _("Bring neither media nor strangers' answers until they are known")),
        ),
    ),
    "federation.first_contact_days": Field(
        "number",
        _("Days until a server is known"),
        _("Without a complaint about anybody of it. Moderators can let it in before."),
    ),
    "moderation.max_mentions": Field(
        "number",
        _("Most people mentioned by a stranger"),
        _("A post of another server that mentions more, by somebody whom nobody here follows, is spam. 0: no limit."),
    ),
    "moderation.mention_flood": Field(
        "choice",
        _("What becomes of such a post"),
        options=(("reject", _("It is refused")), ("limit", _("It is kept, and mentions nobody"))),
    ),
    "moderation.refused_phrases": Field(
        "lines",
        _("Phrases that are refused"),
        _("Posts that contain one of them are refused, whoever writes them. One on each line."),
    ),
    "moderation.trends": Field(
        "choice",
        _("What many talk about"),
        options=(
            ("shown", _("Shown, unless a moderator rejects it")),
            ("reviewed", _("Shown once a moderator approved it")),
            ("off", _("Not counted, and not shown")),
        ),
    ),
    "moderation.public_decisions": Field(
        "switch",
        _("Decisions are public"),
        _("Each decision of moderators is shown by month, kind and outcome, and never who or what it was about."),
    ),
    "moderation.public_after_days": Field(
        "number",
        _("Days until a decision is public"),
        _("At most 90. The figures by month always are."),
    ),
    "explore.visitors": Field(
        "switch",
        _("Explore for people without an account"),
        _("If not, the front page says what this place is, and members see Explore."),
    ),
    "explore.popular": Field("switch", _("Likes and boosts count"), _("In what Explore shows first.")),
    "explore.crossing": Field(
        "switch",
        _("Crossing languages counts"),
        _("Notes that are read in translation, answered in another language, or written in two."),
    ),
    "explore.remote": Field("switch", _("Notes of other servers"), _("Explore shows them too.")),
    "limits.inbox_per_minute": Field(
        "number",
        _("Activities a minute from one address"),
        _("More are told to wait. The largest servers stay far below the usual value. 0: no limit."),
    ),
    "limits.fetches_per_minute": Field(
        "number", _("Documents a minute for one server"), _("Whatever addresses it has. 0: no limit.")
    ),
    "translation.engine": Field(
        "choice",
        _("What translates"),
        options=(
            ("", _("Nothing, only Chinese between its two scripts")),
            ("libretranslate", _("LibreTranslate")),
            ("deepl", _("DeepL")),
            ("openai", _("A language model (OpenAI-compatible: Ollama, vLLM, llama.cpp, …)")),
            ("argos", _("Argos Translate on this machine")),
            ("phrasebook", _("The phrase book for trying things out (Chinese and English)")),
        ),
    ),
    "translation.url": Field(
        "text",
        _("Address"),
        _("LibreTranslate: such as http://127.0.0.1:5000. Language model: such as http://127.0.0.1:11434/v1."),
    ),
    "translation.api_key": Field("secret", _("Key"), _("It is never shown again. DeepL needs one, others may.")),
    "translation.location": Field(
        "choice",
        _("Where it runs"),
        _("Posts that are not public are translated by an engine on this machine only."),
        options=(
            ("local", _("On this machine")),
            ("network", _("On a machine of the same people")),
            ("third-party", _("At somebody else's")),
        ),
    ),
    "translation.model": Field("text", _("Model"), _("The name of the language model to ask for.")),
    "translation.timeout": Field(
        "number", _("Seconds to wait for an answer"), _("0: 5 seconds, and 30 for language models and Argos.")
    ),
    "translation.daily_characters": Field(
        "number", _("Characters a day"), _("That engines are sent at most in a day. 0: no limit.")
    ),
    "translation.daily_characters_per_person": Field("number", _("Characters a day for one reader"), _("0: no limit.")),
    "translation.keep_days": Field(
        "number", _("Days that a translation is kept"), _("That nobody asks for. 0: for ever.")
    ),
    "translation.queries": Field(
        "choice",
        _("Translating what people search for"),
        _("So that they find posts in other languages."),
        options=(
            ("local", _("By engines on this machine")),
            ("anywhere", _("By any engine")),
            ("off", _("Not at all")),
        ),
    ),
}

ENGINE = (
    "translation.engine",
    "translation.url",
    "translation.api_key",
    "translation.model",
    "translation.location",
)
"""What describes the engine itself."""

GROUPS = (
    Group(
        "server",
        _("This server"),
        _("What visitors read, and whom they can write to."),
        (
            "instance.title",
            "instance.description",
            "instance.languages",
            "instance.contact_email",
            "instance.contact_account",
            "instance.suggested_accounts",
            "instance.hosting",
            "instance.annual_reports",
        ),
    ),
    Group(
        "registrations",
        _("Signing up"),
        _("Who may make an account here."),
        ("registrations.mode", "registrations.members_invite"),
    ),
    Group(
        "posts",
        _("Posts"),
        _("How much people may write at a time."),
        tuple(key for key in FIELDS if key.startswith("posts.")),
    ),
    Group(
        "media",
        _("Pictures and videos"),
        _("How large files may be, and how much of other servers' is kept."),
        tuple(key for key in FIELDS if key.startswith("media.")),
    ),
    Group(
        "explore",
        _("Explore"),
        _("What the front door shows, and to whom."),
        tuple(key for key in FIELDS if key.startswith("explore.")),
    ),
    Group(
        "moderation",
        _("Spam and trends"),
        _("What is refused by itself. The audit log has each time."),
        tuple(key for key in FIELDS if key.startswith("moderation.")),
    ),
    Group(
        "federation",
        _("Other servers"),
        _("With whom this server speaks, and how much of it."),
        tuple(key for key in FIELDS if key.startswith(("federation.", "limits."))),
    ),
)
