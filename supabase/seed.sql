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

-- What Stripe said about the one that is over. The others are as if they had been given by hand.
insert into public.stripe_customers (id, livemode, customer_id, user_id, created_at)
values ('b1000000-0000-4000-8000-000000000001', false, 'cus_seed_edsger', 'a0000000-0000-4000-8000-000000000005',
    '2026-01-12 07:45+00');
insert into public.stripe_subscriptions
    (id, livemode, subscription_id, asked, answered, customer_id, user_id, status, tier, current_period_start,
        current_period_end, created_at)
values ('b2000000-0000-4000-8000-000000000001', false, 'sub_seed_edsger', 1, 1, 'cus_seed_edsger',
    'a0000000-0000-4000-8000-000000000005', 'canceled', 'gold', '2026-01-12 07:45+00', '2026-02-12 07:45+00',
    '2026-01-12 07:50+00');
insert into public.stripe_charges
    (id, livemode, charge_id, asked, answered, subscription_id, period_end, refunded_at, created_at)
values ('b3000000-0000-4000-8000-000000000001', false, 'ch_seed_edsger', 1, 1, 'sub_seed_edsger',
    '2026-02-12 07:45+00', '2026-02-12 08:00+00', '2026-02-12 08:00+00');
insert into public.stripe_events
    (id, livemode, event_id, type, occurred_at, object_id, payload, status, attempts, note, customer_id,
        subscription_id, created_at)
values ('b4000000-0000-4000-8000-000000000001', false, 'evt_seed_edsger', 'customer.subscription.deleted',
    '2026-02-12 07:45+00', 'sub_seed_edsger', '{}', 'done', 1, 'sub_seed_edsger: canceled, tier gold',
    'cus_seed_edsger', 'sub_seed_edsger', '2026-02-12 07:45+00');

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

insert into public.likes (id, user_id, target_type, target_id, created_at)
values
    ('1f200000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002', 'post',
        'd0000000-0000-4000-8000-000000000001', '2026-01-05 11:00+00'),
    ('1f200000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003', 'post',
        'd0000000-0000-4000-8000-000000000001', '2026-01-07 18:31+00'),
    ('1f200000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000004', 'post',
        'd0000000-0000-4000-8000-000000000001', '2026-01-09 12:10+00'),
    ('1f200000-0000-4000-8000-000000000004', 'a0000000-0000-4000-8000-000000000001', 'post',
        'd0000000-0000-4000-8000-000000000002', '2026-01-06 15:00+00'),
    ('1f200000-0000-4000-8000-000000000005', 'a0000000-0000-4000-8000-000000000005', 'post',
        'd0000000-0000-4000-8000-000000000003', '2026-01-21 09:00+00'),
    ('1f200000-0000-4000-8000-000000000006', 'a0000000-0000-4000-8000-000000000001', 'comment',
        'e0000000-0000-4000-8000-000000000002', '2026-01-12 10:00+00'),
    ('1f200000-0000-4000-8000-000000000007', 'a0000000-0000-4000-8000-000000000002', 'comment',
        'e0000000-0000-4000-8000-000000000001', '2026-01-08 09:00+00');

insert into public.space_visits (id, user_id, space_id, last_visited_at, created_at)
values
    ('1f000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003',
        'c0000000-0000-4000-8000-000000000002', '2026-01-14 19:00+00', '2026-01-07 18:20+00'),
    ('1f000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003',
        'c0000000-0000-4000-8000-000000000003', '2026-01-14 19:05+00', '2026-01-07 18:25+00'),
    ('1f000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000006',
        'c0000000-0000-4000-8000-000000000002', '2026-01-21 09:10+00', '2026-01-20 16:30+00');

insert into public.follows (id, follower_id, following_id, created_at)
values
    ('1d000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000001', '2026-01-07 19:00+00'),
    ('1d000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000004',
        'a0000000-0000-4000-8000-000000000001', '2026-01-09 12:20+00'),
    ('1d000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000006',
        'a0000000-0000-4000-8000-000000000003', '2026-01-20 17:05+00'),
    ('1d000000-0000-4000-8000-000000000004', 'a0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000006', '2026-01-20 18:00+00');

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

