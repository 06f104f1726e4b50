"""A file of SQL is cut where PostgreSQL would cut it."""

import pytest

from backend.devstack.sql_statements import Statement, split_statements


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        ("  -- only a comment;\n/* another; */ ;;", []),
        ("select 1", ["select 1"]),
        ("select 1; select 2;", ["select 1", "select 2"]),
        ("select ';', 'it''s;', \"a;\"\"b\";", ["select ';', 'it''s;', \"a;\"\"b\""]),
        (r"select e'\';', E'a\\'; select 2", [r"select e'\';', E'a\\'", "select 2"]),
        (r"select 'a\'; select 2", [r"select 'a\'", "select 2"]),
        ("select name'x;y'", ["select name'x;y'"]),
        ("do $$ begin a; b; end $$; select 2", ["do $$ begin a; b; end $$", "select 2"]),
        ("do $a$ $$ ; $b$ ; $a$; select $1", ["do $a$ $$ ; $b$ ; $a$", "select $1"]),
        ("select a$b$c; select 2", ["select a$b$c", "select 2"]),
        ("select /* a; /* b; */ c; */ 1; select 2", ["select /* a; /* b; */ c; */ 1", "select 2"]),
        ("select 1 -- why;\n + 1; select 2", ["select 1 -- why;\n + 1", "select 2"]),
        ("create rule r as on insert to t do also (select 1; select 2); select 3",
         ["create rule r as on insert to t do also (select 1; select 2)", "select 3"]),
        ("create function f() begin atomic select case when true then 1 end; select 2; end; select 3",
         ["create function f() begin atomic select case when true then 1 end; select 2; end", "select 3"]),
        ("begin; select 1; end; commit", ["begin", "select 1", "end", "commit"]),
        ("select 'never closed; select 2", ["select 'never closed", "select 2"]),
        ("do $$ never closed; select 2", ["do $$ never closed; select 2"]),
        ("select 1 /* never closed; select 2", ["select 1"]),
        ("select 'ä;'; select \"ö\"", ["select 'ä;'", 'select "ö"']),
    ],
)  # fmt: skip
def test_statements_end_at_their_own_semicolons_only(text, statements):
    assert [statement.text for statement in split_statements(text)] == statements


def test_each_statement_knows_the_line_it_begins_in():
    text = "-- title\n\nselect 1;\nselect\n  2; select 3;\n/* x\n*/ select 4"
    assert [(s.line, s.text) for s in split_statements(text)] == [
        (3, "select 1"),
        (4, "select\n  2"),
        (5, "select 3"),
        (7, "select 4"),
    ]


def test_two_texts_that_differ_in_comments_and_spaces_have_one_essence():
    one = Statement("select 1 -- one\n from  t", 1)
    other = Statement("select /* 1 */ 1 from t", 7)
    assert one.essence == other.essence == "select 1 from t"
