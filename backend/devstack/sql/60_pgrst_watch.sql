-- Tell the REST service when what it serves has changed: it keeps the catalog in memory and listens on `pgrst`.
-- PostgreSQL delivers equal notifications of one transaction once, so a migration causes one reload.
create or replace function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql set search_path = '' as $$
begin
    if exists (
        select from pg_event_trigger_ddl_commands() as command
        where coalesce(command.schema_name, '') not in ('pg_temp', 'auth', 'realtime', '_realtime', 'storage')
          and command.object_identity not like '% pg\_temp.%'
          and command.command_tag in (
            'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE',
            'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE VIEW', 'ALTER VIEW', 'CREATE MATERIALIZED VIEW',
            'ALTER MATERIALIZED VIEW', 'CREATE FUNCTION', 'ALTER FUNCTION', 'CREATE TRIGGER', 'CREATE TYPE',
            'ALTER TYPE', 'CREATE RULE', 'COMMENT'
          )
    ) then
        notify pgrst, 'reload schema';
    end if;
end
$$;

create or replace function extensions.pgrst_drop_watch() returns event_trigger language plpgsql set search_path = '' as $$
begin
    if exists (
        select from pg_event_trigger_dropped_objects() as dropped
        where not dropped.is_temporary
          and coalesce(dropped.schema_name, '') not in ('auth', 'realtime', '_realtime', 'storage')
          and dropped.object_type in (
            'schema', 'table', 'foreign table', 'view', 'materialized view', 'function', 'trigger', 'type', 'rule'
          )
    ) then
        notify pgrst, 'reload schema';
    end if;
end
$$;

do $$
begin
    if not exists (select from pg_catalog.pg_event_trigger where evtname = 'pgrst_ddl_watch') then
        create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
    end if;
    if not exists (select from pg_catalog.pg_event_trigger where evtname = 'pgrst_drop_watch') then
        create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_drop_watch();
    end if;
end
$$;