insert into public.modules (id, course_id, title, "order", created_at)
values
    ('10000000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001', 'Before', 1, '2026-01-06 08:01+00'),
    ('10000000-0000-4000-8000-000000000002', 'f0000000-0000-4000-8000-000000000001', 'During', 2, '2026-01-06 08:02+00'),
    ('10000000-0000-4000-8000-000000000003', 'f0000000-0000-4000-8000-000000000002', 'The log book', 1, '2026-01-10 08:01+00'),
    ('10000000-0000-4000-8000-000000000004', 'f0000000-0000-4000-8000-000000000003', 'Evening one', 1, '2026-01-14 08:01+00');

insert into public.lessons
    (id, course_id, module_id, title, content, video_url, attachments, free_preview, "order", created_at)
values
    ('11000000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001',
        '10000000-0000-4000-8000-000000000001', 'Why meet at all',
        'Some things can only be decided by people who look at each other.',
        null, '[]', true, 1, '2026-01-06 08:10+00'),
    ('11000000-0000-4000-8000-000000000002', 'f0000000-0000-4000-8000-000000000001',
        '10000000-0000-4000-8000-000000000001', 'The circle', 'Nobody sits at the head.', null,
        '[{"name": "Seating plan", "path": "lessons/circle/seating-plan.pdf", "type": "application/pdf", "size": 48213}]',
        false, 2, '2026-01-06 08:11+00'),
    ('11000000-0000-4000-8000-000000000003', 'f0000000-0000-4000-8000-000000000001',
        '10000000-0000-4000-8000-000000000002', 'Listening', 'Repeat what you heard before you answer it.',
        'https://video.example.org/listening', '[]', false, 1, '2026-01-06 08:12+00'),
    ('11000000-0000-4000-8000-000000000004', 'f0000000-0000-4000-8000-000000000001',
        '10000000-0000-4000-8000-000000000002', 'Deciding', 'Ask who cannot live with it.',
        null, '[]', false, 2, '2026-01-06 08:13+00'),
    ('11000000-0000-4000-8000-000000000005', 'f0000000-0000-4000-8000-000000000002',
        '10000000-0000-4000-8000-000000000003', 'Date every page', 'You will thank yourself in a year.',
        null, '[]', false, 1, '2026-01-10 08:10+00'),
    ('11000000-0000-4000-8000-000000000006', 'f0000000-0000-4000-8000-000000000002',
        '10000000-0000-4000-8000-000000000003', 'Write for a stranger', 'It will be you.',
        null, '[]', false, 2, '2026-01-10 08:11+00'),
    ('11000000-0000-4000-8000-000000000007', 'f0000000-0000-4000-8000-000000000003',
        '10000000-0000-4000-8000-000000000004', 'What a proof is for', 'It convinces, and it explains.',
        null, '[]', false, 1, '2026-01-14 08:10+00');

insert into public.enrollments (id, course_id, user_id, last_lesson_id, completed_at, created_at)
values
    ('f1000000-0000-4000-8000-000000000001', 'f0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003', '11000000-0000-4000-8000-000000000004',
        '2026-02-01 19:00+00', '2026-01-08 08:00+00'),
    ('f1000000-0000-4000-8000-000000000002', 'f0000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000006', '11000000-0000-4000-8000-000000000003', null,
        '2026-01-21 08:00+00'),
    ('f1000000-0000-4000-8000-000000000003', 'f0000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000004', '11000000-0000-4000-8000-000000000005', null,
        '2026-01-11 08:00+00'),
    ('f1000000-0000-4000-8000-000000000004', 'f0000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000003', null, null, '2026-01-15 08:00+00');

-- Alan has finished his course; Emmy has read half of it, and opened one lesson more.
insert into public.lesson_progress
    (id, enrollment_id, user_id, course_id, lesson_id, completed_at, created_at)
select
    step.id, enrollment.id, enrollment.user_id, enrollment.course_id, step.lesson_id, step.completed_at,
    step.opened_at
