-- A small community to look at. Everyone's password is "password".
--
--   ada@example.org     admin
--   grace@example.org   moderator
--   alan@example.org    pays for the gold tier
--   hedy@example.org    pays for the silver tier
--   edsger@example.org  was a gold member once
--   emmy@example.org    member

insert into auth.users (
    instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data,
    raw_user_meta_data, confirmation_token, recovery_token, email_change_token_new, email_change,
    created_at, updated_at
)
select
    '00000000-0000-0000-0000-000000000000', person.id, 'authenticated', 'authenticated', person.email,
    '$2a$10$mzBX374k8BXwl/.lvT0pZeKU4ebSOfYZiOZ.CBqdBWBQ4bydLH7SW', person.joined,
    '{"provider": "email", "providers": ["email"]}', jsonb_build_object('name', person.name), '', '', '', '',
    person.joined, person.joined
from (values
    ('a0000000-0000-4000-8000-000000000001'::uuid, 'ada@example.org', 'Ada Lovelace', '2026-01-05 09:00+00'::timestamptz),
    ('a0000000-0000-4000-8000-000000000002', 'grace@example.org', 'Grace Hopper', '2026-01-05 10:30+00'),
    ('a0000000-0000-4000-8000-000000000003', 'alan@example.org', 'Alan Turing', '2026-01-07 18:15+00'),
    ('a0000000-0000-4000-8000-000000000004', 'hedy@example.org', 'Hedy Lamarr', '2026-01-09 12:00+00'),
    ('a0000000-0000-4000-8000-000000000005', 'edsger@example.org', 'Edsger Dijkstra', '2026-01-12 07:45+00'),
    ('a0000000-0000-4000-8000-000000000006', 'emmy@example.org', 'Emmy Noether', '2026-01-20 16:20+00')
) as person (id, email, name, joined);

insert into auth.identities (id, user_id, provider_id, provider, identity_data, last_sign_in_at, created_at, updated_at)
select
    account.id, account.id, account.id::text, 'email',
    jsonb_build_object('sub', account.id, 'email', account.email, 'email_verified', true, 'phone_verified', false),
    account.created_at, account.created_at, account.created_at
from auth.users as account
where account.id::text like 'a0000000-0000-4000-8000-%';

-- Signing up has made the profiles.
update public.users as profile set role = given.role, bio = given.bio
from (values
    ('a0000000-0000-4000-8000-000000000001'::uuid, 'admin', 'Keeps the assembly. Writes notes longer than the text.'),
    ('a0000000-0000-4000-8000-000000000002', 'moderator', 'Finds the bug, and keeps it in a book.'),
    ('a0000000-0000-4000-8000-000000000003', 'member', 'Runs far, thinks further.'),
    ('a0000000-0000-4000-8000-000000000004', 'member', 'Hops between frequencies.'),
    ('a0000000-0000-4000-8000-000000000005', 'member', 'Would rather prove it.'),
    ('a0000000-0000-4000-8000-000000000006', 'member', 'Looks for what stays the same.')
) as given (id, role, bio)
where profile.id = given.id;

insert into public.memberships
    (id, user_id, tier, stripe_customer_id, stripe_subscription_id, status, current_period_end, created_at)
values
    ('b0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'gold',
        'cus_seed_alan', 'sub_seed_alan', 'active', '2030-01-07 18:15+00', '2026-01-07 18:20+00'),
    ('b0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000004', 'silver',
        'cus_seed_hedy', 'sub_seed_hedy', 'active', '2030-01-09 12:00+00', '2026-01-09 12:05+00'),
    ('b0000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000005', 'gold',
        'cus_seed_edsger', 'sub_seed_edsger', 'canceled', '2026-02-12 07:45+00', '2026-01-12 07:50+00');

insert into public.spaces
    (id, name, description, icon, visibility, post_permission, required_tier, "order", created_at)
values
    ('c0000000-0000-4000-8000-000000000001', 'Announcements', 'What everyone should know.', '📣',
        'public', 'admins', null, 1, '2026-01-05 09:10+00'),
    ('c0000000-0000-4000-8000-000000000002', 'The commons', 'Open to all, visitors too.', '🌳',
        'public', 'all', null, 2, '2026-01-05 09:11+00'),
    ('c0000000-0000-4000-8000-000000000003', 'Study hall', 'For everyone who has joined.', '📚',
        'members', 'all', null, 3, '2026-01-05 09:12+00'),
    ('c0000000-0000-4000-8000-000000000004', 'Supporters', 'For members of any tier.', '🔥',
        'paid', 'all', null, 4, '2026-01-05 09:13+00'),
    ('c0000000-0000-4000-8000-000000000005', 'Gold circle', 'Small, slow, and in depth.', '🪙',
        'paid', 'all', 'gold', 5, '2026-01-05 09:14+00');

