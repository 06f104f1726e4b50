"""One benchmark a module. Its docstring is what the list shows; `async def measure() -> Result` runs it."""
