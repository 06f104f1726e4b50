"""Finding the relationship that an embed in `select` means."""

from __future__ import annotations

from collections.abc import Sequence

from backend.devstack.rest.errors import RestError, no_relationship
from backend.devstack.rest.schema_cache.model import Cardinality, Name, Relationship, SchemaCache, closest


def find_relationship(cache: SchemaCache, source: Name, target: str, hint: str | None) -> Relationship:
    """The one relationship from `source` that `target!hint` names.

    `target` is a related table, a foreign key's constraint, its column, or a function of the row; a hint
    narrows a related table down by constraint, column or junction. Raises PGRST200 for none and PGRST201 for
    several.
    """
    candidates = [
        relationship
        for relationship in cache.relationships.get(source, ())
        if relationship.target.schema == source.schema and _is_meant(relationship, target, hint)
    ]
    computed = [relationship for relationship in candidates if relationship.function is not None]
    match computed or candidates:
        case [relationship]:
            return relationship
        case []:
            raise _none_found(cache, source, target, hint)
        case several:
            raise _several_found(source, target, several)


def _is_meant(relationship: Relationship, target: str, hint: str | None) -> bool:
    if relationship.function is not None:
        return relationship.function.name == target
    names_table = target == relationship.target.name
    if relationship.source == relationship.target:
        # One foreign key gives two relationships here. The table's name means the way back (children), the
        # column's name the way there (the parent).
        if hint is None:
            is_back = names_table and relationship.cardinality is Cardinality.ONE_TO_MANY
            return is_back or _own_column(relationship) == target
        return names_table and not relationship.refers and hint in _hints(relationship)
    if hint is None:
        return names_table or target in (relationship.constraint, _own_column(relationship))
    return names_table and hint in _hints(relationship)


def _own_column(relationship: Relationship) -> str | None:
    """The referring column, when the foreign key is the source's and has just one."""
    if relationship.refers and len(relationship.columns) == 1:
        return relationship.columns[0][0]
    return None


def _hints(relationship: Relationship) -> set[str]:
    if relationship.junction is not None:
        return {relationship.junction.table.name}
    columns = relationship.columns[0] if len(relationship.columns) == 1 else ()
    return {relationship.constraint, *columns}


def _none_found(cache: SchemaCache, source: Name, target: str, hint: str | None) -> RestError:
    using = f" using the hint '{hint}'" if hint else ""
    related = {relationship.target.name for relationship in cache.relationships.get(source, ())}
    similar = None if target in related else closest(target, related)
    return no_relationship(
        source.name,
        target,
        details=(
            f"Searched for a foreign key relationship between '{source.name}' and '{target}'{using} "
            f"in the schema '{source.schema}', but no matches were found."
        ),
        hint=f"Perhaps you meant '{similar}' instead of '{target}'." if similar else None,
    )


def _several_found(source: Name, target: str, several: Sequence[Relationship]) -> RestError:
    choices = ", ".join(
        f"'{relationship.target.name}!{_best_hint(relationship)}'" for relationship in several
    )
    return RestError(
        "PGRST201",
        f"Could not embed because more than one relationship was found for '{source.name}' and '{target}'",
        details=[_described(relationship) for relationship in several],
        hint=(
            f"Try changing '{target}' to one of the following: {choices}. "
            "Find the desired relationship in the 'details' key."
        ),
    )


def _best_hint(relationship: Relationship) -> str:
    return relationship.junction.table.name if relationship.junction else relationship.constraint


def _described(relationship: Relationship) -> dict[str, str]:
    junction = relationship.junction
    if junction is not None:
        first = ", ".join(column for _, column in junction.source_columns)
        second = ", ".join(column for _, column in junction.target_columns)
        using = (
            f"{junction.table.name} using {junction.source_constraint}({first}) "
            f"and {junction.target_constraint}({second})"
        )
    else:
        first = ", ".join(column for column, _ in relationship.columns)
        second = ", ".join(column for _, column in relationship.columns)
        using = (
            f"{relationship.constraint} using {relationship.source.name}({first}) "
            f"and {relationship.target.name}({second})"
        )
    return {
        "cardinality": relationship.cardinality.value,
        "embedding": f"{relationship.source.name} with {relationship.target.name}",
        "relationship": using,
    }
