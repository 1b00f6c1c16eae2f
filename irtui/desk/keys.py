"""Which key signs an incident: offered, made, found again, destroyed. And where secrets go that AWS issues in it."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from irtui.desk.home import Home
from irtui.desk.nouns import KeyOption
from irtui.errors import KeyUnavailable, UsageError
from irtui.journal.record import Record
from irtui.journal.seal import THROW_AWAY, Ed25519Signer, endorse
from irtui.vault.issued import SECRETS, Issued, ThrowAway
from irtui.vault.os_keyring import open_keyring, probe
from irtui.vault.passphrase_file import PassphraseFile
from irtui.vault.seeds import OPERATOR, SEED_BYTES, SEEDS, Content, Vault, incident_name, operator_seed, seed

LEFT = 20
"""How many closed incidents are looked at for a key that was left."""
KEYRING, PASSPHRASE_FILE, EPHEMERAL = "keyring", "passphrase-file", "ephemeral"


@dataclass(frozen=True, slots=True)
class IncidentKey:
    """The key of one sitting."""

    signer: Ed25519Signer
    endorsement: Mapping[str, str] | None
    """The word of the operator's long-term key; None for keys that are not kept."""
    vault: Vault | None
    issued: Issued
    """Who keeps the secrets that AWS issues in this sitting."""

    def forget(self, incident: str) -> None:
        """Destroys it, so that nobody can rewrite what is closed. Raises KeyUnavailable."""
        if self.vault is not None:
            self.vault.destroy(incident_name(incident))

    def forget_closed(self, incidents: Iterable[str]) -> None:
        """Destroys what a crash between the end and its `forget` left behind; the newest come first. A vault that
        will not is left alone: an incident is about to be opened."""
        with suppress(KeyUnavailable):
            for incident in islice(incidents, LEFT):
                self.forget(incident)


def kind_of(records: tuple[Record, ...]) -> str:
    """Where the key is that signed last."""
    return [str(record.body["key"]["kind"]) for record in records if record.type in ("open", "join")][-1]


def access_key_id(text: str) -> str:
    """The id. Raises UsageError, which does not repeat it: it may be the secret."""
    if not re.fullmatch(r"[A-Z0-9]{16,128}", text):
        raise UsageError("That is no access key id.", advice="It looks like AKIA and sixteen more letters and digits.")
    return text


class Keys:
    """Rehearsals sign with throw-away keys and touch no vault. An ephemeral key lives in this process only."""

    def __init__(self, home: Home, randomness: Callable[[int], bytes]) -> None:
        self._file = home.config / "signing-keys"
        self._secrets = home.config / "issued-secrets"
        self.randomness = randomness

    def options(self, mode: str) -> tuple[KeyOption, ...]:
        """The kinds to choose from, the proposed one first. Asks the keyring, which may take two seconds."""
        if mode == "rehearsal":
            return (KeyOption(THROW_AWAY, True, "a rehearsal's key is thrown away"),)
        probed = probe(self.randomness)
        made = "" if self._file.exists() else " (will be made)"
        return (
            KeyOption(KEYRING, probed.available, probed.backend if probed.available else probed.why),
            KeyOption(PASSPHRASE_FILE, True, f"{self._file}{made}"),
            KeyOption(EPHEMERAL, True, "kept nowhere: marked in the journal, and a resume signs with a new one"),
        )

    def new(self, kind: str, mode: str, incident: str, passphrase: str) -> IncidentKey:
        """The incident's key of that kind, made on first need. Raises KeyUnavailable; never takes a weaker kind."""
        if mode == "rehearsal":
            thrown = Issued(ThrowAway, self.randomness)
            return IncidentKey(Ed25519Signer.from_seed(self.randomness(SEED_BYTES), THROW_AWAY), None, None, thrown)
        issued = self.issued(kind, passphrase)
        if kind == EPHEMERAL:
            return IncidentKey(Ed25519Signer.from_seed(self.randomness(SEED_BYTES), EPHEMERAL), None, None, issued)
        vault = self._vault(kind, passphrase)
        signer = Ed25519Signer.from_seed(seed(vault, incident_name(incident), self.randomness), vault.kind)
        operator = Ed25519Signer.from_seed(operator_seed(vault, self.randomness), vault.kind)
        return IncidentKey(signer, endorse(operator, incident=incident, mode=mode, public=signer.public), vault, issued)

    def issued(self, kind: str, passphrase: str) -> Issued:
        """The secrets that AWS issued, kept as that kind of key is; beside it, not with it. Opened on first need."""

        def opened() -> Vault:
            if kind == EPHEMERAL:
                raise KeyUnavailable(
                    "The signing key of this incident is kept nowhere, and so would be a secret.",
                    title="No vault for the secret",
                    advice="Leave, and resume with --key keyring or --key passphrase-file; or issue the key by hand.",
                )
            return self._vault(kind, passphrase, SECRETS)

        return Issued(opened, self.randomness)

    def secret(self, kind: str, passphrase: str, access_key_id: str) -> str:
        """The secret that AWS issued with that key. Raises KeyUnavailable, also when it is not there."""
        found = self.issued(kind, passphrase).get(access_key_id)
        if found is None:
            raise KeyUnavailable(
                f"No secret of {access_key_id} is in {self.place(kind, secrets=True)}.", title="No such secret",
                advice="Another machine, or another --key, may have it; of a rehearsal none is kept. "
                "Nobody can ask AWS for it again.",
            )  # fmt: skip
        return found

    def long_term(self, kind: str, passphrase: str) -> Ed25519Signer:
        """The operator's own key, made on first need. Raises KeyUnavailable."""
        vault = self._vault(kind, passphrase)
        return Ed25519Signer.from_seed(operator_seed(vault, self.randomness), vault.kind)

    def held(self, kind: str, passphrase: str) -> Ed25519Signer | None:
        """The operator's own key; None when there is none, and none is made. Raises KeyUnavailable."""
        found = self._vault(kind, passphrase).get(OPERATOR)
        return Ed25519Signer.from_seed(found, kind) if found else None

    def again(self, records: tuple[Record, ...], incident: str, mode: str, kind: str, passphrase: str) -> IncidentKey:
        """The key of a resumed incident, of the kind that signed last; an ephemeral one is new, and joins as such."""
        return self.new(kind or kind_of(records), mode, incident, passphrase)

    def operator(self, kind: str, passphrase: str, *, make: bool) -> tuple[str, bool]:
        """The public half of the operator's long-term key in hex, and whether it was made now; empty when there is
        none and none shall be made. Raises KeyUnavailable."""
        found = self.held(kind, passphrase)
        if found is None and not make:
            return "", False
        signer = found or self.long_term(kind, passphrase)
        return signer.public.hex(), found is None

    def place(self, kind: str, *, secrets: bool = False) -> str:
        """Where keys of that kind are, or issued secrets, for people."""
        return str(self._secrets if secrets else self._file) if kind == PASSPHRASE_FILE else "the OS keyring"

    def _vault(self, kind: str, passphrase: str, content: Content = SEEDS) -> Vault:
        if kind == KEYRING:
            return open_keyring(self.randomness, content=content)
        if kind == PASSPHRASE_FILE:
            return PassphraseFile(
                self._file if content is SEEDS else self._secrets, passphrase, self.randomness, content
            )
        raise KeyUnavailable(
            f"There is no kind of key {kind!r}."
            if kind
            else "No keyring answers, and no other kind of key was chosen.",
            advice="Choose one: --key ephemeral or --key passphrase-file.",
        )
