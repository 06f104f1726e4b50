-- The functions of uuid-ossp and pgcrypto that plain SQL can give; the embedded server ships neither extension.
-- A server that has them already, in this schema, keeps its own.
do $$
begin
    if not exists (select from pg_catalog.pg_extension where extname = 'uuid-ossp') then
        create or replace function extensions.uuid_generate_v4() returns uuid
            language sql volatile parallel safe set search_path = ''
            as 'select pg_catalog.gen_random_uuid()';
    end if;

    if not exists (select from pg_catalog.pg_extension where extname = 'pgcrypto') then
        create or replace function extensions.gen_random_uuid() returns uuid
            language sql volatile parallel safe set search_path = ''
            as 'select pg_catalog.gen_random_uuid()';

        create or replace function extensions.digest(data bytea, algorithm text) returns bytea
            language plpgsql immutable strict parallel safe set search_path = ''
            as $function$
            begin
                case lower(algorithm)
                    when 'md5' then return decode(md5(data), 'hex');
                    when 'sha224' then return sha224(data);
                    when 'sha256' then return sha256(data);
                    when 'sha384' then return sha384(data);
                    when 'sha512' then return sha512(data);
                    else
                        raise exception 'Cannot use "%": No such hash algorithm', algorithm
                            using errcode = 'invalid_parameter_value';
                end case;
            end
            $function$;

        create or replace function extensions.digest(data text, algorithm text) returns bytea
            language sql immutable strict parallel safe set search_path = ''
            as $function$ select extensions.digest(convert_to(data, 'UTF8'), algorithm) $function$;

        -- A hash of random uuids, since six bits of every uuid are fixed.
        create or replace function extensions.gen_random_bytes(count integer) returns bytea
            language plpgsql volatile strict parallel safe set search_path = ''
            as $function$
            declare
                bytes bytea := ''::bytea;
            begin
                if count not between 1 and 1024 then
                    raise exception 'Length not in range' using errcode = 'external_routine_invocation_exception';
                end if;
                while length(bytes) < count loop
                    bytes := bytes || sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
                end loop;
                return substring(bytes from 1 for count);
            end
            $function$;
    end if;
end
$$;

grant execute on all functions in schema extensions to postgres, anon, authenticated, service_role, dashboard_user;
