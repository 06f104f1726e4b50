"""From what the client wants to what the database has."""

from backend.devstack.rest.plan.plan_request import plan_request
from backend.devstack.rest.plan.plans import RequestPlan

__all__ = ["RequestPlan", "plan_request"]
