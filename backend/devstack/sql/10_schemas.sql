-- The schemas of a Supabase, who may use them, and what a new object in `public` is granted to.
do $$
begin
    execute format('grant all on database %I to postgres, dashboard_user', current_database());
    execute format('grant create on database %I to supabase_auth_admin, supabase_storage_admin', current_database());
    execute format('alter database %I set search_path = "$user", public, extensions', current_database());
end
$$;

grant all on schema public to postgres;
grant usage on schema public to anon, authenticated, service_role;

create schema if not exists extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to dashboard_user;

create schema if not exists auth authorization supabase_admin;
grant all on schema auth to supabase_auth_admin, postgres, dashboard_user;
grant usage on schema auth to anon, authenticated, service_role;

create schema if not exists storage authorization supabase_admin;
grant all on schema storage to supabase_storage_admin with grant option;
grant all on schema storage to postgres, dashboard_user;
grant usage on schema storage to anon, authenticated, service_role;

create schema if not exists realtime authorization supabase_admin;
grant all on schema realtime to supabase_realtime_admin;
grant usage on schema realtime to postgres, anon, authenticated, service_role;

create schema if not exists graphql_public authorization supabase_admin;
grant usage on schema graphql_public to postgres, anon, authenticated, service_role;

-- Whoever creates an object in `public` (a migration as `postgres`, a superuser at a prompt) thereby exposes it to
-- the API roles: row-level security and explicit revokes are what protects it, exactly as on Supabase.
do $$
declare
    owner text;
begin
    foreach owner in array array['postgres', 'supabase_admin'] loop
        execute format('alter default privileges for role %I in schema public grant all on tables to postgres, anon, authenticated, service_role', owner);
        execute format('alter default privileges for role %I in schema public grant all on sequences to postgres, anon, authenticated, service_role', owner);
        execute format('alter default privileges for role %I in schema public grant all on functions to postgres, anon, authenticated, service_role', owner);
    end loop;
end
$$;

alter default privileges for role supabase_auth_admin in schema auth grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth grant all on sequences to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth grant all on functions to postgres, dashboard_user;
alter default privileges for role supabase_storage_admin in schema storage grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_storage_admin in schema storage grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_storage_admin in schema storage grant all on functions to postgres, anon, authenticated, service_role;
