"""Which objects a command line means, and kubectl's words when it means none."""

import pytest

from podwright.kubectl.arguments import Listed, Named, parse
from podwright.kubectl.errors import Failure
from podwright.kubectl.kinds import named


@pytest.mark.parametrize(
    "word",
    [
        "sts",
        "psts",
        "statefulset",
        "statefulsets",
        "StatefulSet",
        "statefulsets.apps.podwright.dev",
        "statefulset.apps.podwright.dev",
        "statefulsets.v1.apps.podwright.dev",
    ],
)
def test_a_kind_has_many_names(word):
    assert named(word).workload.kind == "StatefulSet"


@pytest.mark.parametrize("word", ["pets", "statefulsets.apps", "p"])
def test_an_unknown_kind_is_said_in_kubectls_words(word):
    with pytest.raises(Failure, match=f'the server doesn\'t have a resource type "{word}"'):
        named(word)


STS, DS = named("sts"), named("ds")


@pytest.mark.parametrize(
    ("arguments", "selector", "wanted"),
    [
        pytest.param(["sts/web"], "", [Named(STS, "web")], id="kind and name in one"),
        pytest.param(
            ["sts/web", "ds/logs"], "", [Named(STS, "web"), Named(DS, "logs")], id="of two kinds"
        ),
        pytest.param(["sts", "web"], "", [Named(STS, "web")], id="kind and name"),
        pytest.param(["sts", "a", "b"], "", [Named(STS, "a"), Named(STS, "b")], id="two names"),
        pytest.param(["sts"], "", [Listed(STS)], id="all of a kind"),
        pytest.param(["sts"], "app=web", [Listed(STS, "app=web")], id="by labels"),
        pytest.param(["sts,ds"], "", [Listed(STS), Listed(DS)], id="all of two kinds"),
    ],
)
def test_arguments_mean_objects(arguments, selector, wanted):
    assert parse(arguments, selector) == wanted


@pytest.mark.parametrize(
    ("arguments", "selector", "said"),
    [
        pytest.param(["sts", "sts/web"], "", "there is no need to specify", id="kind twice"),
        pytest.param(["sts/a/b"], "", "may not have more than one slash", id="two slashes"),
        pytest.param(["sts/"], "", "must have a single resource and name", id="no name"),
        pytest.param(["sts", "web"], "a=b", "name cannot be provided", id="name and labels"),
        pytest.param(["sts/web"], "a=b", "selectors and the all flag", id="pair and labels"),
        pytest.param(["sts,ds", "web"], "", "only one resource", id="a name of two kinds"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(arguments, selector, said):
    with pytest.raises(Failure, match=said):
        parse(arguments, selector)


def test_without_all_a_kind_alone_is_not_enough():
    with pytest.raises(Failure, match="no name was specified"):
        parse(["sts"], all_=False)
    assert parse(["sts"], "a=b", all_=False) == [Listed(STS, "a=b")]
