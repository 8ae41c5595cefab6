"""What is refused before Spark plans anything; none of it needs Spark."""

from dataclasses import replace
from pathlib import Path

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import InvalidConnection, InvalidCredential
from openai_images.spark.settings import (
    check_journal,
    check_secret,
    refuse_speculation,
    with_share,
)

CONNECTION = Connection(ServiceKind.OPENAI, credential="OPENAI_API_KEY", requests_per_minute=100)


def settings(**values):
    """Settings of a session; a name has _ in place of dots."""
    named = {f"spark.{name.replace('_', '.')}": value for name, value in values.items()}
    return lambda name, default: named.get(name, default)


@pytest.mark.parametrize("value", ["true", "TRUE"])
def test_speculation_is_refused_in_one_sentence(value):
    with pytest.raises(InvalidConnection, match="speculation is on") as refused:
        refuse_speculation(settings(speculation=value))
    assert str(refused.value).count(". ") == 0


def test_no_speculation_is_fine():
    refuse_speculation(settings())
    refuse_speculation(settings(speculation="false"))


@pytest.mark.parametrize("secret", ["OPENAI_API_KEY", Path("/run/secrets/key")])
def test_a_secret_is_named(secret):
    check_secret(CONNECTION, secret, settings())


@pytest.mark.parametrize("key", ["sk-proj-0123456789", "a0b1c2d3e4f5", "ABCdef0123/+=", b"A_KEY"])
def test_a_key_that_is_passed_itself_is_refused_and_not_shown(key):
    with pytest.raises(InvalidCredential, match="must not travel") as refused:
        check_secret(CONNECTION, key, settings())
    assert str(key) not in str(refused.value)


def test_a_key_in_sparks_settings_is_refused_and_not_shown():
    conf = settings(executorEnv_KEY="sk-proj-0123456789")
    with pytest.raises(InvalidCredential, match=r"executorEnv\.KEY holds the key") as refused:
        check_secret(CONNECTION, "KEY", conf)
    assert "sk-proj" not in str(refused.value)


def test_a_service_that_needs_a_key_is_not_called_without():
    with pytest.raises(InvalidCredential, match="needs a key"):
        check_secret(CONNECTION, None, settings())
    check_secret(Connection(), None, settings())


@pytest.mark.parametrize(
    "journal",
    ["/mnt/shared/journal", "s3://bucket/journal?region=eu-central-1", "hdfs://name:8020/journal"],
)
def test_a_folder_that_all_can_share_is_taken(journal):
    check_journal(journal)
    check_journal(None)


@pytest.mark.parametrize(
    "journal",
    [
        "s3://AKIA0123:verysecret@bucket/journal",
        "abfss://container@account.dfs.core.windows.net/j?client_secret=verysecret",
        "abfs://:verysecret@account/container/j",
    ],
)
def test_a_journal_with_a_secret_in_its_address_is_refused_and_not_shown(journal):
    with pytest.raises(InvalidConnection, match="holds a secret") as refused:
        check_journal(journal)
    assert "verysecret" not in str(refused.value)


def test_a_journal_that_would_be_another_folder_on_each_executor_is_refused():
    with pytest.raises(InvalidConnection, match="neither an absolute path nor a URI"):
        check_journal("journal")


@pytest.mark.parametrize(
    ("conf", "tasks"),
    [
        ({"master": "local"}, 1),
        ({"master": "local[4]"}, 4),
        ({"master": "local[4, 3]"}, 4),
        ({"master": "local[4]", "task_cpus": "2"}, 2),
        ({"master": "local-cluster[2,3,1024]"}, 6),
        ({"master": "spark://host:7077", "cores_max": "10"}, 10),
        ({"master": "yarn", "executor_instances": "5", "executor_cores": "2"}, 10),
        (
            {
                "master": "k8s://host",
                "dynamicAllocation_enabled": "true",
                "dynamicAllocation_maxExecutors": "25",
                "executor_instances": "2",
                "executor_cores": "2",
            },
            50,
        ),
    ],
)
def test_the_rate_limit_is_divided_by_the_tasks_that_can_run_at_once(conf, tasks):
    assert with_share(CONNECTION, settings(**conf), None).requests_per_minute == 100 // tasks


def test_who_knows_better_says_how_many_tasks_there_are():
    assert with_share(CONNECTION, settings(master="local[2]"), 10).requests_per_minute == 10


def test_no_limit_is_divided_by_nothing():
    unlimited = replace(CONNECTION, requests_per_minute=0)
    assert with_share(unlimited, settings(), None) is unlimited


@pytest.mark.parametrize(
    "conf",
    [
        {"master": "yarn"},
        {"master": "yarn", "dynamicAllocation_enabled": "true", "executor_cores": "4"},
    ],
)
def test_a_limit_that_cannot_be_divided_asks_for_the_number_of_tasks(conf):
    with pytest.raises(InvalidConnection, match="pass tasks_at_once"):
        with_share(CONNECTION, settings(**conf), None)


def test_more_tasks_than_calls_in_a_minute_are_refused():
    with pytest.raises(InvalidConnection, match="100 requests per minute cannot be divided"):
        with_share(CONNECTION, settings(master="local[101]"), None)
