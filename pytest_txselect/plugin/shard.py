"""`--txselect-shard`: leaves out what other machines run, once everybody else has left out what they do not want."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_txselect.jobs.shards import Cut, ShardTest, cut_shards

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_txselect.config import Split
    from pytest_txselect.jobs.durations import Durations
    from pytest_txselect.jobs.shards import Share

__all__ = ["ShardHooks"]


class ShardHooks:
    """Cuts what was collected, in any process that collects.

    Args:
        share: this machine's.
        split: what stays together.
        durations: what is known.
    """

    def __init__(self, share: Share, split: Split, durations: Durations) -> None:
        self._share = share
        self._split = split
        self._durations = durations
        self._said = ""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> Generator[None, object, object]:
        """Cut what all others left, whatever its order."""
        result = yield
        tests = [make_test(item) for item in items]
        cut = cut_shards(tests, self._durations, self._share.count, self._split)
        kept: list[pytest.Item] = []
        left: list[pytest.Item] = []
        for item, test in zip(items, tests, strict=True):
            (kept if cut.shards[test.node] == self._share.index else left).append(item)
        self._said = self._describe(cut, len(kept), len(items))
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = kept
        return result

    def _describe(self, cut: Cut, kept: int, total: int) -> str:
        mine = cut.loads[self._share.index - 1]
        known = self._durations.count_known(cut.shards)
        expected = (
            f", about {mine:,.0f} of {sum(cut.loads):,.0f} s"
            if known
            else ", by number: no duration is known"
        )
        return f"txselect: shard {self._share}: {kept:,} of {total:,} tests{expected} (cut {cut.mark})"

    def pytest_report_collectionfinish(self) -> str:
        """Say what this machine's share is, with a mark that is the same on all machines that cut the same."""
        return self._said


def make_test(item: pytest.Item) -> ShardTest:
    """A test as it is put into a shard. xdist adds the group to node ids under `--dist loadgroup`, on workers only."""
    mark = item.get_closest_marker("xdist_group")
    if mark is None:
        return ShardTest(item.nodeid)
    group = str(mark.args[0] if mark.args else mark.kwargs.get("name", "default"))
    return ShardTest(item.nodeid.removesuffix(f"@{group}"), group)
