"""What others tell the service, and what follows from it."""
