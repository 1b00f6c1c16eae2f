"""The question that a resume asks when the key that signed before does not answer."""

from irtui.engine.operator import Question
from irtui.errors import KeyUnavailable

PASSPHRASE_FILE = "passphrase-file"
PASSPHRASE_PROMPT = "Passphrase of the key file:"


def key_question(trouble: KeyUnavailable) -> Question:
    return Question(
        key="",
        title=trouble.title,
        text=f"{trouble.message}\n\nWith which key shall this sitting sign?",
        choices={
            PASSPHRASE_FILE: "The key file; its passphrase is asked next.",
            "keyring": "The keyring; unlock it first.",
            "ephemeral": "A new key that is kept nowhere; the journal marks it.",
        },
    )
