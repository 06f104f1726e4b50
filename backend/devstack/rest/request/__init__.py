"""From HTTP to what the client wants."""

from backend.devstack.rest.request.api_request import ApiRequest, HttpRequest, parse_request

__all__ = ["ApiRequest", "HttpRequest", "parse_request"]
