-- A degree path with two courses, one still in preparation, and people on their way through it.

-- Signing up has made the learners.
update academy.users as learner
set preferred_language = given.language, timezone = given.timezone
from (values
    ('a0000000-0000-4000-8000-000000000003'::uuid, 'en-GB', 'Europe/London'),
    ('a0000000-0000-4000-8000-000000000004', 'de-AT', 'Europe/Vienna'),
    ('a0000000-0000-4000-8000-000000000006', 'de', 'Europe/Berlin')
) as given (id, language, timezone)
where learner.id = given.id;

insert into academy.programs
    (id, slug, title, description, overview, difficulty_level, estimated_duration_weeks, is_published, created_by,
        created_at, updated_at)
values
    ('30000000-0000-4000-8000-000000000001', 'the-art-of-assembly', 'The art of assembly',
        'How people have met, argued and decided, from the moot to the mailing list.',
        '{"headline": "Two courses, one circle", "outcomes": ["Chair a meeting", "Read a charter"]}',
        'beginner', 12, true, 'a0000000-0000-4000-8000-000000000002', '2026-01-06 08:00+00', '2026-01-06 08:00+00'),
    ('30000000-0000-4000-8000-000000000002', 'songs-of-the-field', 'Songs of the field',
        'In preparation.', null, 'intermediate', 8, false, 'a0000000-0000-4000-8000-000000000002',
        '2026-01-22 08:00+00', '2026-01-22 08:00+00');

insert into academy.courses
    (id, program_id, slug, title, description, order_index, estimated_hours, prerequisites, learning_objectives,
        is_published, created_at, updated_at)
values
    ('31000000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001', 'meeting', 'Meeting',
        'Places, times and rules of assemblies.', 1, 10, '{}',
        '{"Tell a moot from a thing","Lay out a room"}', true, '2026-01-06 08:10+00', '2026-01-06 08:10+00'),
    ('31000000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000001', 'deciding', 'Deciding',
        'Votes, consent, and what to do with a minority.', 2, 14,
        '{31000000-0000-4000-8000-000000000001}', '{"Count a vote","Write a dissent"}', true,
        '2026-01-06 08:20+00', '2026-01-06 08:20+00'),
    ('31000000-0000-4000-8000-000000000003', '30000000-0000-4000-8000-000000000001', 'disagreeing', 'Disagreeing',
        'In preparation.', 3, null, '{31000000-0000-4000-8000-000000000002}', '{}', false,
        '2026-01-22 08:20+00', '2026-01-22 08:20+00');

insert into academy.modules
    (id, course_id, title, description, order_index, type, estimated_minutes, is_published, created_at, updated_at)
values
    ('32000000-0000-4000-8000-000000000001', '31000000-0000-4000-8000-000000000001', 'Hills, halls, lists',
        'Where people met.', 1, 'lesson', 60, true, '2026-01-06 08:11+00', '2026-01-06 08:11+00'),
    ('32000000-0000-4000-8000-000000000002', '31000000-0000-4000-8000-000000000001', 'What did you keep?',
        null, 2, 'quiz', 15, true, '2026-01-06 08:12+00', '2026-01-06 08:12+00'),
    ('32000000-0000-4000-8000-000000000003', '31000000-0000-4000-8000-000000000002', 'Counting heads',
        'And other ways to find out.', 1, 'lesson', 45, true, '2026-01-06 08:21+00', '2026-01-06 08:21+00'),
    ('32000000-0000-4000-8000-000000000004', '31000000-0000-4000-8000-000000000002', 'Chair a meeting',
        'With real people.', 2, 'project', 120, false, '2026-01-22 08:21+00', '2026-01-22 08:21+00');

insert into academy.content_items
    (id, module_id, type, title, content, order_index, duration_seconds, created_at, updated_at)
