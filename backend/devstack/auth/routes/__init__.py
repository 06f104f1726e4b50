"""The routes of the Auth service: they read requests and write responses, and decide nothing."""

from backend.devstack.auth.routes.about import ABOUT_ROUTES
from backend.devstack.auth.routes.administration import ADMIN_ROUTES
from backend.devstack.auth.routes.people import PEOPLE_ROUTES

ROUTES = (*ABOUT_ROUTES, *PEOPLE_ROUTES, *ADMIN_ROUTES)

__all__ = ["ROUTES"]
