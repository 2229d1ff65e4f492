"""Which language readers are told that a post is in, where its author's tag is missing or cannot be true.

The author's tag is what is stored as the post's language and federated; this one is for offering translations here.
"""

from dataclasses import replace

from fedinote.posts.drafts import NewPost
from fedinote.text import html, language


def noted(new: NewPost) -> NewPost:
    """Return a post that is about to be stored with the tag by which readers are offered a translation.

    Where nobody stated a language, what the text shows is taken for it.
    """
    text = html.to_text(new.content)
    if new.language is not None:
        return replace(new, shown_language=language.offered(text, new.language))
    found = language.languages_in(text)
    return replace(
        new,
        language=found[0] if found else None,
        shown_language=language.SEVERAL if len(found) > 1 else None,
    )