from (values
    ('12000000-0000-4000-8000-000000000001'::uuid, 'f1000000-0000-4000-8000-000000000001'::uuid,
        '11000000-0000-4000-8000-000000000001'::uuid, '2026-01-08 08:20+00'::timestamptz, '2026-01-08 08:05+00'::timestamptz),
    ('12000000-0000-4000-8000-000000000002', 'f1000000-0000-4000-8000-000000000001',
        '11000000-0000-4000-8000-000000000002', '2026-01-15 20:00+00', '2026-01-15 19:30+00'),
    ('12000000-0000-4000-8000-000000000003', 'f1000000-0000-4000-8000-000000000001',
        '11000000-0000-4000-8000-000000000003', '2026-01-25 20:10+00', '2026-01-25 19:30+00'),
    ('12000000-0000-4000-8000-000000000004', 'f1000000-0000-4000-8000-000000000001',
        '11000000-0000-4000-8000-000000000004', '2026-02-01 19:00+00', '2026-02-01 18:20+00'),
    ('12000000-0000-4000-8000-000000000005', 'f1000000-0000-4000-8000-000000000002',
        '11000000-0000-4000-8000-000000000001', '2026-01-21 08:15+00', '2026-01-21 08:02+00'),
    ('12000000-0000-4000-8000-000000000006', 'f1000000-0000-4000-8000-000000000002',
        '11000000-0000-4000-8000-000000000002', '2026-01-21 08:40+00', '2026-01-21 08:16+00'),
    ('12000000-0000-4000-8000-000000000007', 'f1000000-0000-4000-8000-000000000002',
        '11000000-0000-4000-8000-000000000003', null, '2026-01-22 07:50+00'),
    ('12000000-0000-4000-8000-000000000008', 'f1000000-0000-4000-8000-000000000003',
        '11000000-0000-4000-8000-000000000005', '2026-01-11 08:25+00', '2026-01-11 08:05+00')
) as step (id, enrollment_id, lesson_id, completed_at, opened_at)
join public.enrollments as enrollment on enrollment.id = step.enrollment_id;

insert into public.events
    (id, title, description, start_time, end_time, timezone, location, visibility, required_tier, capacity,
        recurrence, canceled_at, created_at)
values
    ('13000000-0000-4000-8000-000000000001', 'Open assembly', 'Everyone is welcome, visitors too.',
        '2026-01-16 18:00+00', '2026-01-16 20:00+00', 'Europe/London', 'The great hall',
        'public', null, null, null, null, '2026-01-06 09:00+00'),
    ('13000000-0000-4000-8000-000000000002', 'Reading group', 'Two chapters a week, no skipping the proofs.',
        '2026-01-20 18:30+00', '2026-01-20 20:00+00', 'Europe/Amsterdam', 'Study hall',
        'members', null, 8, '{"freq": "WEEKLY", "byday": ["TU"]}', null, '2026-01-13 07:10+00'),
    ('13000000-0000-4000-8000-000000000003', 'Gold evening', 'Six evenings, by the fire.',
        '2026-01-30 19:00+00', '2026-01-30 22:00+00', 'Europe/London', 'The library',
        'paid', 'gold', 2, '{"freq": "MONTHLY", "byday": ["-1FR"], "count": 6}', null, '2026-01-14 09:00+00'),
    ('13000000-0000-4000-8000-000000000004', 'Night walk', 'Canceled for the rain.',
        '2026-01-24 21:00+00', null, 'Europe/London', 'The north gate',
        'members', null, null, null, '2026-01-24 15:00+00', '2026-01-18 10:00+00'),
    ('13000000-0000-4000-8000-000000000005', 'Midsummer assembly', 'The whole day, and most of the night.',
        '2030-06-21 10:00+00', '2030-06-22 02:00+00', 'Europe/London', 'The meadow',
        'public', null, 200, null, null, '2026-01-20 09:00+00');

