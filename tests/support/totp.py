"""What an authenticator app shows (RFC 6238), written apart from the simulator's own, which it tests."""

import base64
import hashlib
import hmac
import struct
from datetime import datetime


def shown(seed: str, at: float) -> str:
    """The six digits that the app shows at that moment."""
    mac = hmac.new(base64.b32decode(seed), struct.pack(">Q", int(at // 30)), hashlib.sha1).digest()
    (number,) = struct.unpack_from(">I", mac, mac[19] & 15)
    return str((number & 0x7FFFFFFF) % 1_000_000).zfill(6)


def current_codes(seed: str, now: datetime, ago: int = 0) -> tuple[str, str]:
    """The code before, and the one shown now; or so many steps ago."""
    moment = now.timestamp() - 30 * ago
    return shown(seed, moment - 30), shown(seed, moment)
