"""Function calls as SELECTs."""

from __future__ import annotations

from typing import assert_never

from backend.devstack.rest.plan.call import SCALAR
from backend.devstack.rest.plan.plans import CallRequestPlan, JsonArguments, TextArguments, WholeBody
from backend.devstack.rest.schema_cache.model import Argument, Returns
from backend.devstack.rest.sql.conditions import field_sql
from backend.devstack.rest.sql.fragment import EMPTY, Sql, from_catalog, identifier, join, sql, value

ROW = "result"
ARGUMENTS = "arguments"


def call_sql(plan: CallRequestPlan) -> Sql:
    """The rows the function returns, with computed fields behind the columns; a scalar stands in SCALAR."""
    arguments, source = _arguments(plan)
    name = plan.function.name
    call = sql("{name}({arguments})", name=identifier(name.schema, name.name), arguments=arguments)
    if plan.function.returns is not Returns.COMPOSITE:
        origin = sql(" from {source}", source=source) if source else EMPTY
        return sql("select {call} as {scalar}{origin}", call=call, scalar=identifier(SCALAR), origin=origin)
    fields = [sql("{row}.*", row=identifier(ROW))]
    fields += [
        sql("{value} as {name}", value=field_sql(field, ROW), name=identifier(field.name))
        for field in plan.computed
    ]
    before = sql("{source}, lateral ", source=source) if source else EMPTY
    return sql(
        "select {fields} from {before}{call} as {row}",
        fields=join(", ", fields),
        before=before,
        call=call,
        row=identifier(ROW),
    )


def _arguments(plan: CallRequestPlan) -> tuple[Sql, Sql]:
    """What stands between the parentheses, and the table it is taken from, if it is taken from one."""
    match plan.arguments:
        case TextArguments(values=values):
            return join(", ", [_text_argument(argument, texts) for argument, texts in values]), EMPTY
        case WholeBody(type=type_, content=content):
            if type_ == "bytea":
                return value(content, "bytea"), EMPTY
            text = content.decode(errors="replace")
            return sql("({text})::{type}", text=value(text), type=from_catalog(type_)), EMPTY
        case JsonArguments(arguments=arguments, body=body):
            if not arguments:
                return EMPTY, EMPTY
            function = sql("json_to_recordset") if body.is_array else sql("json_to_record")
            source = sql(
                "(select * from {function}({body}) as _({columns}) limit 1) as {name}",
                function=function,
                body=value(body.text, "json"),
                columns=join(", ", [_column(argument) for argument in arguments]),
                name=identifier(ARGUMENTS),
            )
            return join(", ", [_json_argument(argument) for argument in arguments]), source
        case _:
            assert_never(plan.arguments)


def _text_argument(argument: Argument, texts: tuple[str, ...]) -> Sql:
    type_ = from_catalog(argument.type)
    given = value(list(texts), "text[]") if argument.variadic else value(texts[0])
    return sql(
        "{variadic}{name} => ({given})::{type}",
        variadic=sql("variadic ") if argument.variadic else EMPTY,
        name=identifier(argument.name),
        given=given,
        type=type_,
    )


def _json_argument(argument: Argument) -> Sql:
    return sql(
        "{variadic}{name} => {given}",
        variadic=sql("variadic ") if argument.variadic else EMPTY,
        name=identifier(argument.name),
        given=identifier(ARGUMENTS, argument.name),
    )


def _column(argument: Argument) -> Sql:
    return sql("{name} {type}", name=identifier(argument.name), type=from_catalog(argument.type))
