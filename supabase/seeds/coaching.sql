-- The assessment Core I with what surrounds it, and one attempt each of Emmy and Alan.

insert into coaching.competency_display_names (id, competency_key, display_name, framework, created_at)
values
    ('50000000-0000-4000-8000-000000000001', 'active_listening', 'Active Listening', 'core', '2026-01-05 08:00+00'),
    ('50000000-0000-4000-8000-000000000002', 'powerful_questions', 'Powerful Questions', 'core', '2026-01-05 08:00+00'),
    ('50000000-0000-4000-8000-000000000003', 'present_moment_awareness', 'Present Moment Awareness', 'core',
        '2026-01-05 08:00+00');

insert into coaching.assessments
    (id, slug, title, description, difficulty, estimated_duration, framework, is_active, created_at)
values
    ('00000000-0000-0000-0000-000000000001', 'core-fundamentals-i', 'CORE I - Fundamentals',
        'How well do you listen, ask, and stay with the person in front of you?', 'Beginner', 20, 'core', true,
        '2026-01-05 08:10+00'),
    ('00000000-0000-0000-0000-000000000002', 'core-fundamentals-ii', 'CORE II - Practice', 'In preparation.',
        'Intermediate', 30, 'core', false, '2026-01-05 08:11+00');

insert into coaching.assessment_questions
    (id, assessment_id, question_order, question, option_a, option_b, option_c, option_d, correct_answer,
    explanation, competency_area, difficulty_weight, assessment_level, created_at)
values
    ('51000000-0000-4000-8000-000000000001', '00000000-0000-0000-0000-000000000001', 1,
        'Your client says: "I am fine with the new role, I suppose." What do you take up first?',
        'The new role and its duties', 'The words "I suppose"', 'The plan for the first hundred days',
        'Your own experience with new roles', 1,
        'Listening goes beyond the facts. "I suppose" takes back what was just said; name it and wait.',
        'active_listening', 1.0, 'core-i', '2026-01-05 08:20+00'),
    ('51000000-0000-4000-8000-000000000002', '00000000-0000-0000-0000-000000000001', 2,
        'Which of these shows best that you have understood?',
        'Repeating every word', 'Nodding while you prepare your next question',
        'Saying in your own words what you heard, and asking whether that is it', 'Finishing the sentence for them', 2,
        'A paraphrase can be corrected by the client. Repetition and nodding cannot.',
        'active_listening', 1.0, 'core-i', '2026-01-05 08:21+00'),
    ('51000000-0000-4000-8000-000000000003', '00000000-0000-0000-0000-000000000001', 3,
        'Which question opens most?',
        'Have you tried talking to your manager?', 'Why did you not do it?',
        'Would it help to write a list?', 'What would be different if this were solved?', 3,
        'It begins with "what", asks for neither a yes nor an excuse, and looks ahead.',
        'powerful_questions', 1.0, 'core-i', '2026-01-05 08:22+00'),
    ('51000000-0000-4000-8000-000000000004', '00000000-0000-0000-0000-000000000001', 4,
        'You have asked three questions in one breath. What now?',
        'Ask a fourth that sums them up', 'Take them back and ask the one that matters',
        'Let the client choose, they will know', 'Answer the first yourself, as an example', 1,
        'Stacked questions get the easiest one answered. One at a time leaves room to think.',
        'powerful_questions', 1.0, 'core-i', '2026-01-05 08:23+00'),
    ('51000000-0000-4000-8000-000000000005', '00000000-0000-0000-0000-000000000001', 5,
        'The client falls silent and looks away. You...',
        'stay silent as well', 'change the subject', 'ask what is wrong', 'look at the clock', 0,
        'Silence is often where the work happens. Whoever fills it works for themselves.',
        'present_moment_awareness', 1.0, 'core-i', '2026-01-05 08:24+00'),
    ('51000000-0000-4000-8000-000000000006', '00000000-0000-0000-0000-000000000001', 6,
        'In mid-session you notice that your mind was elsewhere. What serves the client?',
        'Pretending that nothing happened', 'Guessing what was said from what comes next',
        'Saying so, and asking them to say the last part again', 'Ending the session early', 2,
        'Being present includes noticing when one is not. Saying so costs a moment; guessing costs trust.',
        'present_moment_awareness', 1.0, 'core-i', '2026-01-05 08:25+00');

