"""The table of revisions."""

from podwright.kubectl.rollout_history import cause, table
from podwright.objects import Meta, Revision


def test_the_first_column_is_as_wide_as_kubectls():
    assert table([("1", "first image"), ("12", "<none>")]) == (
        "REVISION  CHANGE-CAUSE\n1         first image\n12        <none>\n"
    )


def test_a_change_without_a_cause_says_none():
    assert cause(Revision()) == "<none>"
    told = Meta(annotations={"kubernetes.io/change-cause": "new image"})
    assert cause(Revision(metadata=told)) == "new image"
