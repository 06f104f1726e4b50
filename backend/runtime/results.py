"""A handler's result as the JSON text its caller gets."""

from __future__ import annotations

from backend.protocol.values import encode_text
from backend.runtime.contract import Contract
from backend.runtime.errors import LimitExceeded

RESULT_BYTES_MAX = 16 * 1024 * 1024  # Convex's own limit; a WebSocket frame of ours holds no more either.


def encode_result(contract: Contract, returned: object) -> str:
    """Encoded JSON text. Raises `ReturnsValidationError`, `InvalidValue` or `LimitExceeded`."""
    text = encode_text(contract.write_result(returned))
    # Most results are far smaller than the limit in any encoding; only near it are bytes worth counting.
    if len(text) * 4 > RESULT_BYTES_MAX and len(text.encode()) > RESULT_BYTES_MAX:
        raise LimitExceeded(f"This function returns more than {RESULT_BYTES_MAX} bytes.")
    return text
