"""What the catalog says about the exposed schemas."""

from backend.devstack.rest.schema_cache.load import load_schema_cache
from backend.devstack.rest.schema_cache.model import SchemaCache

__all__ = ["SchemaCache", "load_schema_cache"]
