"""The REST face, compatible with PostgREST: request -> plan -> SQL -> reply, each with types of its own."""

from backend.devstack.rest.app import create_rest_app
from backend.devstack.rest.settings import RestSettings

__all__ = ["RestSettings", "create_rest_app"]
