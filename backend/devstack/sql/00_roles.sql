-- The roles of a Supabase. Run by a superuser; running it again changes nothing but passwords and settings.
-- folkmoot.password is set by the caller: one password for every login role, as the Supabase CLI does.
do $$
declare
    wanted record;
begin
    for wanted in
        select * from (values
            ('supabase_admin', 'superuser login createdb createrole replication bypassrls'),
            ('postgres', 'login createdb createrole replication bypassrls'),
            ('anon', 'nologin'),
            ('authenticated', 'nologin'),
            ('service_role', 'nologin bypassrls'),
            ('authenticator', 'login noinherit'),
            ('supabase_auth_admin', 'login noinherit'),
            ('supabase_storage_admin', 'login noinherit'),
            ('supabase_realtime_admin', 'nologin noinherit'),
            ('supabase_functions_admin', 'login noinherit createrole'),
            ('supabase_replication_admin', 'login replication'),
            ('supabase_etl_admin', 'login replication'),
            ('supabase_read_only_user', 'login bypassrls'),
            ('dashboard_user', 'nologin createdb createrole replication'),
            ('pgbouncer', 'login')
        ) as roles (name, attributes)
    loop
        -- A role that exists keeps its attributes: on somebody's own server `postgres` is the superuser.
        if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
            execute format('create role %I %s', wanted.name, wanted.attributes);
            if wanted.attributes !~ 'nologin' then
                execute format('alter role %I password %L', wanted.name, current_setting('folkmoot.password'));
            end if;
        end if;
    end loop;
end
$$;

grant anon, authenticated, service_role to authenticator;
-- With admin option, since from PostgreSQL 16 on CREATEROLE alone does not let `postgres` grant or alter them.
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;
grant pg_read_all_data to supabase_read_only_user;
grant authenticator to supabase_storage_admin;
grant supabase_realtime_admin to postgres;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role supabase_read_only_user set default_transaction_read_only = on;
