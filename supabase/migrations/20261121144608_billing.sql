-- Written by `folkmoot schema diff`, from the tables in schema/tables.
-- Nothing here looks at every row of a table that is in use.

set lock_timeout = '4s';
set check_function_bodies = off;
alter table public.notifications drop constraint notifications_type_check;

create table public.stripe_charges (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    account text default ''::text not null,
    livemode boolean not null,
    charge_id text not null,
    asked integer default 0 not null,
    answered integer default 0 not null,
    subscription_id text,
    period_end timestamp with time zone,
    refunded_at timestamp with time zone,
    dispute_status text,
    disputed_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint stripe_charges_pkey PRIMARY KEY (id),
    constraint stripe_charges_account_check CHECK (((char_length(account) >= 0) AND (char_length(account) <= 255))),
    constraint stripe_charges_charge_id_check CHECK (((char_length(charge_id) >= 1) AND (char_length(charge_id) <= 255))),
    constraint stripe_charges_dispute_status_check CHECK (((char_length(dispute_status) >= 0) AND (char_length(dispute_status) <= 60))),
    constraint stripe_charges_subscription_id_check CHECK (((char_length(subscription_id) >= 1) AND (char_length(subscription_id) <= 255)))
);

revoke all on table public.stripe_charges from public, anon, authenticated, service_role;
grant delete, insert (account, answered, asked, charge_id, created_at, dispute_status, disputed_at, id, livemode, period_end, refunded_at, subscription_id, updated_at), select, update (account, answered, asked, charge_id, created_at, dispute_status, disputed_at, id, livemode, period_end, refunded_at, subscription_id, updated_at) on table public.stripe_charges to service_role;
grant select on table public.stripe_charges to authenticated, folkmoot_writer;
comment on table public.stripe_charges is 'One payment of a subscription that was refunded or disputed.';
alter table public.stripe_charges enable row level security;

create table public.stripe_customers (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    account text default ''::text not null,
    livemode boolean not null,
    customer_id text not null,
    user_id uuid,
    gone_at timestamp with time zone,
    updated_at timestamp with time zone default now() not null,
    constraint stripe_customers_pkey PRIMARY KEY (id),
    constraint stripe_customers_account_check CHECK (((char_length(account) >= 0) AND (char_length(account) <= 255))),
    constraint stripe_customers_customer_id_check CHECK (((char_length(customer_id) >= 1) AND (char_length(customer_id) <= 255)))
);

revoke all on table public.stripe_customers from public, anon, authenticated, service_role;
grant delete, insert (account, created_at, customer_id, gone_at, id, livemode, updated_at, user_id), select, update (account, created_at, customer_id, gone_at, id, livemode, updated_at, user_id) on table public.stripe_customers to service_role;
grant select on table public.stripe_customers to authenticated, folkmoot_writer;
comment on table public.stripe_customers is 'One customer, and who that is here. A person may have had several.';
alter table public.stripe_customers enable row level security;

create table public.stripe_events (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    account text default ''::text not null,
    livemode boolean not null,
    event_id text not null,
    type text not null,
    api_version text,
    occurred_at timestamp with time zone not null,
    object_id text,
    payload text not null,
    status text default 'pending'::text not null,
    attempts integer default 0 not null,
    last_error text,
    note text,
    next_at timestamp with time zone,
    customer_id text,
    subscription_id text,
    updated_at timestamp with time zone default now() not null,
    constraint stripe_events_pkey PRIMARY KEY (id),
    constraint stripe_events_account_check CHECK (((char_length(account) >= 0) AND (char_length(account) <= 255))),
    constraint stripe_events_api_version_check CHECK (((char_length(api_version) >= 1) AND (char_length(api_version) <= 255))),
    constraint stripe_events_customer_id_check CHECK (((char_length(customer_id) >= 1) AND (char_length(customer_id) <= 255))),
    constraint stripe_events_event_id_check CHECK (((char_length(event_id) >= 1) AND (char_length(event_id) <= 255))),
    constraint stripe_events_last_error_check CHECK (((char_length(last_error) >= 0) AND (char_length(last_error) <= 2000))),
    constraint stripe_events_note_check CHECK (((char_length(note) >= 0) AND (char_length(note) <= 2000))),
    constraint stripe_events_object_id_check CHECK (((char_length(object_id) >= 1) AND (char_length(object_id) <= 255))),
    constraint stripe_events_payload_check CHECK (((char_length(payload) >= 0) AND (char_length(payload) <= 1048576))),
    constraint stripe_events_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'done'::text, 'ignored'::text, 'parked'::text, 'failed'::text, 'dead'::text]))),
    constraint stripe_events_subscription_id_check CHECK (((char_length(subscription_id) >= 1) AND (char_length(subscription_id) <= 255))),
    constraint stripe_events_type_check CHECK (((char_length(type) >= 1) AND (char_length(type) <= 255)))
);