insert into coaching.skill_tags
    (id, name, competency_area, framework, sort_order, assessment_level, is_active, created_at)
values
    ('52000000-0000-4000-8000-000000000001', 'Hearing what is not said', 'active_listening', 'core', 1, 'core-i',
        true, '2026-01-05 08:30+00'),
    ('52000000-0000-4000-8000-000000000002', 'Paraphrasing', 'active_listening', 'core', 2, 'core-i', true,
        '2026-01-05 08:30+00'),
    ('52000000-0000-4000-8000-000000000003', 'Open questions', 'powerful_questions', 'core', 3, 'core-i', true,
        '2026-01-05 08:30+00'),
    ('52000000-0000-4000-8000-000000000004', 'Holding silence', 'present_moment_awareness', 'core', 4, 'core-i',
        true, '2026-01-05 08:30+00'),
    ('52000000-0000-4000-8000-000000000005', 'Working with metaphors', 'powerful_questions', 'core', 5, 'core-ii',
        false, '2026-01-05 08:30+00');

insert into coaching.tag_insights (id, skill_tag_id, insight_text, insight_type, created_at)
values
    ('53000000-0000-4000-8000-000000000001', '52000000-0000-4000-8000-000000000001',
        'You follow the facts and pass by how they are told.', 'weakness', '2026-01-05 08:40+00'),
    ('53000000-0000-4000-8000-000000000002', '52000000-0000-4000-8000-000000000001',
        'You notice the hesitation before the sentence is over.', 'strength', '2026-01-05 08:40+00'),
    ('53000000-0000-4000-8000-000000000003', '52000000-0000-4000-8000-000000000002',
        'You answer before you have checked what was meant.', 'weakness', '2026-01-05 08:40+00'),
    ('53000000-0000-4000-8000-000000000004', '52000000-0000-4000-8000-000000000002',
        'People hear themselves more clearly once you have said it back.', 'strength', '2026-01-05 08:40+00'),
    ('53000000-0000-4000-8000-000000000005', '52000000-0000-4000-8000-000000000003',
        'Your questions carry your advice inside them.', 'weakness', '2026-01-05 08:40+00'),
    ('53000000-0000-4000-8000-000000000006', '52000000-0000-4000-8000-000000000003',
        'Your questions send people looking, not defending.', 'strength', '2026-01-05 08:40+00'),
    ('53000000-0000-4000-8000-000000000007', '52000000-0000-4000-8000-000000000004',
        'You fill pauses that were not yours.', 'weakness', '2026-01-05 08:40+00'),
    ('53000000-0000-4000-8000-000000000008', '52000000-0000-4000-8000-000000000004',
        'You let a silence last until it has done its work.', 'strength', '2026-01-05 08:40+00');

insert into coaching.tag_actions (id, skill_tag_id, action_text, created_at)
values
    ('53000000-0000-4000-8000-000000000011', '52000000-0000-4000-8000-000000000001',
        'In your next talk, write down one word that surprised you, and ask about it.', '2026-01-05 08:45+00'),
    ('53000000-0000-4000-8000-000000000012', '52000000-0000-4000-8000-000000000002',
        'For one day, say back what you heard before you answer anything.', '2026-01-05 08:45+00'),
    ('53000000-0000-4000-8000-000000000013', '52000000-0000-4000-8000-000000000003',
        'Begin ten questions with "what" or "how", and none with "why".', '2026-01-05 08:45+00'),
    ('53000000-0000-4000-8000-000000000014', '52000000-0000-4000-8000-000000000004',
        'Count to seven, in silence, before you break one.', '2026-01-05 08:45+00');

insert into coaching.competency_leverage_strengths
    (id, competency_area, leverage_text, score_range_min, score_range_max, framework, priority_order, created_at)
values
    ('54000000-0000-4000-8000-000000000001', 'active_listening',
        'People open up to you. Use it: ask the question that comes after the easy one.', 80, 100, 'core', 1,
        '2026-01-05 08:50+00'),
    ('54000000-0000-4000-8000-000000000002', 'powerful_questions',
        'You ask well. Ask less, and let each one land.', 70, 100, 'core', 2, '2026-01-05 08:50+00');

