"""The table of revisions."""

from podwright.kubectl.rollout_history import table


def test_the_first_column_is_as_wide_as_kubectls():
    assert table([("1", "first image"), ("12", "<none>")]) == (
        "REVISION  CHANGE-CAUSE\n1         first image\n12        <none>\n"
    )
