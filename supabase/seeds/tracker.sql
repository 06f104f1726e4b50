-- What two people of the community track for themselves: Alan runs and builds, Hedy publishes.

insert into tracker.user_profiles (id, username, display_name, created_at)
values
    ('a0000000-0000-4000-8000-000000000003', 'alan', 'Alan', '2026-01-07 18:20+00'),
    ('a0000000-0000-4000-8000-000000000004', 'hedy', 'Hedy', '2026-01-09 12:05+00');

insert into tracker.user_configs (id, user_id, config_key, config_value, created_at)
values
    ('40000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'github',
        '{"repository": "alan/enigma", "token": "not-a-real-token"}', '2026-01-07 18:30+00');

insert into tracker.goals
    (id, user_id, goal_id, name, yearly_target, unit, category, is_numeric, monthly, monthly_targets, created_at)
values
    ('41000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'marathonTraining',
        'Run 1,500 km', 1500, 'km', 'fitness', true,
        '{"2026-01": 118.5, "2026-02": "131", "2026-03": 140.25}',
        '{"2026-01": 110, "2026-02": 120, "2026-03": 130}', '2026-01-08 06:00+00'),
    ('41000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003', 'readPapers',
        'Read a paper a week', 52, 'papers', 'professional', true,
        '{"2026-01": 5, "2026-02": 4, "2026-03": "lost count"}', '{}', '2026-01-08 06:05+00'),
    ('41000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000004', 'callHome',
        'Call home on Sundays', 0, '', 'personal', false, '{"2026-01": "every one"}', '{}', '2026-01-10 09:00+00');

insert into tracker.metrics (id, user_id, date, data, created_at)
values
    ('42000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', '2026-03-02',
        '{"sleepHours": 7.5, "deepWorkHours": 4, "mood": "curious"}', '2026-03-02 21:00+00'),
    ('42000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003', '2026-03-03',
        '{"sleepHours": 6, "deepWorkHours": 5.5, "ranKm": 12}', '2026-03-03 21:30+00');

insert into tracker.financial_metrics (id, user_id, mrr, net_worth, created_at)
values
    ('42000000-0000-4000-8000-000000000011', 'a0000000-0000-4000-8000-000000000004', 1250.00, 48000.50,
        '2026-02-01 08:00+00');

insert into tracker.sprints (id, user_id, start_date, status, created_at)
values
    ('43000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', '2026-01-12', 'completed',
        '2026-01-11 20:00+00'),
    ('43000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003', '2026-02-09', 'active',
        '2026-02-08 20:00+00'),
    ('43000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000003', '2026-03-09', 'planned',
        '2026-02-08 20:05+00');

insert into tracker.roadmaps (id, user_id, roadmap_id, data, created_at)
values
    ('43000000-0000-4000-8000-000000000011', 'a0000000-0000-4000-8000-000000000003', 'imitationGame',
        '{"title": "A machine that chats", "milestones": [
            {"title": "Rules of the game", "done": true}, {"title": "First evening with a judge", "done": false}
        ]}', '2026-01-15 19:00+00');

insert into tracker.kanban_boards (id, user_id, board_id, name, description, created_at)
values
    ('44000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'work', 'Work',
        'What the machine still needs.', '2026-01-08 07:00+00'),
    ('44000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000004', 'work', 'Studio', null,
        '2026-01-10 07:00+00');

insert into tracker.kanban_columns (id, user_id, board_id, column_id, title, color, position, created_at)
values
    ('44000000-0000-4000-8000-000000000011', 'a0000000-0000-4000-8000-000000000003', 'work', 'todo', 'To do',
        '#53B4FF', 0, '2026-01-08 07:01+00'),
    ('44000000-0000-4000-8000-000000000012', 'a0000000-0000-4000-8000-000000000003', 'work', 'done', 'Done',
        '#5FE3B3', 1, '2026-01-08 07:02+00'),
    ('44000000-0000-4000-8000-000000000013', 'a0000000-0000-4000-8000-000000000004', 'work', 'todo', 'Ideas',
        '#FFD700', 0, '2026-01-10 07:01+00');

insert into tracker.kanban_tasks
    (id, user_id, board_id, task_id, column_id, title, priority, due_date, labels, time_spent, position,
    deleted_at, created_at)
values
    ('44000000-0000-4000-8000-000000000021', 'a0000000-0000-4000-8000-000000000003', 'work', 'tape', 'todo',
        'Order more tape', 'high', '2026-03-20', '["shop"]', 0, 0, null, '2026-03-01 08:00+00'),
    ('44000000-0000-4000-8000-000000000022', 'a0000000-0000-4000-8000-000000000003', 'work', 'states', 'done',
        'Write down all the states', 'medium', null, '["paper", "machine"]', 6.5, 0, null, '2026-01-08 08:00+00'),
    ('44000000-0000-4000-8000-000000000023', 'a0000000-0000-4000-8000-000000000003', 'work', 'oracle', 'todo',
        'Ask the oracle', 'low', null, '[]', 0, 1, '2026-02-02 10:00+00', '2026-01-09 08:00+00'),
    ('44000000-0000-4000-8000-000000000024', 'a0000000-0000-4000-8000-000000000004', 'work', 'tape', 'todo',
        'Record the piano roll', 'urgent', '2026-03-15', '["music"]', 1.25, 0, null, '2026-02-20 08:00+00');

