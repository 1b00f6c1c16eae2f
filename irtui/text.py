"""The one function that makes a foreign string safe to show.

Everything from AWS, CloudTrail or YAML may be written by the attacker. Whatever face shows it passes it
through `inert` (one line) or `inert_lines` (several) and then hands it over as plain text, never markup.

Rules: every character that is a control, a format character (bidi, zero-width, tags), a surrogate, private,
unassigned, a line or paragraph separator, or a space other than U+0020 becomes visible as `\\u{hex}`.
"""

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def inert(value: object, limit: int = 512) -> str:
    """`value` on one line with every invisible or steering character spelled out; cut at `limit` characters."""
    text = value if isinstance(value, str) else str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _plain(character) else f"\\u{{{ord(character):x}}}" for character in text)


def inert_lines(value: str, limit: int = 65536) -> str:
    """Like `inert`, but line feeds stay and tabs become two spaces."""
    if len(value) > limit:
        value = value[: limit - 1] + "…"
    return "\n".join(inert(line, limit) for line in value.replace("\t", "  ").split("\n"))


def _plain(character: str) -> bool:
    if character == " ":
        return True
    category = unicodedata.category(character)
    return category not in _HIDDEN and category != "Zs"
