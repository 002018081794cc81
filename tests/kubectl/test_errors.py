"""Errors in kubectl's words."""

import pytest

from podwright import client as api
from podwright.kubectl.errors import Failure, ServerFailure
from podwright.kubectl.server import _said

PATH = "/apis/apps.podwright.dev/v1/namespaces/default/statefulsets/web"
REFUSED = (
    "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?"
)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (api.NotFound("no web", code=404), "Error from server (NotFound): no web"),
        (api.Refused("not yours", code=403), "Error from server (Forbidden): not yours"),
        (api.Conflict("changed", code=409), "Error from server (Conflict): changed"),
        (
            api.Unavailable("who?", code=401),
            "error: You must be logged in to the server (who?)",
        ),
        (
            api.NotFound("404 page not found\n", code=404),
            'error: the server doesn\'t have a resource type "statefulsets"',
        ),
        (
            api.Unavailable("[Connect call failed ('127.0.0.1', 1)]"),
            REFUSED,
        ),
        (api.Unavailable("no such host"), "Unable to connect to the server: no such host"),
    ],
    ids=["gone", "forbidden", "conflict", "stranger", "no such kind", "refused", "lost"],
)
def test_what_the_api_server_said(error, line):
    assert _said(error, PATH, "https://127.0.0.1:1").line == line


def test_an_error_is_called_so_once():
    assert Failure("x").line == Failure("error: x").line == "error: x"
    assert ServerFailure("x", "Invalid").line == "Error from server (Invalid): x"
