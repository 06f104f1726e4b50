"""How it lives: the engine, its runtime, the service, and the devstack that stands in for Supabase."""
