"""A layer imports only what lies below it."""

import pytest

from tests.tidy.layers import MAY_IMPORT, cycles, forbidden_imports
from tests.tidy.project import Module, modules

PRODUCT = modules("schema", "backend")
NAMES = {module.name for module in PRODUCT}


def test_every_layer_imports_only_what_lies_below_it():
    assert "\n".join(what for module in PRODUCT for what in forbidden_imports(module, NAMES)) == ""


def test_every_layer_in_the_table_is_allowed_only_layers_that_exist():
    prefixes = {allowed for row in MAY_IMPORT.values() for allowed in row}
    assert {
        prefix for prefix in prefixes if not any(prefix.startswith(layer) for layer in MAY_IMPORT)
    } == set()


def test_no_modules_import_one_another_in_a_circle():
    assert cycles(PRODUCT) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("schema/language/rules.py", "from schema.compile import ddl"),
        ("schema/compile/ddl.py", "import schema.tables"),
        ("backend/engine/session.py", "from backend.runtime.context import QueryContext"),
        ("backend/engine/session.py", "from ..postgres import pool"),
        ("backend/engine/session.py", "def later():\n    import backend.server.app"),
        ("backend/postgres/pool.py", "from backend.engine.versions import Ts"),
        ("backend/protocol/messages.py", "from backend.engine import session"),
        ("backend/devstack/gateway.py", "from schema.tables import CATALOG"),
        ("backend/handlers/posts.py", "from backend.server.settings import Settings"),
        ("backend/__init__.py", "from backend.engine import versions"),
        ("backend/shiny/thing.py", ""),
    ],
)
def test_a_forbidden_import_is_found(path: str, line: str):
    names = NAMES | {"backend.postgres.pool", "backend.engine.session", "backend.engine.versions"}
    assert len(list(forbidden_imports(Module(path, line), names))) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("backend/protocol/messages.py", "from backend.engine.versions import Ts"),
        ("backend/protocol/messages.py", "from backend.engine import versions"),
        ("backend/server/app.py", "from backend.handlers import posts\nimport litestar"),
        ("backend/engine/__init__.py", "from .session import Session"),
    ],
)
def test_an_allowed_import_passes(path: str, line: str):
    names = NAMES | {"backend.engine.versions", "backend.engine.session"}
    assert list(forbidden_imports(Module(path, line), names)) == []


def test_a_circle_is_found_where_loading_would_run_into_it():
    ring = [Module("backend/a.py", "import backend.b"), Module("backend/b.py", "from backend import a")]
    assert cycles(ring) == [["backend.a", "backend.b", "backend.a"]]


def test_an_import_for_types_or_inside_a_function_makes_no_circle():
    lazy = "if TYPE_CHECKING:\n    import backend.a\ndef later():\n    import backend.a"
    assert cycles([Module("backend/a.py", "import backend.b"), Module("backend/b.py", lazy)]) == []
