"""Which jobs run a file."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from pytest_txselect.config import Job
from pytest_txselect.errors import UsageError
from pytest_txselect.jobs.bounded import TimeIsUpError, stop_after
from pytest_txselect.jobs.routing import Router, find_job

if TYPE_CHECKING:
    from collections.abc import Sequence

TORCH = Job("torch", ("tests/models/**/test_modeling_*.py",), exclude=("tests/models/slow/**",))
TOKENS = Job("tokens", (r"re:tests/.*/test_tokenization_[a-z]+\.py",))
GENERATE = Job("generate", ("tests/models/**",), shared=True)
REST = Job("rest", (), exclude=("tests/never/**",), default=True)
ALL = (TORCH, TOKENS, GENERATE, REST)
EXPLODING = "re:(a+)+$"
LONG = "a" * 60 + "!"


@pytest.mark.parametrize(
    ("jobs", "path", "names"),
    [
        (ALL, "tests/models/bert/test_modeling_bert.py", ["torch", "generate"]),
        (ALL, "tests/models/slow/test_modeling_bert.py", ["generate"]),
        (ALL, "tests/models/bert/test_tokenization_bert.py", ["tokens", "generate"]),
        (ALL, "tests/models/bert/test_tokenization_bert.pyc", ["generate"]),
        (ALL, "tests/utils/test_x.py", ["rest"]),
        (ALL, "tests/never/test_x.py", []),
        (ALL[:2], "tests/utils/test_x.py", []),
        ((GENERATE, TORCH), "tests/models/bert/test_modeling_bert.py", ["generate", "torch"]),
        ((TORCH, Job("second", ("tests/**",))), "tests/models/a/test_modeling_a.py", ["torch"]),
        ((Job("d", ("a/**",), default=True), Job("a", ("a/**",))), "a/test_a.py", ["d"]),
        ((), "tests/test_a.py", []),
        ((Job("odd", ("**",)),), "tests/new\nline\udcff.py", ["odd"]),
    ],
)
def test_route(jobs: Sequence[Job], path: str, names: list[str]) -> None:
    """The first job that fits, every shared one that fits, the default where none does."""
    router = Router(jobs)
    assert list(router.find_jobs(path)) == names
    assert list(router.find_jobs(path)) == names


def test_exploding_expression_is_stopped() -> None:
    """A regular expression that would take years is named after a moment, with the job."""
    begin = time.process_time()
    with pytest.raises(UsageError) as caught:
        Router(
            [
                Job("fine", ("re:b+",)),
                Job("bomb", ("tests/**",), exclude=(EXPLODING,)),
                Job("c", (EXPLODING,)),
            ]
        ).find_jobs(LONG)
    assert caught.value.slug == "slow-pattern"
    assert caught.value.message.startswith(
        "job c: the regular expression re:(a+)+$ takes too long to tell whether it fits aaa"
    )
    assert time.process_time() - begin < 5


def test_limit_is_lifted() -> None:
    """After the block nothing is stopped any more, and what was in force before is again."""
    with stop_after(0.05):
        pass
    begin = time.process_time()
    while time.process_time() - begin < 0.1:
        pass
    with pytest.raises(TimeIsUpError), stop_after(0.01):  # noqa: PT012 - the block is what takes long
        while time.process_time() - begin < 20:
            sum(range(100_000))  # asking the clock is the kernel's time, which the timer does not count


def test_no_limit_in_another_thread() -> None:
    """Where Python runs no signal handlers nothing is stopped, and nothing breaks."""
    found: list[tuple[str, ...]] = []
    thread = threading.Thread(
        target=lambda: found.append(Router([TOKENS]).find_jobs("tests/a/test_tokenization_a.py"))
    )
    thread.start()
    thread.join()
    assert found == [("tokens",)]


@pytest.mark.parametrize(
    ("jobs", "name", "cure"),
    [
        (ALL, "tokns", "did you mean tokens?"),
        (ALL, "\n", "the jobs are torch, tokens, generate, rest"),
        ((), "torch", "no job is configured"),
    ],
)
def test_unknown_job(jobs: Sequence[Job], name: str, cure: str) -> None:
    """A job that is not configured is an error that names the nearest, or all."""
    with pytest.raises(UsageError, match="there is no such job") as caught:
        find_job(jobs, name)
    assert (caught.value.slug, cure in caught.value.message, "\n" in str(caught.value)) == (
        "unknown-job",
        True,
        False,
    )


def test_known_job() -> None:
    """A job is found by its name."""
    assert find_job(ALL, "tokens") is TOKENS