revoke all on table public.stripe_events from public, anon, authenticated, service_role;
grant delete, insert (account, api_version, attempts, created_at, customer_id, event_id, id, last_error, livemode, next_at, note, object_id, occurred_at, payload, status, subscription_id, type, updated_at), select, update (account, api_version, attempts, created_at, customer_id, event_id, id, last_error, livemode, next_at, note, object_id, occurred_at, payload, status, subscription_id, type, updated_at) on table public.stripe_events to service_role;
grant select on table public.stripe_events to authenticated, folkmoot_writer;
comment on table public.stripe_events is 'One event, as Stripe delivered it, and what became of it.';
alter table public.stripe_events enable row level security;

create table public.stripe_subscriptions (
    id uuid default gen_random_uuid() not null,
    created_at timestamp with time zone default now() not null,
    account text default ''::text not null,
    livemode boolean not null,
    subscription_id text not null,
    asked integer default 0 not null,
    answered integer default 0 not null,
    customer_id text,
    user_id uuid,
    status text,
    tier text,
    tier_rank integer default 0 not null,
    price_ids text[] default ARRAY[]::text[] not null,
    product_ids text[] default ARRAY[]::text[] not null,
    items jsonb default '[]'::jsonb not null,
    current_period_start timestamp with time zone,
    current_period_end timestamp with time zone,
    cancel_at timestamp with time zone,
    cancel_at_period_end boolean default false not null,
    trial_end timestamp with time zone,
    pause_collection text,
    grace_from timestamp with time zone,
    latest_invoice_id text,
    schedule_id text,
    has_pending_update boolean default false not null,
    updated_at timestamp with time zone default now() not null,
    constraint stripe_subscriptions_pkey PRIMARY KEY (id),
    constraint stripe_subscriptions_account_check CHECK (((char_length(account) >= 0) AND (char_length(account) <= 255))),
    constraint stripe_subscriptions_customer_id_check CHECK (((char_length(customer_id) >= 1) AND (char_length(customer_id) <= 255))),
    constraint stripe_subscriptions_items_check CHECK ((jsonb_typeof(items) = 'array'::text)),
    constraint stripe_subscriptions_latest_invoice_id_check CHECK (((char_length(latest_invoice_id) >= 1) AND (char_length(latest_invoice_id) <= 255))),
    constraint stripe_subscriptions_pause_collection_check CHECK (((char_length(pause_collection) >= 0) AND (char_length(pause_collection) <= 60))),
    constraint stripe_subscriptions_schedule_id_check CHECK (((char_length(schedule_id) >= 1) AND (char_length(schedule_id) <= 255))),
    constraint stripe_subscriptions_status_check CHECK ((status = ANY (ARRAY['incomplete'::text, 'incomplete_expired'::text, 'trialing'::text, 'active'::text, 'past_due'::text, 'canceled'::text, 'unpaid'::text, 'paused'::text]))),
    constraint stripe_subscriptions_subscription_id_check CHECK (((char_length(subscription_id) >= 1) AND (char_length(subscription_id) <= 255))),
    constraint stripe_subscriptions_tier_check CHECK (((char_length(tier) >= 1) AND (char_length(tier) <= 60)))
);

revoke all on table public.stripe_subscriptions from public, anon, authenticated, service_role;
grant delete, insert (account, answered, asked, cancel_at, cancel_at_period_end, created_at, current_period_end, current_period_start, customer_id, grace_from, has_pending_update, id, items, latest_invoice_id, livemode, pause_collection, price_ids, product_ids, schedule_id, status, subscription_id, tier, tier_rank, trial_end, updated_at, user_id), select, update (account, answered, asked, cancel_at, cancel_at_period_end, created_at, current_period_end, current_period_start, customer_id, grace_from, has_pending_update, id, items, latest_invoice_id, livemode, pause_collection, price_ids, product_ids, schedule_id, status, subscription_id, tier, tier_rank, trial_end, updated_at, user_id) on table public.stripe_subscriptions to service_role;
grant select on table public.stripe_subscriptions to authenticated, folkmoot_writer;
comment on table public.stripe_subscriptions is 'One subscription, as Stripe described it when it was last asked. A canceled one stays for the record.';
alter table public.stripe_subscriptions enable row level security;
alter table public.community_settings add column stripe_charges_enabled boolean default false not null;
alter table public.memberships alter column tier drop not null;
alter table public.memberships add column tier_rank integer default 0 not null;
alter table public.memberships add column access_until timestamp with time zone;
alter table public.memberships add column access_note text;
alter table public.memberships add column lapsed_at timestamp with time zone;

CREATE OR REPLACE FUNCTION private.caller_tiers()
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
    return array(
        select distinct held.tier from "public"."memberships" as held
        where held.user_id = (select auth.uid()) and held.status in ('trialing', 'active', 'past_due') and held.tier is not null and (held.access_until is null or held.access_until > now())
    );
end
$function$;