values
    ('33000000-0000-4000-8000-000000000001', '32000000-0000-4000-8000-000000000001', 'text', 'The moot hill',
        '{"text": "A hill is a hall without rent."}', 1, null, '2026-01-06 08:13+00', '2026-01-06 08:13+00'),
    ('33000000-0000-4000-8000-000000000002', '32000000-0000-4000-8000-000000000001', 'video', 'A walk to the thing',
        '{"url": "https://media.example.org/thing.mp4", "transcript": "We start at the ford."}', 2, 540,
        '2026-01-06 08:14+00', '2026-01-06 08:14+00'),
    ('33000000-0000-4000-8000-000000000003', '32000000-0000-4000-8000-000000000001', 'image', 'A plan of the hall',
        '{"url": "https://media.example.org/hall.png", "alt": "Benches on three sides of a fire"}', 3, null,
        '2026-01-06 08:15+00', '2026-01-06 08:15+00'),
    ('33000000-0000-4000-8000-000000000004', '32000000-0000-4000-8000-000000000003', 'document', 'Rules of a society',
        '{"url": "https://media.example.org/rules.pdf", "media_type": "application/pdf", "pages": 12}', 1, null,
        '2026-01-06 08:22+00', '2026-01-06 08:22+00'),
    ('33000000-0000-4000-8000-000000000005', '32000000-0000-4000-8000-000000000003', 'interactive', 'Count it yourself',
        '{"url": "https://media.example.org/ballots/", "height_px": 480}', 2, null,
        '2026-01-06 08:23+00', '2026-01-06 08:23+00'),
    ('33000000-0000-4000-8000-000000000006', '32000000-0000-4000-8000-000000000004', 'audio', 'A chair at work',
        '{"url": "https://media.example.org/chair.mp3"}', 1, 1260, '2026-01-22 08:22+00', '2026-01-22 08:22+00');

insert into academy.enrollments
    (id, user_id, program_id, enrolled_at, target_completion_date, status, created_at, updated_at)
values
    ('34000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003',
        '30000000-0000-4000-8000-000000000001', '2026-01-08 10:00+00', '2026-04-30', 'completed',
        '2026-01-08 10:00+00', '2026-03-01 10:00+00'),
    ('34000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000004',
        '30000000-0000-4000-8000-000000000001', '2026-01-10 10:00+00', null, 'active',
        '2026-01-10 10:00+00', '2026-01-10 10:00+00'),
    ('34000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000005',
        '30000000-0000-4000-8000-000000000001', '2026-01-13 10:00+00', '2026-02-28', 'dropped',
        '2026-01-13 10:00+00', '2026-02-12 08:00+00');

insert into academy.progress
    (id, user_id, content_item_id, module_id, course_id, program_id, enrollment_id, started_at, completed_at,
        time_spent_seconds, progress_data, created_at, updated_at)
select
    given.id, enrolled.user_id, item.id, item.module_id, module.course_id, enrolled.program_id, enrolled.id,
    given.started_at, given.completed_at, given.seconds, given.data, given.started_at,
    coalesce(given.completed_at, given.started_at)
