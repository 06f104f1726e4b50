"""Which other rows a decision rests on, and what is known without looking."""

from uuid import UUID, uuid4

from schema.language import (
    Access,
    Catalog,
    Index,
    Ref,
    Table,
    Timestamp,
    all_of,
    any_of,
    caller_has,
    caller_is,
    can,
    can_see,
    count_of,
    equals,
    everyone,
    filled,
    has_tier,
    moderator,
    nobody,
    not_deleted,
    signed_in,
)
from schema.language.reads import (
    VISITOR,
    Anything,
    Caller,
    Column,
    Known,
    RuleRead,
    is_personal,
    rule_reads,
    simplify,
)
from schema.language.rules import Allowed
from schema.tables import CATALOG, Like, Post, Space
from tests.schema.library import Membership, Person

ADA = uuid4()


def test_a_rule_reads_the_callers_standing_and_the_space():
    assert rule_reads(Post.access.read, Post.spec(), CATALOG) == (
        RuleRead("public.memberships", "user_id", Caller()),
        RuleRead("public.spaces", "id", Column("space_id")),
        RuleRead("public.users", "id", Caller()),
    )


def test_a_visitor_has_no_standing_to_read():
    assert rule_reads(Post.access.read, Post.spec(), CATALOG, VISITOR) == (
        RuleRead("public.spaces", "id", Column("space_id")),
    )
    assert simplify(Space.access.read, Space.spec(), CATALOG, VISITOR) == all_of(
        not_deleted, equals("visibility", "public")
    )
    assert simplify(Like.access.read, Like.spec(), CATALOG, VISITOR) == nobody()


def test_what_is_known_beforehand_is_not_read():
    ada = uuid4()
    own = Known({"user_id": ada}, caller=ada)
    assert rule_reads(Like.access.read, Like.spec(), CATALOG, own) == ()
    on_posts = Known({"target_type": "post"}, caller=ada)
    assert rule_reads(Like.access.read, Like.spec(), CATALOG, on_posts) == (
        RuleRead("public.memberships", "user_id", Caller()),
        RuleRead("public.posts", "id", Column("target_id")),
        RuleRead("public.spaces", "id", Anything()),
        RuleRead("public.users", "id", Caller()),
    )


def test_a_caller_who_has_a_row_elsewhere_is_found_by_their_own_id():
    class Ring(Table, name="rings"):
        bird_id: UUID
        user_id: UUID
        indexes = (Index("by_user_id", "user_id"),)

    class Bird(Table, name="birds"):
        access = Access(read=caller_has("rings", by="bird_id"))

    catalog = Catalog(Ring, Bird)
    assert rule_reads(Bird.access.read, Bird.spec(), catalog) == (
        RuleRead("public.rings", "user_id", Caller()),
    )
    assert simplify(Bird.access.read, Bird.spec(), catalog, VISITOR) == nobody()


def test_a_rule_that_looks_at_a_derived_column_reads_more_than_edits():
    class Nest(Table, name="nests"):
        egg_count: int = count_of("eggs", by="nest_id")
        access = Access(
            read=everyone(), permissions={"lay": equals("egg_count", 0), "look": equals("egg_count", 1)}
        )

    class Egg(Table, name="eggs"):
        nest_id: Ref[Nest]
        indexes = (Index("by_nest_id", "nest_id"),)
        access = Access(read=can_see("nest_id"), insert=Allowed("nest_id", "lay"))

    catalog = Catalog(Nest, Egg)
    asked = [rule_reads(rule, Egg.spec(), catalog) for rule in (Egg.access.read, Egg.access.insert_rule)]
    assert [[read.edits_only for read in reads] for reads in asked] == [[True], [False]]


def test_a_rule_is_personal_when_it_tells_people_of_one_standing_apart():
    class Ring(Table, name="rings"):
        bird_id: UUID
        user_id: UUID
        indexes = (Index("by_user_id", "user_id"),)
        access = Access(read=caller_is("user_id"))

    class Bird(Table, name="birds"):
        ring_id: Ref[Ring]
        tier: str | None = None
        indexes = (Index("by_ring_id", "ring_id"),)

    catalog = Catalog(Person, Membership, Ring, Bird)
    bird = Bird.spec()
    for rule in (everyone(), signed_in(), moderator(), has_tier("tier"), equals("tier", "gold")):
        assert not is_personal(rule, bird, catalog), rule
    for rule in (
        caller_has("rings", by="bird_id"),
        can_see("ring_id"),
        any_of(moderator(), can_see("ring_id")),
    ):
        assert is_personal(rule, bird, catalog), rule
    mine = Known({"user_id": ADA}, caller=ADA)
    assert is_personal(Ring.access.read, Ring.spec(), catalog, mine)  # Settled for Ada, and for nobody else.


def test_where_a_row_is_looked_up_its_own_read_rule_is_tried_too():
    class Nest(Table, name="nests"):
        open_at: Timestamp | None = None
        access = Access(read=moderator(), permissions={"lay": filled("open_at")})

    class Egg(Table, name="eggs"):
        nest_id: Ref[Nest]
        indexes = (Index("by_nest_id", "nest_id"),)
        access = Access(read=can("lay", "nest_id"))

    catalog = Catalog(Person, Membership, Nest, Egg)
    assert rule_reads(Egg.access.read, Egg.spec(), catalog) == (
        RuleRead("public.nests", "id", Column("nest_id")),
        RuleRead("public.users", "id", Caller()),
    )