insert into public.posts (id, space_id, author_id, content, created_at)
values
    ('d0000000-0000-4000-8000-000000000001', 'c0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001',
        'Welcome to the assembly. Say hello in the commons; the study hall opens tonight.', '2026-01-05 09:30+00'),
    ('d0000000-0000-4000-8000-000000000002', 'c0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000002',
        'Found a moth in relay 70. Who else keeps a log book?', '2026-01-06 14:02+00'),
    ('d0000000-0000-4000-8000-000000000003', 'c0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000006',
        'Every symmetry hides something that is conserved. What have you found so far?', '2026-01-21 08:40+00'),
    ('d0000000-0000-4000-8000-000000000004', 'c0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000005',
        'Reading group: two chapters a week, and no skipping the proofs.', '2026-01-13 07:05+00'),
    ('d0000000-0000-4000-8000-000000000005', 'c0000000-0000-4000-8000-000000000004',
        'a0000000-0000-4000-8000-000000000004',
        'My notes on frequency hopping, with drawings.', '2026-01-15 20:30+00'),
    ('d0000000-0000-4000-8000-000000000006', 'c0000000-0000-4000-8000-000000000005',
        'a0000000-0000-4000-8000-000000000003',
        'Can a machine take part in this circle without being noticed?', '2026-01-18 21:11+00');

insert into public.comments (id, post_id, author_id, parent_id, content, created_at)
values
    ('e0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003', null, 'Glad to be here.', '2026-01-07 18:30+00'),
    ('e0000000-0000-4000-8000-000000000002', 'd0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000005', null,
        'I do. Testing shows the moth, not its absence.', '2026-01-12 08:00+00'),
    ('e0000000-0000-4000-8000-000000000003', 'd0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000002', 'e0000000-0000-4000-8000-000000000002',
        'The moth is taped in. See for yourself.', '2026-01-12 09:12+00'),
    ('e0000000-0000-4000-8000-000000000004', 'd0000000-0000-4000-8000-000000000004',
        'a0000000-0000-4000-8000-000000000006', null, 'Count me in, from chapter three.', '2026-01-20 17:00+00');

insert into public.likes (user_id, target_type, target_id, created_at)
values
    ('a0000000-0000-4000-8000-000000000002', 'post', 'd0000000-0000-4000-8000-000000000001', '2026-01-05 11:00+00'),
    ('a0000000-0000-4000-8000-000000000003', 'post', 'd0000000-0000-4000-8000-000000000001', '2026-01-07 18:31+00'),
    ('a0000000-0000-4000-8000-000000000004', 'post', 'd0000000-0000-4000-8000-000000000001', '2026-01-09 12:10+00'),
    ('a0000000-0000-4000-8000-000000000001', 'post', 'd0000000-0000-4000-8000-000000000002', '2026-01-06 15:00+00'),
    ('a0000000-0000-4000-8000-000000000005', 'post', 'd0000000-0000-4000-8000-000000000003', '2026-01-21 09:00+00'),
    ('a0000000-0000-4000-8000-000000000001', 'comment', 'e0000000-0000-4000-8000-000000000002', '2026-01-12 10:00+00'),
    ('a0000000-0000-4000-8000-000000000002', 'comment', 'e0000000-0000-4000-8000-000000000001', '2026-01-08 09:00+00');

insert into public.courses (id, title, description, visibility, required_tier, status, created_at)
values
    ('f0000000-0000-4000-8000-000000000001', 'How to hold an assembly', 'Speaking, listening, deciding.',
        'public', null, 'published', '2026-01-06 08:00+00'),
    ('f0000000-0000-4000-8000-000000000002', 'Notes on notes', 'Keep a log book that helps you think.',
        'members', null, 'published', '2026-01-10 08:00+00'),
    ('f0000000-0000-4000-8000-000000000003', 'Proofs at leisure', 'Six long evenings, for the gold circle.',
        'paid', 'gold', 'published', '2026-01-14 08:00+00'),
    ('f0000000-0000-4000-8000-000000000004', 'Invariants', 'In preparation.',
        'members', null, 'draft', '2026-01-22 08:00+00');

insert into public.enrollments (course_id, user_id, completed_at, created_at)
values
    ('f0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', '2026-02-01 19:00+00', '2026-01-08 08:00+00'),
    ('f0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000006', null, '2026-01-21 08:00+00'),
    ('f0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000004', null, '2026-01-11 08:00+00'),
    ('f0000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000003', null, '2026-01-15 08:00+00');