from (values
    ('35000000-0000-4000-8000-000000000001'::uuid, '34000000-0000-4000-8000-000000000001'::uuid,
        '33000000-0000-4000-8000-000000000001'::uuid, '2026-01-08 18:00+00'::timestamptz,
        '2026-01-08 18:20+00'::timestamptz, 1200, '{}'::jsonb),
    ('35000000-0000-4000-8000-000000000002', '34000000-0000-4000-8000-000000000001',
        '33000000-0000-4000-8000-000000000002', '2026-01-08 18:20+00', '2026-01-08 18:30+00', 600, '{}'),
    ('35000000-0000-4000-8000-000000000003', '34000000-0000-4000-8000-000000000001',
        '33000000-0000-4000-8000-000000000003', '2026-01-08 18:30+00', '2026-01-08 18:35+00', 300, '{}'),
    ('35000000-0000-4000-8000-000000000004', '34000000-0000-4000-8000-000000000001',
        '33000000-0000-4000-8000-000000000004', '2026-01-15 18:00+00', '2026-01-15 19:00+00', 3600, '{}'),
    ('35000000-0000-4000-8000-000000000005', '34000000-0000-4000-8000-000000000001',
        '33000000-0000-4000-8000-000000000005', '2026-02-20 18:00+00', '2026-02-20 18:40+00', 2400,
        '{"ballots": 21, "spoilt": 2}'),
    ('35000000-0000-4000-8000-000000000006', '34000000-0000-4000-8000-000000000002',
        '33000000-0000-4000-8000-000000000001', '2026-01-11 20:00+00', '2026-01-11 20:30+00', 1500, '{}'),
    ('35000000-0000-4000-8000-000000000007', '34000000-0000-4000-8000-000000000002',
        '33000000-0000-4000-8000-000000000002', '2026-01-12 20:00+00', null, 240, '{"second": 215}'),
    ('35000000-0000-4000-8000-000000000008', '34000000-0000-4000-8000-000000000003',
        '33000000-0000-4000-8000-000000000001', '2026-01-14 07:00+00', null, 90, '{}')
) as given (id, enrollment_id, content_item_id, started_at, completed_at, seconds, data)
join academy.enrollments as enrolled on enrolled.id = given.enrollment_id
join academy.content_items as item on item.id = given.content_item_id
join academy.modules as module on module.id = item.module_id;

insert into academy.assessments
    (id, module_id, title, type, instructions, answer_key, passing_score, max_attempts, time_limit_minutes,
        created_at, updated_at)
values
    ('36000000-0000-4000-8000-000000000001', '32000000-0000-4000-8000-000000000002', 'Hills, halls, lists', 'quiz',
        '{"text": "One answer each.", "questions": [
            {"id": "hill", "prompt": "What does a hill not cost?", "choices": ["Rent", "Breath"], "points": 1},
            {"id": "hall", "prompt": "Where do the benches stand?", "choices": ["On one side", "On three"], "points": 2}
        ]}',
        '{"choices": {"hill": [0], "hall": [1]}}', 60, 3, 15, '2026-01-06 08:16+00', '2026-01-06 08:16+00'),
    ('36000000-0000-4000-8000-000000000002', '32000000-0000-4000-8000-000000000004', 'Minutes of your meeting',
        'project', '{"text": "Hand in the minutes."}', '{}', 50, null, null,
        '2026-01-22 08:23+00', '2026-01-22 08:23+00');

insert into academy.assessment_attempts
    (id, user_id, assessment_id, attempt_number, started_at, submitted_at, score, passed, answers, feedback,
        created_at, updated_at)
values
    ('37000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003',
        '36000000-0000-4000-8000-000000000001', 1, '2026-01-09 18:00+00', '2026-01-09 18:05+00', 33, false,
        '{"choices": {"hill": [0], "hall": [0]}}', '{"comments": {"hall": "Look at the plan again."}}',
        '2026-01-09 18:00+00', '2026-01-09 18:05+00'),
    ('37000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003',
        '36000000-0000-4000-8000-000000000001', 2, '2026-01-09 18:10+00', '2026-01-09 18:12+00', 100, true,
        '{"choices": {"hill": [0], "hall": [1]}}', '{"summary": "Well kept.", "points": {"hill": 1, "hall": 2}}',
        '2026-01-09 18:10+00', '2026-01-09 18:12+00'),
    ('37000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000004',
        '36000000-0000-4000-8000-000000000001', 1, '2026-01-12 20:15+00', null, null, null, '{}', null,
        '2026-01-12 20:15+00', '2026-01-12 20:15+00');

insert into academy.discussions
    (id, module_id, course_id, user_id, title, content, is_pinned, is_locked, created_at, updated_at)
