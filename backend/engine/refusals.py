"""Why a session is ended for what its client did."""


class ProtocolViolation(Exception):
    """The client said what no correct client says; trying again cannot help."""

    code, status, retry_may_fix = "protocol.violation", 400, False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TooManyRequests(Exception):
    """The client asked for more than fits; a new connection may try again later.

    `reason` closes the socket: clients wait longer before they reconnect if they know it.
    """

    code, status, retry_may_fix = "protocol.too_many_requests", 503, True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
