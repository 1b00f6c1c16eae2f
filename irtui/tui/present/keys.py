"""The question that a resume asks when the key that signed before does not answer."""

from irtui.engine.operator import Question
from irtui.errors import KeyUnavailable

PASSPHRASE_FILE = "passphrase-file"
PASSPHRASE_PROMPT = "Passphrase of the key file:"


def key_question(trouble: KeyUnavailable) -> Question:
    return _question(trouble.title, trouble.message)


def signing_on_question(what: str, sha256: str = "") -> Question:
    """After a hand-over nobody can know which key the next one has. `sha256`: of the file it came as."""
    hashed = f"The file's sha256, to compare with what they read to you:\n{sha256}\n\n" if sha256 else ""
    return _question(f"Sign on to {what}", f"{hashed}It was handed over. You sign on with a key of your own.")


def _question(title: str, words: str) -> Question:
    return Question(
        key="",
        title=title,
        text=f"{words}\n\nWith which key shall this sitting sign?",
        choices={
            PASSPHRASE_FILE: "The key file; its passphrase is asked next.",
            "keyring": "The keyring; unlock it first.",
            "ephemeral": "A new key that is kept nowhere; the journal marks it.",
        },
    )
