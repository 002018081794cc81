"""Whether two templates mean the same."""

from decimal import Decimal

import pytest

from podwright.rules import equality


def same(one, other):
    found = equality.alike(one, [other], lambda it: it) == [other]
    assert equality.same(one, other) is found
    return found


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
        pytest.param(template(dnsPolicy="ClusterFirst", restartPolicy="Always"), template(), id="defaults"),
        pytest.param(template(securityContext={}), template(), id="default-struct"),
        pytest.param(container(imagePullPolicy="IfNotPresent"), container(), id="pull-policy-of-a-tag"),
        pytest.param(container(image="web", imagePullPolicy="Always"), container(image="web"), id="pull-policy-of-the-latest"),
        pytest.param(container(image="a:5000/web", imagePullPolicy="Always"), container(image="a:5000/web"), id="a-port-is-no-tag"),
        pytest.param(container(image="web@sha256:1", imagePullPolicy="IfNotPresent"), container(image="web@sha256:1"), id="pull-policy-of-a-digest"),
        pytest.param(template(serviceAccountName="a", serviceAccount="a"), template(serviceAccountName="a"), id="account"),
        pytest.param(container(ports=[{"containerPort": 80, "protocol": "TCP"}]), container(ports=[{"containerPort": 80}]), id="protocol"),
        pytest.param(container(readinessProbe={"periodSeconds": 10, "httpGet": {"port": 80, "path": "/"}}), container(readinessProbe={"httpGet": {"port": 80}}), id="probe"),
        pytest.param(template(volumes=[{"secret": {"secretName": "a", "defaultMode": 420}}]), template(volumes=[{"secret": {"secretName": "a"}}]), id="mode"),
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
    assert same(one, other)
    assert same(other, one)


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
        pytest.param(template(dnsPolicy="Default"), template(), id="another-dns-policy"),
        pytest.param(template(terminationGracePeriodSeconds=0), template(), id="no-grace"),
        pytest.param(container(imagePullPolicy="Always"), container(), id="another-pull-policy"),
        pytest.param(container(livenessProbe={"periodSeconds": 9}), container(livenessProbe={}), id="another-period"),
        pytest.param({"metadata": {"labels": {"image": "web", "imagePullPolicy": "Always"}}}, {"metadata": {"labels": {"image": "web"}}}, id="labels-named-like-fields"),
        pytest.param(template(hostNetwork=False), template(hostNetwork=True), id="flag"),
        pytest.param({"metadata": {"labels": {"limits": "1"}}}, {"metadata": {"labels": {"limits": "1.0"}}}, id="a-label-named-limits"),
        pytest.param({"metadata": {"labels": {"divisor": "1"}}}, {"metadata": {"labels": {"divisor": "1.0"}}}, id="a-label-named-divisor"),
        pytest.param(template(nodeSelector={"sizeLimit": "1k"}), template(nodeSelector={"sizeLimit": "1000"}), id="a-node-label-named-size-limit"),
    ],
)  # fmt: skip
def test_it_does_not_mean_the_same(one, other):
    assert not same(one, other)
    assert not same(other, one)


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
    same(one, other)
    assert one == limits(cpu="1")
    assert other == container(resources={}, env=[])


# --- of many -------------------------------------------------------------------------------------


def alike(template, *things):
    return equality.alike(template, list(enumerate(things)), lambda thing: thing[1])


def test_things_with_the_template_are_found_in_their_order():
    assert alike({"a": 1}, {"a": 1}, {"a": 2}, {"a": 1}) == [(0, {"a": 1}), (2, {"a": 1})]
    assert alike({"a": 1}) == []


def test_where_one_is_written_alike_what_others_mean_is_not_asked():
    wide = template(volumes=[])
    assert alike(template(), wide, template()) == [(1, template())]
    assert alike(template(), wide) == [(0, wide)]
