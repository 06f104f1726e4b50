-- The Supabase CLI's own record of what has been applied; it creates the same tables when it finds none.
create schema if not exists supabase_migrations authorization postgres;

set local role postgres;
create table if not exists supabase_migrations.schema_migrations (
    version text primary key,
    statements text[],
    name text
);
create table if not exists supabase_migrations.seed_files (
    path text primary key,
    hash text not null
);
reset role;
