"""How it lives: the engine, the runtime around it, the service, and the devstack that stands in for Supabase."""
