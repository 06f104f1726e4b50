-- Every name `Prefer: timezone` may have.
select name from pg_timezone_names order by name
