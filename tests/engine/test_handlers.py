"""Our part of a Kopf operator: it triggers, and leaves no notes on users' objects."""

from itertools import islice

import kopf
import pytest
from kubernetes.aio.client import Configuration

from podwright.engine.handlers import Operator, configure, credentials, quiet_kinds
from podwright.engine.keys import Key
from simulation.cluster import SERVED

KIND = (SERVED.group, "ReplicaSet")
BODY = kopf.Body(
    {"apiVersion": f"{SERVED.group}/v1", "kind": "ReplicaSet", "spec": {"replicas": 1}}
)
THEIRS = kopf.Body({"apiVersion": "example.org/v1", "kind": "Thing", "spec": {"size": 1}})


async def users_handler(**_):
    """Does what it wants."""


def with_handler(decorator, *where):
    registry = kopf.OperatorRegistry()
    decorator(*where, registry=registry, id="users")(users_handler)
    return registry


@pytest.mark.parametrize(
    ("registry", "quiet"),
    [
        pytest.param(kopf.OperatorRegistry(), {KIND}, id="nobody-asks"),
        pytest.param(with_handler(kopf.on.create, "things"), {KIND}, id="about-another-kind"),
        pytest.param(with_handler(kopf.on.event, "replicasets"), {KIND}, id="events-need-no-notes"),
        pytest.param(with_handler(kopf.on.create, "replicasets"), set(), id="by-plural"),
        pytest.param(with_handler(kopf.on.update, "prs"), set(), id="by-short-name"),
        pytest.param(
            with_handler(kopf.on.update, SERVED.group, "v1", "ReplicaSet"), set(), id="by-kind"
        ),
        pytest.param(
            with_handler(kopf.on.create, "apps", "v1", "replicasets"), {KIND}, id="built-in"
        ),
        pytest.param(with_handler(kopf.on.delete, kopf.EVERYTHING), set(), id="everything"),
        pytest.param(with_handler(kopf.timer, "replicasets"), set(), id="by-a-timer"),
    ],
)
def test_kopf_takes_notes_on_our_kinds_only_when_a_users_handler_needs_them(registry, quiet):
    assert quiet_kinds(registry, [SERVED]) == quiet


def test_on_quiet_kinds_nothing_is_noted():
    settings = kopf.OperatorSettings()
    configure(settings, {KIND}, namespaced=False)
    notes = settings.persistence.diffbase_storage
    patch = kopf.Patch()
    notes.store(body=BODY, patch=patch, essence=notes.build(body=BODY))
    assert patch == {}
    assert notes.fetch(body=BODY) is None
    notes.store(body=THEIRS, patch=patch, essence=notes.build(body=THEIRS))
    assert patch["metadata"]["annotations"]


@pytest.mark.parametrize("namespaced", [True, False], ids=["some-namespaces", "everywhere"])
def test_kopf_is_set_up_for_an_operator_that_is_driven_by_state(namespaced):
    settings = kopf.OperatorSettings()
    configure(settings, set(), namespaced=namespaced)
    assert not settings.posting.enabled
    assert settings.peering.standalone
    assert settings.scanning.disabled == namespaced
    for _ in range(2):
        assert list(islice(settings.networking.error_backoffs, 6)) == [1, 2, 4, 8, 8, 8]


class Engine:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    def owner_changed(self, *told):
        self.told.append(told)


async def test_an_event_puts_the_key_into_the_queue_and_does_nothing_else():
    registry, engine = kopf.OperatorRegistry(), Engine()
    Operator([SERVED], (), None, engine).register(registry)
    [handler] = registry._watching.get_all_handlers()
    meta = {"namespace": "default", "name": "web", "resourceVersion": "17"}
    assert await handler.fn(event={"object": {"metadata": meta}}) is None
    key = Key("ReplicaSet", "default", "web")
    assert engine.told == [(SERVED.resource, key, 17)]


@pytest.mark.parametrize(
    ("header", "scheme", "token"),
    [("Bearer abc", "Bearer", "abc"), (None, None, None)],
    ids=["token", "certificate"],
)
async def test_kopf_gets_the_official_clients_credentials(header, scheme, token):
    configuration = Configuration(host="https://example.org")
    if header:
        configuration.api_key["BearerToken"] = header
    configuration.cert_file, configuration.ssl_ca_cert = "client.crt", "ca.crt"
    info = await credentials(configuration)
    assert (info.server, info.scheme, info.token) == ("https://example.org", scheme, token)
    assert (info.certificate_path, info.ca_path) == ("client.crt", "ca.crt")
