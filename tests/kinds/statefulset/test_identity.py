"""Who a pod of a StatefulSet is."""

import pytest
from msgspec.structs import replace

from builders import LABELS, NOW, seen
from members import DATA, ON_DELETE, V1, V2, member, rolling, stateful_set, template
from podwright.kinds.statefulset import identity
from podwright.kinds.statefulset.spec import UpdateStrategy
from podwright.objects import Meta
from podwright.plan import Patch, Say

MINE = {"controller-revision-hash": "web-v1"}
INDEX = {"statefulset.kubernetes.io/pod-name": "web-0", "apps.kubernetes.io/pod-index": "0"}


@pytest.mark.parametrize(
    ("name", "ordinal"),
    [
        ("web-0", 0),
        ("web-12", 12),
        ("web-01", 1),
        ("web-2147483647", 2**31 - 1),
        ("web-2147483648", None),
        ("web-99999999999999999999", None),
        ("web-", None),
        ("web", None),
        ("web-x", None),
        ("web-1x", None),
        ("web--1", None),
        ("web-a-1", None),
        ("api-1", None),
        ("web-१", None),  # a digit, but not of a name
    ],
)
def test_an_ordinal_is_the_number_in_a_name(name, ordinal):
    assert identity.ordinal_of("web", name) == ordinal
    member_of_web = identity.is_member(Meta(name="web"), member(0, name=name))
    assert member_of_web == (ordinal is not None)


def test_a_set_whose_own_name_ends_in_a_number_keeps_its_pods_apart():
    assert identity.ordinal_of("web-1", "web-1-0") == 0
    assert identity.ordinal_of("web", "web-1-0") is None


# --- a new pod ---------------------------------------------------------------------------------


def made(owner, ordinal=0, revision=V1):
    return identity.new_pod(seen(owner, revision), ordinal, revision)


def test_a_new_pod_has_its_name_its_number_and_its_place_in_dns():
    create = made(stateful_set(service_name="dns"), 2)
    assert create.manifest == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web-2",
            "generateName": "web-",
            "labels": LABELS
            | {
                "statefulset.kubernetes.io/pod-name": "web-2",
                "apps.kubernetes.io/pod-index": "2",
                "controller-revision-hash": "web-v1",
            },
        },
        "spec": {
            "containers": template()["spec"]["containers"],
            "hostname": "web-2",
            "subdomain": "dns",
        },
    }
    assert create.owned


def test_host_name_and_subdomain_of_a_template_are_overwritten():
    given = template(hostname="mine", subdomain="mine")
    it = replace(V1, data={"spec": {"template": given | {"$patch": "replace"}}})
    spec = made(stateful_set(), 0, it).manifest["spec"]
    assert spec["hostname"] == "web-0"
    assert "subdomain" not in spec
    assert made(stateful_set(service_name="dns"), 0, it).manifest["spec"]["subdomain"] == "dns"


def test_a_new_pod_is_made_of_its_revision_and_not_of_the_present_template():
    create = made(stateful_set(v=2, was=1), 0, V1)
    assert create.manifest["spec"]["containers"][0]["image"] == "web:1"
    assert create.manifest["metadata"]["labels"]["controller-revision-hash"] == "web-v1"
    assert create.like == template(1)  # pods of one template differ in names and volumes


def test_claims_come_first_among_volumes_and_take_the_place_of_those_of_the_same_name():
    own = [{"name": "data", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}]
    it = replace(V1, data={"spec": {"template": template(volumes=own)}})
    spec = made(stateful_set(volume_claim_templates=(DATA,)), 1, it).manifest["spec"]
    assert spec["volumes"] == [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-web-1"}},
        {"name": "tmp", "emptyDir": {}},
    ]


def test_creations_are_told_in_kubernetes_words():
    assert made(stateful_set()).say == Say(
        done=("SuccessfulCreate", "Create Pod {name} in StatefulSet web successful"),
        failed=(("FailedCreate", "Create Pod {name} in StatefulSet web failed error: {error}"),),
    )


# --- of which revision -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "there", "revisions"),
    [
        pytest.param(rolling(), [], [V2, V2, V2], id="no-partition"),
        pytest.param(rolling(2), [], [V1, V1, V2], id="partition-2"),
        pytest.param(rolling(5), [], [V1, V1, V1], id="partition-beyond"),
        pytest.param(
            UpdateStrategy(),
            [member(0), member(1), member(2, terminating=True), member(3, v=2)],
            [V1, V1, V2],
            id="as-many-as-are-current",
        ),
        pytest.param(UpdateStrategy(), [member(1, v=2)], [V2, V2, V2], id="none-is-current"),
        pytest.param(ON_DELETE, [member(0)], [V2, V2, V2], id="on-delete"),
    ],
)
@pytest.mark.parametrize("start", [0, 7], ids=["from-0", "from-7"])
def test_a_lost_pod_comes_back_as(strategy, there, revisions, start):
    # The status counts a pod that was removed meanwhile; it is not asked.
    status = {"currentReplicas": 3}
    owner = stateful_set(v=2, was=1, start=start, update_strategy=strategy, status=status)
    look = seen(owner, *there)
    found = [identity.revision_for(look, start + n, V1, V2) for n in range(3)]
    assert found == revisions


def test_a_pod_is_of_the_revision_that_its_label_names():
    assert identity.is_of(member(0, v=2), "web-v2")
    assert not identity.is_of(member(0, v=2), "web-v1")
    assert not identity.is_of(member(0, labels={}), "web-v1")


# --- mending -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "body"),
    [
        pytest.param(LABELS | MINE | INDEX, None, id="whole"),
        pytest.param(
            LABELS | MINE | {"statefulset.kubernetes.io/pod-name": "web-0"},
            None,
            id="the-index-alone-is-not-missed",
        ),
        pytest.param(LABELS | MINE, INDEX, id="without-its-name"),
        pytest.param(
            LABELS | MINE | INDEX | {"statefulset.kubernetes.io/pod-name": "web-1"},
            INDEX,
            id="with-another-name",
        ),
    ],
)
def test_labels_of_identity_are_given_back(labels, body):
    it = member(0, labels=labels)
    patch = identity.mended(seen(stateful_set()), it, 0)
    say = Say(
        done=("SuccessfulUpdate", "Update Pod {name} in StatefulSet web successful"),
        failed=(("FailedUpdate", "Update Pod {name} in StatefulSet web failed error: {error}"),),
    )
    wanted = {"metadata": {"labels": body}}
    assert patch == (Patch(it, wanted, say=say, by_key=True) if body else None)


def test_a_pod_without_its_claims_is_to_mount_them():
    look = seen(stateful_set(volume_claim_templates=(DATA,)))
    assert identity.mended(look, member(0, mounts=("data",)), 0) is None
    assert identity.mended(look, member(0), 0).body == {
        "spec": {
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}}]
        }
    }


def test_a_pod_with_another_ordinals_claims_is_to_mount_its_own():
    look = seen(stateful_set(volume_claim_templates=(DATA,)), now=NOW)
    swapped = replace(member(0), spec=member(1, mounts=("data",)).spec)
    assert identity.mended(look, swapped, 0).body["spec"]["volumes"][0][
        "persistentVolumeClaim"
    ] == {"claimName": "data-web-0"}
