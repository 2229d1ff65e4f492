"""Languages: their tags (BCP 47), which tag answers to which, and which language a text is in, without the network.

Three spellings meet here: the tag of a post, the code that an engine knows, and the key that a client looks up.
"""

from fedinote.text.language.detection import SEVERAL, contradicts, detect, languages_in, offered, source
from fedinote.text.language.lookup import ANY, clients_table, lookup_table
from fedinote.text.language.matching import aliases, match, reads, same
from fedinote.text.language.tags import base_of, canonical, script_of

__all__ = [
    "ANY",
    "SEVERAL",
    "aliases",
    "base_of",
    "canonical",
    "clients_table",
    "contradicts",
    "detect",
    "languages_in",
    "lookup_table",
    "match",
    "offered",
    "reads",
    "same",
    "script_of",
    "source",
]
