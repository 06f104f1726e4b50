"""Every refusal of the REST face, with PostgREST's codes, statuses and words.

Clients compare the codes, so they never change: https://docs.postgrest.org/en/stable/references/errors.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Codes are never reused. The status is the one PostgREST answers with.
STATUS_BY_CODE: Mapping[str, int] = {
    "PGRST000": 503,  # no connection to the database
    "PGRST002": 503,  # no schema cache yet
    "PGRST003": 504,  # no free connection in time
    "PGRST100": 400,  # query string
    "PGRST101": 405,  # method on /rpc
    "PGRST102": 400,  # body
    "PGRST103": 416,  # range
    "PGRST105": 405,  # PUT filters
    "PGRST106": 406,  # schema not exposed
    "PGRST107": 406,  # media type
    "PGRST108": 400,  # filter on what is not embedded
    "PGRST111": 500,  # response.headers
    "PGRST112": 500,  # response.status
    "PGRST114": 400,  # PUT with limit
    "PGRST115": 400,  # PUT body and filters differ
    "PGRST116": 406,  # not exactly one row
    "PGRST117": 405,  # method
    "PGRST118": 400,  # order by a to-many embed
    "PGRST120": 400,  # operator on an embed
    "PGRST121": 500,  # malformed RAISE SQLSTATE 'PGRST'
    "PGRST122": 400,  # strict preferences
    "PGRST123": 400,  # aggregates are off
    "PGRST124": 400,  # max-affected
    "PGRST125": 404,  # path
    "PGRST126": 404,  # no OpenAPI at the root
    "PGRST127": 400,  # not implemented
    "PGRST128": 400,  # max-affected on a function without rows
    "PGRST200": 400,  # no relationship
    "PGRST201": 300,  # several relationships
    "PGRST202": 404,  # no function
    "PGRST203": 300,  # several functions
    "PGRST204": 400,  # no column
    "PGRST205": 404,  # no table
    "PGRST300": 500,  # a token, and nothing to verify it with
    "PGRST301": 401,  # token cannot be verified
    "PGRST303": 401,  # claims
    "413": 413,  # body too large (a gateway answers this on hosted projects)
    "414": 414,  # URL too long (likewise)
    "21000": 400,  # cardinality_violation, as pg-safeupdate raises it
    "42703": 400,  # undefined_column, found in the schema cache before PostgreSQL would have said so
    "42704": 400,  # undefined_object, likewise for types
}


class RestError(Exception):
    """A refusal as the client sees it. Trying again helps only with the 503 and 504 ones."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        details: object = None,
        hint: str | None = None,
        status: int | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.hint = hint
        self.status = STATUS_BY_CODE[code] if status is None else status
        self.headers = tuple(headers)

    @property
    def retry_may_fix(self) -> bool:
        return self.status in (503, 504)

    def body(self) -> dict[str, object]:
        return {"code": self.code, "details": self.details, "hint": self.hint, "message": self.message}


def malformed_query(what: str, text: str, column: int, details: str) -> RestError:
    """`what` could not be read; `column` counts from 1."""
    return RestError(
        "PGRST100", f'"failed to parse {what} ({text})" (line 1, column {column})', details=details
    )


def invalid_body(message: str) -> RestError:
    return RestError("PGRST102", message)


def invalid_range(details: str) -> RestError:
    return RestError("PGRST103", "Requested range not satisfiable", details=details)


def past_the_end(offset: int, total: int) -> RestError:
    return invalid_range(f"An offset of {offset} was requested, but there are only {total} rows.")


def not_one_row(rows: int) -> RestError:
    message = "Cannot coerce the result to a single JSON object"
    return RestError("PGRST116", message, details=f"The result contains {rows} rows")


def too_many_affected(rows: int) -> RestError:
    message = "Query result exceeds max-affected preference constraint"
    return RestError("PGRST124", message, details=f"The query affects {rows} rows")


def put_differs() -> RestError:
    return RestError("PGRST115", "Payload values do not match URL in primary key column(s)")


def not_embedded(resource: str) -> RestError:
    return RestError(
        "PGRST108",
        f"'{resource}' is not an embedded resource in this request",
        hint=f"Verify that '{resource}' is included in the 'select' query parameter.",
    )


def undefined_column(table: str, column: str, similar: str | None) -> RestError:
    hint = f'Perhaps you meant to reference the column "{table}.{similar}".' if similar else None
    return RestError("42703", f"column {table}.{column} does not exist", hint=hint)


def undefined_payload_column(table: str, column: str) -> RestError:
    return RestError("PGRST204", f"Could not find the '{column}' column of '{table}' in the schema cache")


def no_relationship(
    source: str, target: str, *, details: str | None = None, hint: str | None = None
) -> RestError:
    message = f"Could not find a relationship between '{source}' and '{target}' in the schema cache"
    return RestError("PGRST200", message, details=details, hint=hint)


def aggregates_off() -> RestError:
    return RestError("PGRST123", "Use of aggregate functions is not allowed")


def bad_token(code: str, message: str, details: str | None = None) -> RestError:
    challenge = f'Bearer error="invalid_token", error_description="{message}"'
    return RestError(code, message, details=details, headers=[("WWW-Authenticate", challenge)])
