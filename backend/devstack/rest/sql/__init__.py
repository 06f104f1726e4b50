"""From plans to SQL text and parameters."""

from backend.devstack.rest.sql.preamble import preamble_sql
from backend.devstack.rest.sql.statement import Statement, compile_statement

__all__ = ["Statement", "compile_statement", "preamble_sql"]