insert into coaching.learning_path_categories
    (id, category_title, category_description, category_icon, competency_areas, assessment_level, priority_order,
    is_active, created_at)
values
    ('55000000-0000-4000-8000-000000000001', 'Listening & Questions', 'Hear more, say less, ask better.', '👂',
        array['active_listening', 'powerful_questions'], 'core-i', 1, true, '2026-01-05 09:00+00'),
    ('55000000-0000-4000-8000-000000000002', 'Presence & Awareness', 'Be where the conversation is.', '🧘',
        array['present_moment_awareness'], 'core-i', 2, true, '2026-01-05 09:00+00'),
    ('55000000-0000-4000-8000-000000000003', 'Metaphors', 'In preparation.', '🌉',
        array['powerful_questions'], 'core-ii', 3, false, '2026-01-05 09:00+00');

insert into coaching.learning_resources
    (id, category_id, title, description, resource_type, url, author_instructor, competency_areas,
    assessment_level, is_active, created_at)
values
    ('56000000-0000-4000-8000-000000000001', '55000000-0000-4000-8000-000000000001', 'Time to Think',
        'What happens when nobody interrupts.', 'book', 'https://example.org/time-to-think', 'Nancy Kline',
        array['active_listening'], 'core-i', true, '2026-01-05 09:10+00'),
    ('56000000-0000-4000-8000-000000000002', '55000000-0000-4000-8000-000000000001', 'Ten questions, one page',
        'To print, and to pin above the desk.', 'exercise', 'https://example.org/ten-questions', null,
        array['powerful_questions'], 'core-i', true, '2026-01-05 09:11+00'),
    ('56000000-0000-4000-8000-000000000003', '55000000-0000-4000-8000-000000000001', 'Listening, recorded',
        'An hour with pauses in it.', 'video', 'https://example.org/listening', 'Grace Hopper',
        array['active_listening'], 'core-i', true, '2026-01-05 09:12+00'),
    ('56000000-0000-4000-8000-000000000004', '55000000-0000-4000-8000-000000000002', 'Seven seconds',
        'An exercise in saying nothing.', 'exercise', 'https://example.org/seven-seconds', null,
        array['present_moment_awareness'], 'core-i', true, '2026-01-05 09:13+00'),
    ('56000000-0000-4000-8000-000000000005', '55000000-0000-4000-8000-000000000002', 'Evening workshop',
        'No date yet.', 'workshop', null, null, array['present_moment_awareness'], 'core-i', false,
        '2026-01-05 09:14+00');

insert into coaching.user_attempts
    (id, user_id, assessment_id, score, time_spent, completed_at, frontend_insights, insights_generated_at, created_at)
values
    ('57000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000006',
        '00000000-0000-0000-0000-000000000001', 83, 540, '2026-01-22 10:00+00',
        '{"strengths": ["powerful_questions"], "weaknesses": ["present_moment_awareness"]}', '2026-01-22 10:00+00',
        '2026-01-22 10:00+00'),
    ('57000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003',
        '00000000-0000-0000-0000-000000000001', 50, 300, '2026-01-25 22:30+00', null, null, '2026-01-25 22:30+00');

insert into coaching.user_responses
    (id, attempt_id, question_id, selected_answer, is_correct, response_time, created_at)
select
    format('57000000-0000-4000-8000-0000000001%s%s', given.number, question.question_order)::uuid,
    given.attempt_id, question.id, given.selected[question.question_order],
    given.selected[question.question_order] = question.correct_answer, 40 + 5 * question.question_order,
    given.created_at
from coaching.assessment_questions as question
cross join (values
    (1, '57000000-0000-4000-8000-000000000001'::uuid, array[1, 2, 3, 1, 0, 3], '2026-01-22 10:00+00'::timestamptz),
    (2, '57000000-0000-4000-8000-000000000002', array[0, 2, 0, 1, 2, 2], '2026-01-25 22:30+00')
) as given (number, attempt_id, selected, created_at)
where question.assessment_id = '00000000-0000-0000-0000-000000000001';
