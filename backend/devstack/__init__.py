"""A Supabase for one machine: PostgreSQL, its roles and schemas, and one gateway in front of its services."""
