"""Octets of a jar <-> texts in the files of browsers.

The characters of a jar's values are octets, as the server sent them. Browsers show texts that they have
decoded from UTF-8. Over the wire the same octets go, whichever way a cookie came.

Does not survive: octets that are not UTF-8. They are written as the characters that they are in the
jar, and would come back as the UTF-8 of these.
"""

from __future__ import annotations


def decoded(text: str) -> str:
    """
    What a browser shows for a text of the jar.

    Args:
        text: Octets as characters. One with other characters, which a program has set, is shown as
            it is.

    >>> decoded("GrÃ¼n"), decoded("10 €")
    ('Grün', '10 €')
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def encoded(text: str) -> str:
    """
    The octets, as characters, that a browser sends for a text.

    Raises:
        UnicodeEncodeError: There is half a surrogate pair in it.

    >>> encoded("Grün")
    'GrÃ¼n'
    """
    return text if text.isascii() else text.encode().decode("latin-1")
