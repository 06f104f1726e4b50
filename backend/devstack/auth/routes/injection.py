"""What every route is handed."""

from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from backend.devstack.auth.service import AuthService

Auth = NamedDependency[AuthService]
AnyRequest = Request[Any, Any, Any]
