-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Rows that are there get their values, a few at a time. Can be run again.

do $fill$
declare
    field record;
    last uuid;
    chunk uuid[];
    wrong uuid[];
    differences numeric[];
    attempts integer := 0;
begin
    for field in select * from (values
        ($sql$academy.users.name$sql$, $sql$select pg_advisory_xact_lock(hashtextextended('derived:drain_copies', 0))$sql$, $sql$select target.id from "academy"."users" as target where $1::uuid is null or target.id > $1
    order by target.id limit $2$sql$, $sql$select target.id, null::numeric as difference
from "academy"."users" as target left join "public"."users" as source on source.id = target."id"
where target.id = any ($1::uuid[]) and target."name" is distinct from source."name" and not target."id" in (select queued.source_id from derived.copy_queue as queued where queued.target = 'academy.users.name' and true) order by target.id$sql$, $sql$select from "academy"."users" as target where target.id = any ($1::uuid[])
    order by target.id for no key update$sql$, $sql$update "academy"."users" as target set "name" = (select source."name" from "public"."users" as source where source.id = target."id")
from unnest($1::uuid[], $2::numeric[]) as wrong (id, difference) where target.id = wrong.id$sql$, $sql$derived_owner$sql$)
    ) as fields (name, exclusive, chunk, measure, lock, mend, role) loop
        last := null;
        loop
            execute format('select array(%s)', field.chunk) into chunk using last, 500;
            exit when cardinality(chunk) = 0;
            begin
                execute field.exclusive;
                execute format('select array_agg(one.id), array_agg(one.difference) from (%s) as one',
                    field.measure) into wrong, differences using chunk;
                if wrong is not null then
                    if field.role <> 'none' then
                        execute format('set local role %I', field.role);
                    end if;
                    execute field.lock using wrong;
                    execute field.mend using wrong, differences;
                end if;
                last := chunk[cardinality(chunk)];
                attempts := 0;
            exception when deadlock_detected or serialization_failure then
                attempts := attempts + 1;
                if attempts = 20 then
                    raise;
                end if;
            end;
            commit;
        end loop;
    end loop;
end
$fill$;
