"""Whether two templates mean the same."""

from decimal import Decimal

import pytest

from podwright.rules import equality


def template(**spec):
    return {"metadata": {"labels": {"app": "web"}}, "spec": spec}


def container(**fields):
    return template(containers=[{"name": "app", "image": "web:1"} | fields])


def limits(**amounts):
    return container(resources={"limits": amounts})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(template(), template(), id="the-same"),
        pytest.param(template(volumes=[]), template(), id="empty-list"),
        pytest.param(template(volumes=None), template(volumes=[]), id="null"),
        pytest.param(template(nodeSelector={}), template(), id="empty-map"),
        pytest.param(template(nodeSelector={"a": "1", "b": "2"}), template(nodeSelector={"b": "2", "a": "1"}), id="order-of-a-map"),
        pytest.param(template() | {"metadata": {"labels": {"app": "web"}, "annotations": {}}}, template(), id="empty-annotations"),
        pytest.param(template() | {"metadata": {"labels": {"app": "web"}, "creationTimestamp": None}}, template(), id="no-time"),
        pytest.param({"metadata": {}, "spec": {}}, {"spec": {}}, id="empty-metadata"),
        pytest.param(container(env=[]), container(), id="inside-a-list"),
        pytest.param(container(resources={}), container(), id="empty-resources"),
        pytest.param(limits(), container(), id="empty-limits"),
        pytest.param(limits(cpu=1), limits(cpu="1000m"), id="one-cpu"),
        pytest.param(limits(cpu="1"), limits(cpu=1), id="number-and-text"),
        pytest.param(limits(cpu="0.5"), limits(cpu="500m"), id="half-a-cpu"),
        pytest.param(limits(memory="1Gi"), limits(memory="1024Mi"), id="one-gi"),
        pytest.param(limits(memory="1e3"), limits(memory="1k"), id="thousand"),
        pytest.param(limits(memory="1E3"), limits(memory=1000), id="large-e"),
        pytest.param(template(overhead={"cpu": "1"}), template(overhead={"cpu": "1.0"}), id="overhead"),
        pytest.param(template(volumes=[{"emptyDir": {"sizeLimit": "1Gi"}}]), template(volumes=[{"emptyDir": {"sizeLimit": "1024Mi"}}]), id="size-limit"),
    ],
)  # fmt: skip
def test_it_means_the_same(one, other):
    assert equality.same(one, other)
    assert equality.same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(container(), container(image="web:2"), id="image"),
        pytest.param(container(args=["a", "b"]), container(args=["b", "a"]), id="order-of-a-list"),
        pytest.param(limits(cpu="1"), limits(cpu="2"), id="amount"),
        pytest.param(limits(memory="1G"), limits(memory="1Gi"), id="g-and-gi"),
        pytest.param(limits(cpu="1"), container(), id="no-amount"),
        pytest.param(container(image="1"), container(image="1.0"), id="no-amount-elsewhere"),
        pytest.param(container(env=[{"name": "A", "value": "1"}]), container(env=[{"name": "A", "value": "1.0"}]), id="text"),
        pytest.param(template(volumes=[{"emptyDir": {}}]), template(volumes=[{}]), id="empty-struct"),
        pytest.param(template(affinity={"podAffinity": {"labelSelector": {}}}), template(affinity={"podAffinity": {}}), id="selects-all"),
        pytest.param(template(hostNetwork=False), template(hostNetwork=True), id="flag"),
        pytest.param({"metadata": {"labels": {"limits": "1"}}}, {"metadata": {"labels": {"limits": "1.0"}}}, id="a-label-named-limits"),
        pytest.param({"metadata": {"labels": {"divisor": "1"}}}, {"metadata": {"labels": {"divisor": "1.0"}}}, id="a-label-named-divisor"),
        pytest.param(template(nodeSelector={"sizeLimit": "1k"}), template(nodeSelector={"sizeLimit": "1000"}), id="a-node-label-named-size-limit"),
    ],
)  # fmt: skip
def test_it_does_not_mean_the_same(one, other):
    assert not equality.same(one, other)
    assert not equality.same(other, one)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (1, 1),
        (1.5, Decimal("1.5")),
        ("-1", -1),
        ("+1", 1),
        (".5", Decimal("0.5")),
        ("5.", 5),
        ("1n", Decimal("1e-9")),
        ("1u", Decimal("1e-6")),
        ("100m", Decimal("0.1")),
        ("1k", 1000),
        ("1M", 10**6),
        ("1G", 10**9),
        ("1T", 10**12),
        ("1P", 10**15),
        ("1E", 10**18),
        ("1Ki", 1024),
        ("1Mi", 1024**2),
        ("1Gi", 1024**3),
        ("1Ti", 1024**4),
        ("1Pi", 1024**5),
        ("1Ei", 1024**6),
        ("1e3", 1000),
        ("1E-3", Decimal("0.001")),
    ],
    ids=str,
)
def test_an_amount_is_a_number(text, number):
    assert equality.quantity(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "x", ".", "1.2.3", "1 k", "1K", "1ki", "1e", "1e3k", "1Gi ", "m", None, True, [], "1e" + "9" * 30],
    ids=repr,
)  # fmt: skip
def test_what_is_no_amount_stays_as_it_is(text):
    assert equality.quantity(text) is text


