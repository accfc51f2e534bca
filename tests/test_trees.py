"""Nested arguments: walked, rebuilt and compared."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import trees

Point = namedtuple("Point", "x y")

nested = st.recursive(
    st.integers() | st.none(),
    lambda branch: (
        st.lists(branch, max_size=3)
        | st.tuples(branch, branch)
        | st.dictionaries(st.text(max_size=2), branch, max_size=3)
        | st.builds(Point, branch, branch)
    ),
    max_leaves=8,
)


@given(nested)
def test_rebuilding_from_the_leaves_gives_the_tree(tree: Any) -> None:
    again = trees.rebuild(tree, trees.leaves(tree))
    assert again == tree
    assert type(again) is type(tree)


@given(nested)
def test_paths_lead_to_the_leaves(tree: Any) -> None:
    for path, leaf in trees.walk(tree):
        assert eval(f"tree{path}", {"tree": tree}) == leaf  # what Python itself makes of a path


@pytest.mark.parametrize(
    "tree", [OrderedDict(b=1, a=2), defaultdict(int, a=1), Point(1, [2]), ({"a": None},)]
)
def test_containers_keep_their_type_and_order(tree: Any) -> None:
    result = trees.transform(lambda leaf: leaf + 1, tree)
    assert type(result) is type(tree)
    assert [leaf - 1 for leaf in trees.leaves(result)] == trees.leaves(tree)


def test_a_transformed_tree_leaves_the_old_one_alone() -> None:
    tree = {"a": [1, {"b": 2}]}
    trees.transform(lambda leaf: -leaf, tree)
    assert tree == {"a": [1, {"b": 2}]}


@pytest.mark.parametrize(
    ("tree", "like", "message"),
    [
        ([1], [1, 2], r"what: \[1\] is missing"),
        ([1, 2, 3], [1, 2], r"what: \[2\] has no counterpart"),
        ({"a": 1}, {"b": 1}, r"what: \['b'\] is missing"),
        (1, [1], r"what: \[0\] is missing"),
        ([1], 1, "what: an array is missing"),
    ],
)
def test_trees_that_differ_say_where(tree: Any, like: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        trees.matching(tree, like, "what")