CREATE OR REPLACE FUNCTION private.postable_spaces()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due') and held.tier is not null and (held.access_until is null or held.access_until > now())
);
begin
    return array(
        select one.id from "public"."spaces" as one
        where one."deleted_at" is null and (one."visibility" = 'public' or (one."visibility" = 'members' and _caller is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (_tiers) or (one."required_tier" is null and cardinality(_tiers) > 0))) or _role in ('moderator', 'admin')) and ((one."post_permission" = 'all' and _caller is not null) or (one."post_permission" = 'moderators' and _role in ('moderator', 'admin')) or _role in ('admin'))
    );
end
$function$;

CREATE OR REPLACE FUNCTION private.readable_community_community_resources()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due') and held.tier is not null and (held.access_until is null or held.access_until > now())
);
begin
    return array(
        select one.id from "community"."community_resources" as one
        where (one."deleted_at" is null and one."published_at" is not null and (one."access" = 'free' or (one."access" = 'member-only' and cardinality(_tiers) > 0))) or _role in ('moderator', 'admin')
    );
end
$function$;

CREATE OR REPLACE FUNCTION private.readable_courses()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due') and held.tier is not null and (held.access_until is null or held.access_until > now())
);
begin
    return array(
        select one.id from "public"."courses" as one
        where _role in ('moderator', 'admin') or (one."status" = 'published' and (one."visibility" = 'public' or (one."visibility" = 'members' and _caller is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (_tiers) or (one."required_tier" is null and cardinality(_tiers) > 0)))))
    );
end
$function$;

CREATE OR REPLACE FUNCTION private.readable_spaces()
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
    _caller uuid := (select auth.uid());
    _role text := (select person.role from "public"."users" as person where person.id = _caller);
    _tiers text[] := array(
    select distinct held.tier from "public"."memberships" as held
    where held.user_id = _caller and held.status in ('trialing', 'active', 'past_due') and held.tier is not null and (held.access_until is null or held.access_until > now())
);
begin
    return array(
        select one.id from "public"."spaces" as one
        where one."deleted_at" is null and (one."visibility" = 'public' or (one."visibility" = 'members' and _caller is not null) or (one."visibility" = 'paid' and (one."required_tier" = any (_tiers) or (one."required_tier" is null and cardinality(_tiers) > 0))) or _role in ('moderator', 'admin'))
    );
end
$function$;

create unique index stripe_charges_by_charge_id on public.stripe_charges USING btree (account, livemode, charge_id);
create index stripe_charges_by_subscription_id on public.stripe_charges USING btree (account, livemode, subscription_id, id);
create unique index stripe_customers_by_customer_id on public.stripe_customers USING btree (account, livemode, customer_id);
create index stripe_customers_by_user_id on public.stripe_customers USING btree (user_id, id);
create index stripe_events_by_customer_id on public.stripe_events USING btree (customer_id, occurred_at, id);
create unique index stripe_events_by_event_id on public.stripe_events USING btree (account, livemode, event_id);
create index stripe_events_by_status_and_next_at on public.stripe_events USING btree (status, next_at, id);
create index stripe_events_by_subscription_id on public.stripe_events USING btree (subscription_id, occurred_at, id);
create index stripe_subscriptions_by_customer_id on public.stripe_subscriptions USING btree (account, livemode, customer_id, id);
create index stripe_subscriptions_by_price_ids on public.stripe_subscriptions USING gin (price_ids);
create index stripe_subscriptions_by_product_ids on public.stripe_subscriptions USING gin (product_ids);
create unique index stripe_subscriptions_by_subscription_id on public.stripe_subscriptions USING btree (account, livemode, subscription_id);
create index stripe_subscriptions_by_user_id on public.stripe_subscriptions USING btree (user_id, id);
alter table public.memberships add constraint memberships_access_note_check CHECK (((char_length(access_note) >= 0) AND (char_length(access_note) <= 200))) not valid;
alter table public.notifications add constraint notifications_type_check CHECK ((type = ANY (ARRAY['post'::text, 'comment'::text, 'reply'::text, 'like'::text, 'mention'::text, 'follow'::text, 'message'::text, 'event'::text, 'course'::text, 'level'::text, 'report'::text, 'billing'::text]))) not valid;
alter table public.stripe_customers add constraint stripe_customers_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
alter table public.stripe_subscriptions add constraint stripe_subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE SET NULL;
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.stripe_charges FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.stripe_customers FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.stripe_events FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
CREATE OR REPLACE TRIGGER touch_updated_at BEFORE UPDATE ON public.stripe_subscriptions FOR EACH ROW WHEN (((CURRENT_USER <> 'derived_owner'::name) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION private.update_updated_at_column();
grant insert (stripe_charges_enabled), update (stripe_charges_enabled) on table public.community_settings to service_role;
grant insert (access_note, access_until, lapsed_at, tier_rank), update (access_note, access_until, lapsed_at, tier_rank) on table public.memberships to service_role;
alter publication folkmoot add table public.stripe_charges;
alter publication folkmoot add table public.stripe_customers;
alter publication folkmoot add table public.stripe_events;
alter publication folkmoot add table public.stripe_subscriptions;