values
    ('38000000-0000-4000-8000-000000000001', null, '31000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000002', 'Start here', '{"text": "Introduce yourselves by your favourite hill."}',
        true, false, '2026-01-06 09:00+00', '2026-01-06 09:00+00'),
    ('38000000-0000-4000-8000-000000000002', '32000000-0000-4000-8000-000000000001',
        '31000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000004', 'Who sat by the fire?',
        '{"text": "And who by the door?"}', false, false, '2026-01-11 20:40+00', '2026-01-11 20:40+00'),
    ('38000000-0000-4000-8000-000000000003', null, '31000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000005', 'Is a majority a proof?', '{"text": "It is not."}', false, true,
        '2026-01-14 07:10+00', '2026-01-15 09:00+00');

insert into academy.comments
    (id, discussion_id, user_id, parent_id, content, is_edited, deleted_at, created_at, updated_at)
values
    ('39000000-0000-4000-8000-000000000001', '38000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000003', null, '{"text": "Any one with a view of the railway."}', false, null,
        '2026-01-08 10:10+00', '2026-01-08 10:10+00'),
    ('39000000-0000-4000-8000-000000000002', '38000000-0000-4000-8000-000000000001',
        'a0000000-0000-4000-8000-000000000002', '39000000-0000-4000-8000-000000000001', '{"text": "Noted."}', true,
        null, '2026-01-08 10:30+00', '2026-01-08 10:35+00'),
    ('39000000-0000-4000-8000-000000000003', '38000000-0000-4000-8000-000000000002',
        'a0000000-0000-4000-8000-000000000003', null, '{"text": "The old, I think. They were cold."}', false, null,
        '2026-01-11 21:00+00', '2026-01-11 21:00+00'),
    ('39000000-0000-4000-8000-000000000004', '38000000-0000-4000-8000-000000000003',
        'a0000000-0000-4000-8000-000000000003', null, '{"text": "Nobody said it was."}', false, '2026-01-14 08:00+00',
        '2026-01-14 07:50+00', '2026-01-14 08:00+00');

insert into academy.achievements (id, name, description, type, criteria, points, created_at, updated_at)
values
    ('3a000000-0000-4000-8000-000000000001', 'First course', 'You finished one.', 'course_completion',
        '{"courses": 1}', 50, '2026-01-06 08:30+00', '2026-01-06 08:30+00'),
    ('3a000000-0000-4000-8000-000000000002', 'A week of evenings', 'Seven days in a row.', 'streak',
        '{"days": 7}', 30, '2026-01-06 08:31+00', '2026-01-06 08:31+00'),
    ('3a000000-0000-4000-8000-000000000003', 'Heard', 'Ten comments that were read.', 'community',
        '{"comments": 10}', 20, '2026-01-06 08:32+00', '2026-01-06 08:32+00'),
    ('3a000000-0000-4000-8000-000000000004', 'Founder', 'Was there when it began.', 'special',
        '{"reason": "Joined in the first week."}', 10, '2026-01-06 08:33+00', '2026-01-06 08:33+00');

insert into academy.user_achievements
    (id, user_id, achievement_id, earned_at, progress, created_at, updated_at)
values
    ('3b000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003',
        '3a000000-0000-4000-8000-000000000001', '2026-01-09 18:12+00', null, '2026-01-09 18:12+00',
        '2026-01-09 18:12+00'),
    ('3b000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003',
        '3a000000-0000-4000-8000-000000000002', null, '{"current": 3, "target": 7}', '2026-01-08 18:35+00',
        '2026-01-10 18:00+00'),
    ('3b000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000004',
        '3a000000-0000-4000-8000-000000000004', '2026-01-09 12:00+00', null, '2026-01-09 12:00+00',
        '2026-01-09 12:00+00');

insert into academy.certificates
    (id, user_id, program_id, issued_at, certificate_number, verification_url, metadata, created_at)
values
    ('3c000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003',
        '30000000-0000-4000-8000-000000000001', '2026-03-01 10:00+00', 'FM-2026-0001',
        'https://folkmoot.example.org/certificates/FM-2026-0001',
        '{"grade": "with distinction", "completion_date": "2026-03-01", "hours": 24}', '2026-03-01 10:00+00');
