"""Seeds, or issued secrets, in a file under a passphrase: the fallback where no keyring answers, if one chooses it.

Rules: Argon2id (64 MiB, 3 passes) makes the key, ChaCha20-Poly1305 seals all of them as one box, with the
file's other members as associated data. The file is 0600, replaced as a whole, and one process changes it at
a time. Everything that does not fit is KeyUnavailable; which part did not, nobody is told.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from irtui.canonical import canonical
from irtui.errors import KeyUnavailable
from irtui.vault.seeds import SEEDS, Content

_FORM: Mapping[str, object] = {
    "kdf": "argon2id",
    "memory_kib": 65536,
    "passes": 3,
    "lanes": 4,
}
_SALT_BYTES, _NONCE_BYTES = 16, 12
_LARGEST = 1024 * 1024
_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW


class PassphraseFile:
    """A `Vault` in one file, made on the first `keep`. The passphrase stays in memory for the sitting."""

    kind = "passphrase-file"

    def __init__(
        self, path: Path, passphrase: str, randomness: Callable[[int], bytes], content: Content = SEEDS
    ) -> None:
        if not passphrase:
            raise KeyUnavailable("The passphrase is empty.", advice="Type a passphrase of several words.")
        self._path = path
        self._passphrase = passphrase.encode("utf-8", "surrogatepass")
        self._randomness = randomness
        self._content = content
        self._keys: dict[bytes, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self._values().get(name)

    def keep(self, name: str, value: bytes) -> None:
        with self._alone():
            self._write({**self._values(), name: value})

    def destroy(self, name: str) -> None:
        with self._alone():
            values = self._values()
            if values.pop(name, None) is not None:
                self._write(values)

    def _values(self) -> dict[str, bytes]:
        try:
            return self._opened(self._read())
        except FileNotFoundError:
            return {}
        except OSError as fault:
            raise KeyUnavailable(f"{self._path} cannot be read: {fault.strerror}.") from fault
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidTag) as flaw:
            raise KeyUnavailable(
                f"The passphrase does not open {self._path}, or the file was changed.", advice="Type it again."
            ) from flaw

    def _read(self) -> bytes:
        with os.fdopen(os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | _FLAGS), "rb") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & 0o077 or status.st_uid != os.geteuid():
                raise KeyUnavailable(
                    f"Others may read {self._path}, or it is not yours.", advice=f"chmod 600 {self._path}"
                )
            return file.read(_LARGEST)

    def _opened(self, data: bytes) -> dict[str, bytes]:
        outer = json.loads(data)
        header = {name: value for name, value in outer.items() if name != "box"}
        salt, nonce = bytes.fromhex(header["salt"]), bytes.fromhex(header["nonce"])
        if {**header, **_FORM, "form": self._content.form} != header:
            raise ValueError("another form")
        box = ChaCha20Poly1305(self._key(salt)).decrypt(nonce, bytes.fromhex(outer["box"]), canonical(header))
        values = {name: bytes.fromhex(value) for name, value in json.loads(box).items()}
        if not all(map(self._content.fits, values.values())):
            raise ValueError(f"not {self._content.word}")
        return values

    def _write(self, values: Mapping[str, bytes]) -> None:
        salt = next(iter(self._keys), None) or self._randomness(_SALT_BYTES)
        nonce = self._randomness(_NONCE_BYTES)
        header = {**_FORM, "form": self._content.form, "salt": salt.hex(), "nonce": nonce.hex()}
        inner = canonical({name: value.hex() for name, value in values.items()})
        box = ChaCha20Poly1305(self._key(salt)).encrypt(nonce, inner, canonical(header))
        part = self._path.with_name(self._path.name + ".part")
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _FLAGS, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(canonical({**header, "box": box.hex()}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        _sync_folder(self._path.parent)

    def _key(self, salt: bytes) -> bytes:
        if salt not in self._keys:
            try:
                kdf = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=65536)
            except UnsupportedAlgorithm as flaw:
                raise KeyUnavailable(
                    "This machine's OpenSSL has no Argon2id.", advice="Use an ephemeral key."
                ) from flaw
            self._keys = {salt: kdf.derive(self._passphrase)}
        return self._keys[salt]

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(self._path.with_name(self._path.name + ".lock"), os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)
                yield
            finally:
                os.close(fd)
        except OSError as fault:
            raise KeyUnavailable(f"{self._path} cannot be written: {fault.strerror}.") from fault


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