def test_what_is_compared_is_not_changed():
    one, other = limits(cpu="1"), container(resources={}, env=[])
    equality.same(one, other)
    assert one == limits(cpu="1")
    assert other == container(resources={}, env=[])


WRITTEN = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    "securityContext": {},
}
PROBE = {"httpGet": {"port": 80}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(template(**WRITTEN), template(), id="of-a-pod"),
        pytest.param(container(terminationMessagePath="/dev/termination-log", resources={}), container(), id="of-a-container"),
        pytest.param(container(imagePullPolicy="IfNotPresent"), container(), id="pull-of-a-tag"),
        pytest.param(container(image="web", imagePullPolicy="Always"), container(image="web"), id="pull-of-the-newest"),
        pytest.param(container(image="r:5000/web", imagePullPolicy="Always"), container(image="r:5000/web"), id="a-port-is-no-tag"),
        pytest.param(container(image="web@sha256:a", imagePullPolicy="IfNotPresent"), container(image="web@sha256:a"), id="pull-of-a-digest"),
        pytest.param(container(ports=[{"containerPort": 80, "protocol": "TCP"}]), container(ports=[{"containerPort": 80}]), id="of-a-port"),
        pytest.param(
            container(readinessProbe={"httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10}),
            container(readinessProbe=PROBE),
            id="of-a-probe",
        ),
        pytest.param(template(volumes=[{"name": "a", "secret": {"secretName": "a", "defaultMode": 420}}]), template(volumes=[{"name": "a", "secret": {"secretName": "a"}}]), id="of-a-volume"),
        pytest.param(template(serviceAccountName="a", serviceAccount="a"), template(serviceAccountName="a"), id="the-old-name"),
    ],
)  # fmt: skip
def test_a_default_that_is_written_out_is_the_default(one, other):
    assert equality.same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(template(initContainers=[{"name": "a", "restartPolicy": "Always"}]), template(initContainers=[{"name": "a"}]), id="a-sidecar-is-none"),
        pytest.param(template(dnsPolicy="Default"), template(), id="another-value"),
        pytest.param(container(imagePullPolicy="Always"), container(), id="pulled-always"),
        pytest.param(container(securityContext={}, name="b"), container(), id="another-name"),
        pytest.param(template(volumes=[{"name": "a", "emptyDir": {}}]), template(volumes=[{"name": "a"}]), id="a-volume-of-its-own"),
    ],
)  # fmt: skip
def test_what_is_no_default_counts(one, other):
    assert not equality.same(one, other)


def test_things_alike_are_found_as_written_first():
    written, meant, another = limits(cpu="1"), limits(cpu="1000m"), limits(cpu="2")
    find = lambda wanted, *things: equality.alike(wanted, things, lambda it: it)  # noqa: E731
    assert find(written, meant, written, another) == [written]
    assert find(written, meant, another) == [meant]
    assert find(written, another) == []