insert into public.rsvps (id, event_id, user_id, status, created_at)
values
    ('14000000-0000-4000-8000-000000000001', '13000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000001', 'going', '2026-01-06 09:05+00'),
    ('14000000-0000-4000-8000-000000000002', '13000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003', 'going', '2026-01-07 18:40+00'),
    ('14000000-0000-4000-8000-000000000003', '13000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000004', 'maybe', '2026-01-09 12:30+00'),
    ('14000000-0000-4000-8000-000000000004', '13000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000005', 'going', '2026-01-13 07:12+00'),
    ('14000000-0000-4000-8000-000000000005', '13000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000006', 'going', '2026-01-20 17:01+00'),
    ('14000000-0000-4000-8000-000000000006', '13000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000003', 'going', '2026-01-14 10:00+00'),
    ('14000000-0000-4000-8000-000000000007', '13000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000001', 'going', '2026-01-14 11:00+00'),
    ('14000000-0000-4000-8000-000000000008', '13000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000002', 'waitlist', '2026-01-14 12:00+00'),
    ('14000000-0000-4000-8000-000000000009', '13000000-0000-4000-8000-000000000004',
        'a0000000-0000-4000-8000-000000000006', 'not_going', '2026-01-21 10:00+00');

-- Two conversations. Who takes part is settled before the first word; of each, the last word is unread.
insert into public.conversations (id, started_by, created_at)
values
    ('16000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000006', '2026-01-20 17:20+00'),
    ('16000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', '2026-01-18 21:30+00');

insert into public.conversation_participants (id, conversation_id, user_id, created_at)
values
    ('17000000-0000-4000-8000-000000000001', '16000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000006', '2026-01-20 17:20+00'),
    ('17000000-0000-4000-8000-000000000002', '16000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003', '2026-01-20 17:20+00'),
    ('17000000-0000-4000-8000-000000000003', '16000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000001', '2026-01-18 21:30+00'),
    ('17000000-0000-4000-8000-000000000004', '16000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000002', '2026-01-18 21:30+00'),
    ('17000000-0000-4000-8000-000000000005', '16000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000005', '2026-01-18 21:30+00');

insert into public.messages (id, conversation_id, sender_id, content, created_at)
values
    ('18000000-0000-4000-8000-000000000001', '16000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000006', 'May I join the gold circle as a guest, once?', '2026-01-20 17:21+00'),
    ('18000000-0000-4000-8000-000000000002', '16000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003', 'Ask Ada. I would like it.', '2026-01-20 18:02+00'),
    ('18000000-0000-4000-8000-000000000003', '16000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000006', 'I will. Thank you.', '2026-01-20 18:10+00'),
    ('18000000-0000-4000-8000-000000000004', '16000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000001', 'Who brings the proofs on Friday?', '2026-01-18 21:31+00'),
    ('18000000-0000-4000-8000-000000000005', '16000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000005', 'I do. Grace, would you bring the moth?', '2026-01-19 07:00+00');

insert into public.message_receipts
    (id, message_id, conversation_id, participant_id, user_id, read_at, created_at, updated_at)
select
    format('19000000-0000-4000-8000-%s', lpad(row_number() over (order by message.id, participant.id)::text, 12, '0'))::uuid,
    message.id, message.conversation_id, participant.id, participant.user_id, seen.at, message.created_at,
    coalesce(seen.at, message.created_at)
from public.messages as message
join public.conversation_participants as participant
    on participant.conversation_id = message.conversation_id and participant.user_id <> message.sender_id
cross join lateral (
    select min(answer.created_at) as at from public.messages as answer
    where answer.conversation_id = message.conversation_id and answer.created_at > message.created_at
) as seen;

