-- What the Realtime service follows: nothing until a migration adds tables. Owned by `postgres`, who adds them.
do $$
begin
    if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
        create publication supabase_realtime;
        alter publication supabase_realtime owner to postgres;
    end if;
end
$$;
