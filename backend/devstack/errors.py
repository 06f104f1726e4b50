"""What can stop a stack from starting, each with a stable code and the mend.

StackError
+-- ClusterRefused      the data directory, the port or PostgreSQL itself
+-- BootstrapRefused    the database given cannot be made into a Supabase
+-- MigrationRefused    a file in supabase/migrations or the seed
+-- ConfigRefused       supabase/config.toml or a key file
+-- ServiceRefused      the service that `folkmoot dev` runs beside the stack
"""

from __future__ import annotations


class StackError(Exception):
    """The stack cannot start or cannot go on. Starting again does not help until `hint` has been followed.

    `code` never changes its meaning; `message` may be reworded. `status` is what HTTP would call it.
    """

    status = 500
    retry_may_fix = False

    def __init__(self, code: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.code})" + (f"\n{self.hint}" if self.hint else "")


class ClusterRefused(StackError):
    """PostgreSQL cannot run here: `cluster.*` codes."""


class BootstrapRefused(StackError):
    """The database cannot be given the roles and schemas of a Supabase: `bootstrap.*` codes."""


class MigrationRefused(StackError):
    """A migration or seed file is wrong, or does not follow those already applied: `migrations.*` codes."""


class ConfigRefused(StackError):
    """supabase/config.toml, or a file it names, holds something that cannot be used: `config.*` codes."""


class ServiceRefused(StackError):
    """The service beside the stack does not start: `service.*` codes."""