insert into public.notifications (id, user_id, type, actor_id, data, read, created_at)
values
    ('15000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002', 'comment',
        'a0000000-0000-4000-8000-000000000005',
        '{"postId": "d0000000-0000-4000-8000-000000000002"}', true, '2026-01-12 08:00+00'),
    ('15000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000005', 'reply',
        'a0000000-0000-4000-8000-000000000002',
        '{"postId": "d0000000-0000-4000-8000-000000000002"}', false, '2026-01-12 09:12+00'),
    ('15000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000001', 'follow',
        'a0000000-0000-4000-8000-000000000004', '{}', false, '2026-01-09 12:20+00'),
    ('15000000-0000-4000-8000-000000000004', 'a0000000-0000-4000-8000-000000000003', 'follow',
        'a0000000-0000-4000-8000-000000000006', '{}', true, '2026-01-20 17:05+00'),
    ('15000000-0000-4000-8000-000000000005', 'a0000000-0000-4000-8000-000000000006', 'message',
        'a0000000-0000-4000-8000-000000000003',
        '{"conversationId": "16000000-0000-4000-8000-000000000001"}', false, '2026-01-20 18:02+00'),
    ('15000000-0000-4000-8000-000000000006', 'a0000000-0000-4000-8000-000000000006', 'event',
        null, '{"eventId": "13000000-0000-4000-8000-000000000004"}', false, '2026-01-24 15:00+00');

insert into public.reports (id, reporter_id, target_type, target_id, reason, status, resolved_at, resolved_by, created_at)
values
    ('1e000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000005', 'post',
        'd0000000-0000-4000-8000-000000000006', 'I cannot tell whether a person wrote this.', 'dismissed',
        '2026-01-19 08:00+00', 'a0000000-0000-4000-8000-000000000002', '2026-01-19 07:10+00'),
    ('1e000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000006', 'comment',
        'e0000000-0000-4000-8000-000000000003', 'The moth did not agree to this.', 'open',
        null, null, '2026-01-21 09:30+00');

insert into public.levels (id, name, threshold, "order", color, created_at)
values
    ('1c000000-0000-4000-8000-000000000001', 'Newcomer', 0, 1, '#9aa5b1', '2026-01-05 09:20+00'),
    ('1c000000-0000-4000-8000-000000000002', 'Regular', 15, 2, '#3e9b6e', '2026-01-05 09:20+00'),
    ('1c000000-0000-4000-8000-000000000003', 'Storyteller', 50, 3, '#3a6fb0', '2026-01-05 09:20+00'),
    ('1c000000-0000-4000-8000-000000000004', 'Elder', 200, 4, '#b5862b', '2026-01-05 09:20+00');

insert into public.gamification_config (id, action, point_value, created_at)
values
    ('1b000000-0000-4000-8000-000000000001', 'post_created', 5, '2026-01-05 09:20+00'),
    ('1b000000-0000-4000-8000-000000000002', 'comment_created', 2, '2026-01-05 09:20+00'),
    ('1b000000-0000-4000-8000-000000000003', 'like_received', 1, '2026-01-05 09:20+00'),
    ('1b000000-0000-4000-8000-000000000004', 'lesson_completed', 10, '2026-01-05 09:20+00'),
    ('1b000000-0000-4000-8000-000000000005', 'course_completed', 50, '2026-01-05 09:20+00');

-- What all of the above has earned.
insert into public.points (id, user_id, action, amount, reference_type, reference_id, created_at)
select
    format('1a000000-0000-4000-8000-%s', lpad(row_number() over (order by earned.at, earned.reference_id)::text, 12, '0'))::uuid,
    earned.user_id, earned.action, config.point_value, earned.reference_type, earned.reference_id, earned.at
from (
    select author_id, 'post_created', 'post', id, created_at from public.posts
    union all
    select author_id, 'comment_created', 'comment', id, created_at from public.comments
    union all
    select post.author_id, 'like_received', 'like', one.id, one.created_at
    from public.likes as one join public.posts as post on post.id = one.target_id
    union all
    select comment.author_id, 'like_received', 'like', one.id, one.created_at
    from public.likes as one join public.comments as comment on comment.id = one.target_id
    union all
    select user_id, 'lesson_completed', 'lesson', lesson_id, completed_at
    from public.lesson_progress where completed_at is not null
    union all
    select user_id, 'course_completed', 'course', course_id, completed_at
    from public.enrollments where completed_at is not null
) as earned (user_id, action, reference_type, reference_id, at)
join public.gamification_config as config on config.action = earned.action;

insert into public.community_settings (id, name, primary_color, created_at)
values ('10100000-0000-4000-8000-000000000001', 'The Folkmoot', '#7a4b2a', '2026-01-05 09:05+00');
