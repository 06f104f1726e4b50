"""What is missing from the content, for those who look after it.

For moderators, who see what is not active too, and for the service: whoever sees less would be told that
things are missing which are only hidden from them.
"""

from schema.language import View

_SEES_EVERYTHING = """(
    pg_catalog.pg_has_role(current_user, 'service_role', 'member')
    or exists (
        select from public.users as person
        where person.id = (select auth.uid()) and person.role in ('moderator', 'admin')
    )
)"""
_READERS = ("authenticated", "folkmoot_writer")

ASSESSMENTS_WITHOUT_QUESTIONS = View(
    "coaching.assessments_without_questions",
    query=f"""
select assessment.id, assessment.title, count(question.id) as question_count
from coaching.assessments as assessment
left join coaching.assessment_questions as question on question.assessment_id = assessment.id
where assessment.is_active and {_SEES_EVERYTHING}
group by assessment.id, assessment.title
having count(question.id) = 0
""",
    readers=_READERS,
    comment="Active assessments that ask nothing.",
)

INCOMPLETE_SKILL_TAGS = View(
    "coaching.incomplete_skill_tags",
    query=f"""
select
    tag.id, tag.name, tag.competency_area,
    count(distinct insight.id) as insights_count, count(distinct action.id) as actions_count
from coaching.skill_tags as tag
left join coaching.tag_insights as insight on insight.skill_tag_id = tag.id
left join coaching.tag_actions as action on action.skill_tag_id = tag.id
where tag.is_active and {_SEES_EVERYTHING}
group by tag.id, tag.name, tag.competency_area
having count(distinct insight.id) < 2 or count(distinct action.id) = 0
""",
    readers=_READERS,
    comment="Active skills about which there is no insight for the weak and the strong, or no action.",
)

RESOURCES_WITHOUT_URL = View(
    "coaching.learning_resources_without_url",
    query=f"""
select resource.id, resource.title, resource.url
from coaching.learning_resources as resource
where resource.is_active and coalesce(btrim(resource.url), '') = '' and {_SEES_EVERYTHING}
""",
    readers=_READERS,
    comment="Active learning resources that lead nowhere.",
)
