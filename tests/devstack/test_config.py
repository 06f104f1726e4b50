"""supabase/config.toml means here what it means to the Supabase CLI."""

from pathlib import Path

import pytest

from backend.devstack.config import StackConfig, read_config
from backend.devstack.errors import ConfigRefused
from schema.tables import CATALOG

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def write(tmp_path):
    """Write config.toml and read it, in an environment."""

    def write_and_read(text, **environment):
        path = tmp_path / "config.toml"
        path.write_text(text)
        return read_config(path, environment)

    return write_and_read


def test_the_projects_own_file_holds_the_ports_of_the_cli_and_exposes_nothing_by_itself():
    config = read_config(REPOSITORY / "supabase" / "config.toml", {})
    schemas = tuple(dict.fromkeys(table.schema for table in CATALOG))
    assert (config.api.port, config.db.port, config.api.schemas) == (54321, 54322, schemas)
    assert not config.api.auto_expose_new_tables
    assert config.migrations_directory == REPOSITORY / "supabase" / "migrations"


def test_an_absent_key_has_the_default_of_the_cli(write, tmp_path):
    config = write("")
    assert config == StackConfig(directory=tmp_path)
    assert (config.auth.jwt_expiry, config.auth.refresh_token_reuse_interval, config.api.max_rows) == (
        3600,
        10,
        1000,
    )


def test_variables_are_filled_in_and_a_number_may_come_from_one(write):
    config = write('[api]\nport = "env(PORT)"\n[auth]\nsite_url = "env(SITE)"', PORT="4000", SITE="http://x")
    assert (config.api.port, config.auth.site_url) == (4000, "http://x")


def test_keys_nobody_here_reads_may_hold_anything(write):
    config = write(
        '[studio]\nport = "env(NOWHERE)"\n[auth.external.github]\nsecret = "env(NOWHERE)"\n[api]\nnew = []'
    )
    assert config.api.port == 54321


def test_durations_are_written_as_in_go(write):
    assert write('[auth.email]\nmax_frequency = "1m30s"').auth.email.max_frequency == 90


def test_every_wrong_key_is_named_in_one_message(write):
    with pytest.raises(ConfigRefused) as refused:
        write(
            '[api]\nport = 70000\nschemas = []\n[auth]\njwt_secret = "short"\nsite_url = "env(NOWHERE)"\n'
            'password_requirements = "long"\n[auth.email]\nmax_frequency = "soon"\n'
            '[db.seed]\nenabled = "perhaps"'
        )
    assert refused.value.code == "config.invalid"
    named = [line.split(":")[0].strip() for line in refused.value.message.splitlines()[1:]]
    assert named == [
        "api.port", "api.schemas", "db.seed.enabled", "auth.site_url", "auth.jwt_secret",
        "auth.password_requirements", "auth.email.max_frequency",
    ]  # fmt: skip
    assert "the environment variable NOWHERE is not set" in refused.value.message


@pytest.mark.parametrize("text", ["[api", "port = = 1", "[api]\n[api]"])
def test_a_file_that_is_no_toml_is_refused_with_the_place(write, text):
    with pytest.raises(ConfigRefused) as refused:
        write(text)
    assert (refused.value.code, "(at " in refused.value.message) == ("config.unreadable", True)


def test_a_missing_file_is_refused_with_the_mend(tmp_path):
    with pytest.raises(ConfigRefused) as refused:
        read_config(tmp_path / "config.toml", {})
    assert (refused.value.code, "--config" in (refused.value.hint or "")) == ("config.missing", True)


def test_seed_files_follow_the_order_of_the_globs(write, tmp_path):
    (tmp_path / "seeds").mkdir()
    for name in ("seed.sql", "seeds/b.sql", "seeds/a.sql"):
        (tmp_path / name).write_text("")
    config = write('[db.seed]\nsql_paths = ["./seeds/*.sql", "seed.sql", "./seeds/b.sql", "missing.sql"]')
    assert [path.name for path in config.seed_files] == ["a.sql", "b.sql", "seed.sql"]
    assert write("[db.seed]\nenabled = false").seed_files == ()
