"""What the culture degree document names: sixteen tables, two of which are views of Supabase Auth's own.

Where it says JSON for a list of ids or of texts, the column is an array, which is the same JSON outside.
"""

from tests.domains.documented import Documented

ACADEMY = Documented(
    tables={
        "academy.users": "id email name avatar_url created_at updated_at last_login_at is_active"
        " preferred_language timezone",
        "academy.programs": "id slug title description overview difficulty_level estimated_duration_weeks"
        " thumbnail_url is_published created_at updated_at created_by",
        "academy.courses": "id program_id slug title description order_index estimated_hours prerequisites"
        " learning_objectives is_published created_at updated_at",
        "academy.modules": "id course_id title description order_index type estimated_minutes is_published"
        " created_at updated_at",
        "academy.content_items": "id module_id type title content order_index duration_seconds created_at"
        " updated_at",
        "academy.enrollments": "id user_id program_id enrolled_at target_completion_date status"
        " completion_percentage last_activity_at",
        "academy.progress": "id user_id content_item_id module_id course_id started_at completed_at"
        " time_spent_seconds is_completed progress_data",
        "academy.assessments": "id module_id title type instructions passing_score max_attempts"
        " time_limit_minutes created_at updated_at",
        "academy.assessment_attempts": "id user_id assessment_id started_at submitted_at score passed answers"
        " feedback attempt_number",
        "academy.discussions": "id module_id course_id user_id title content is_pinned is_locked created_at"
        " updated_at",
        "academy.comments": "id discussion_id user_id parent_id content is_edited created_at updated_at",
        "academy.achievements": "id name description icon_url type criteria points",
        "academy.user_achievements": "id user_id achievement_id earned_at progress",
        "academy.certificates": "id user_id program_id course_id issued_at certificate_number"
        " verification_url metadata",
    },
    views=[
        "academy.accounts id user_id type provider provider_account_id access_token refresh_token expires_at",
        "academy.sessions id session_token user_id expires",
    ],
    indexes={
        "academy.users": ["email"],
        "academy.enrollments": ["user_id program_id"],
        "academy.progress": ["user_id content_item_id"],
        "academy.discussions": ["module_id"],
        "academy.comments": ["discussion_id"],
    },
    search={
        "academy.programs": ["title description"],
        "academy.courses": ["title description"],
    },
    unique={
        "academy.programs": ["slug"],
        "academy.courses": ["program_id slug"],
        "academy.certificates": ["certificate_number"],
    },
    checks={
        "academy.programs": ["difficulty_level", "overview"],
        "academy.modules": ["type"],
        "academy.content_items": ["type", "content"],
        "academy.enrollments": ["status"],
        "academy.assessments": ["type", "instructions"],
        "academy.assessment_attempts": ["answers", "feedback"],
        "academy.discussions": ["content"],
        "academy.comments": ["content"],
        "academy.achievements": ["type", "criteria"],
        "academy.user_achievements": ["progress"],
        "academy.certificates": ["metadata"],
    },
    foreign_keys={
        "academy.users.id": "public.users",
        "academy.programs.created_by": "public.users",
        "academy.courses.program_id": "academy.programs",
        "academy.modules.course_id": "academy.courses",
        "academy.content_items.module_id": "academy.modules",
        "academy.enrollments.user_id": "public.users",
        "academy.enrollments.program_id": "academy.programs",
        "academy.progress.user_id": "public.users",
        "academy.progress.content_item_id": "academy.content_items",
        "academy.progress.module_id": "academy.modules",
        "academy.progress.course_id": "academy.courses",
        "academy.assessments.module_id": "academy.modules",
        "academy.assessment_attempts.user_id": "public.users",
        "academy.assessment_attempts.assessment_id": "academy.assessments",
        "academy.discussions.module_id": "academy.modules",
        "academy.discussions.course_id": "academy.courses",
        "academy.discussions.user_id": "public.users",
        "academy.comments.discussion_id": "academy.discussions",
        "academy.comments.user_id": "public.users",
        "academy.comments.parent_id": "academy.comments",
        "academy.user_achievements.user_id": "public.users",
        "academy.user_achievements.achievement_id": "academy.achievements",
        "academy.certificates.user_id": "public.users",
        "academy.certificates.program_id": "academy.programs",
        "academy.certificates.course_id": "academy.courses",
    },
)