insert into tracker.user_kpis
    (id, user_id, kpi_id, name, target, min_target, unit, category, color, sort_order, is_average,
    is_reverse_scoring, created_at)
values
    ('45000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'deepWorkHours',
        'Deep work', 20, 15, 'hours', 'discipline', '#5FE3B3', 1, false, false, '2026-01-08 07:30+00'),
    ('45000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000003', 'sleepAverage', 'Sleep',
        7, 6, 'hours', 'health', '#9D4EDD', 2, true, false, '2026-01-08 07:31+00'),
    ('45000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000003', 'coffees', 'Coffees', 14,
        null, 'cups', 'health', '#FF6B6B', 3, false, true, '2026-01-08 07:32+00');

insert into tracker.weekly_kpis (id, user_id, week_key, data, created_at)
values
    ('45000000-0000-4000-8000-000000000011', 'a0000000-0000-4000-8000-000000000003', '2026-W09',
        '{"values": {"deepWorkHours": 18, "sleepAverage": 7.1}}', '2026-03-01 21:00+00');

insert into tracker.weekly_kpi_entries
    (id, user_id, week_key, kpi_id, name, current_value, target_value, min_target_value, unit, category, created_at)
values
    ('45000000-0000-4000-8000-000000000021', 'a0000000-0000-4000-8000-000000000003', '2026-W09',
        'deepWorkHours', 'Deep work', 18, 20, 15, 'hours', 'discipline', '2026-03-01 21:00+00'),
    ('45000000-0000-4000-8000-000000000022', 'a0000000-0000-4000-8000-000000000003', '2026-W09',
        'sleepAverage', 'Sleep', 7.1, 7, 6, 'hours', 'health', '2026-03-01 21:00+00');

insert into tracker.content_items
    (id, user_id, content_id, title, platform, content_type, published_date, created_at)
values
    ('46000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000004', 'hopping-explained',
        'Frequency hopping, explained on a piano', 'youtube', 'video', '2026-02-14', '2026-02-14 18:00+00'),
    ('46000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000004', 'patent-notes',
        'Notes on patent 2,292,387', 'substack', 'article', '2026-02-28', '2026-02-28 18:00+00');

insert into tracker.content_metrics
    (id, user_id, content_id, metric_date, views, likes, shares, comments, subscribers, revenue, swipe_rate,
    created_at)
values
    ('46000000-0000-4000-8000-000000000011', 'a0000000-0000-4000-8000-000000000004', 'hopping-explained',
        '2026-02-15', 1942, 211, 37, 18, 64, 3.10, null, '2026-02-15 22:00+00'),
    ('46000000-0000-4000-8000-000000000012', 'a0000000-0000-4000-8000-000000000004', 'hopping-explained',
        '2026-02-16', 2387, 260, 41, 25, 71, 4.05, 0.31, '2026-02-16 22:00+00');

insert into tracker.weekly_content_metrics
    (id, user_id, week_key, platform, metric_type, metric_value, created_at)
values
    ('46000000-0000-4000-8000-000000000021', 'a0000000-0000-4000-8000-000000000004', '2026-W07', 'youtube',
        'views', 1942, '2026-02-15 22:00+00'),
    ('46000000-0000-4000-8000-000000000022', 'a0000000-0000-4000-8000-000000000004', '2026-W07', 'youtube',
        'new_followers', 64, '2026-02-15 22:00+00');

insert into tracker.platform_metrics (id, user_id, platform, metric_name, metric_value, week_key, created_at)
values
    ('46000000-0000-4000-8000-000000000031', 'a0000000-0000-4000-8000-000000000004', 'youtube', 'followers',
        1942, null, '2026-02-15 22:00+00'),
    ('46000000-0000-4000-8000-000000000032', 'a0000000-0000-4000-8000-000000000004', 'substack',
        'open_rate', 0.48, '2026-W09', '2026-03-01 22:00+00');

insert into tracker.skill_progression
    (id, user_id, skill_id, skill_name, category, current_level, target_level, progress_data, created_at)
values
    ('47000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'longDistance',
        'Long-distance running', 'fitness', 7, 9, '{"bestMarathon": "2:46:03"}', '2026-01-08 08:30+00'),
    ('47000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000004', 'counterpoint',
        'Counterpoint', 'music', 3.5, 6, '{}', '2026-01-10 08:30+00');
