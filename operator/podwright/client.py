"""The only module that opens a connection: one request out, bytes in, a few exceptions.

Credentials are the business of ``credentials.py``; TLS, proxies and fresh tokens are the official
client library's. Requests go straight to its session, as bytes, which costs less than its own ways
of sending. An answer that is not a success becomes one of six exceptions:

    ApiError
    +-- NotFound        404: it is gone
    +-- AlreadyExists   409, reason AlreadyExists: the name is taken
    +-- Conflict        409: it is not what we saw; look again
    +-- Refused         400, 403, 413, 422, ...: the API server does not want this
    +-- Expired         410: the position in the history is gone; list again
    +-- Unavailable     no answer, 401, 429, 5xx: try again later
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import aiohttp
import msgspec
from kubernetes.aio.client import ApiClient, Configuration

from podwright import fence
from podwright.objects import Manifest

JSON = "application/json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"

REQUEST_TIMEOUT, LONGEST_QUIET = 30.0, 30.0
_NOT_CARRIED_OUT = (401, 429)
WATCH_SILENCE = 75.0
"""Seconds without a byte after which a watch counts as dead; bookmarks come about every minute."""


class ApiError(Exception):
    """The API server did not do what it was asked."""

    def __init__(self, message: str, *, code: int = 0, causes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.causes = causes


class NotFound(ApiError):  # noqa: N818  # the six names are the API's own words
    """404."""


class AlreadyExists(ApiError):  # noqa: N818
    """409: another object has this name."""


class Conflict(ApiError):  # noqa: N818
    """409: a precondition does not hold any more."""


class Refused(ApiError):  # noqa: N818
    """A request that will not do better when repeated at once: quota, admission, validation."""


class Expired(ApiError):  # noqa: N818
    """410: the resource version is too old."""


class Unavailable(ApiError):  # noqa: N818
    """No usable answer. ``unknown``: the request may have been carried out all the same."""

    def __init__(
        self, message: str, *, code: int = 0, unknown: bool = True, retry_after: float = 0.0
    ) -> None:
        super().__init__(message, code=code)
        self.unknown = unknown
        self.retry_after = retry_after


class _Cause(msgspec.Struct):
    reason: str = ""


class _Details(msgspec.Struct):
    causes: list[_Cause] = []
    retryAfterSeconds: float = 0.0  # noqa: N815  # as in JSON


class _Status(msgspec.Struct):
    """What the API server says when it says no."""

    message: str = ""
    reason: str = ""
    details: _Details | None = None


def as_error(code: int, body: bytes, retry_after: str | None = None) -> ApiError:
    """The exception for an answer that is no success."""
    try:
        status = msgspec.json.decode(body, type=_Status)
    except msgspec.DecodeError:
        status = _Status(message=body[:200].decode(errors="replace") or f"HTTP status {code}")
    details = status.details or _Details()
    causes = tuple(cause.reason for cause in details.causes)
    if code == 404:  # noqa: PLR2004
        return NotFound(status.message, code=code, causes=causes)
    if code == 409:  # noqa: PLR2004
        kind = AlreadyExists if status.reason == "AlreadyExists" else Conflict
        return kind(status.message, code=code, causes=causes)
    if code == 410:  # noqa: PLR2004
        return Expired(status.message, code=code)
    if code in _NOT_CARRIED_OUT or code >= 500:  # noqa: PLR2004
        said = retry_after or ""
        wait = float(said) if said.isdigit() else details.retryAfterSeconds
        unknown = code not in _NOT_CARRIED_OUT
        return Unavailable(status.message, code=code, unknown=unknown, retry_after=wait)
    return Refused(status.message, code=code, causes=causes)


class Bucket:
    """A token bucket: at most ``qps`` requests a second over time, ``burst`` at once."""

    def __init__(self, qps: float, burst: int) -> None:
        self.qps, self.burst = qps, burst
        self._free_at = 0.0

    async def take(self) -> None:
        """Wait for this request's turn."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now - self.burst / self.qps) + 1 / self.qps
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)


class Client:
    """A connection to one API server; ``may_send`` is asked right before a body goes out."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        in_flight: int = 50,
        bucket: Bucket | None = None,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        # Without trust_env=False aiohttp reads .netrc in a thread for every request: three times
        # the cost. Proxies named in the kubeconfig still hold.
        configuration.client_session_kwargs = {"trust_env": False}
        self.configuration = configuration
        self._api = ApiClient(configuration)
        self._session = self._api.rest_client._create_pool_manager()  # noqa: SLF001  # made to be overridden
        chosen = {
            "proxy": configuration.proxy,
            "proxy_headers": configuration.proxy_headers,
            "server_hostname": configuration.tls_server_name,
        }
        self._chosen = {name: value for name, value in chosen.items() if value}
        self._turn = asyncio.Semaphore(in_flight)
        self._bucket, self._may_send = bucket, may_send
        self._quiet_until = 0.0

    @property
    def server(self) -> str:
        """The API server's address."""
        return str(self.configuration.host)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Manifest | list[Manifest] | None = None,
        content_type: str = JSON,
        timeout: float = REQUEST_TIMEOUT,  # noqa: ASYNC109  # the library's own time-out
    ) -> bytes:
        """Send one request and return the answer's body; raise ``ApiError`` on any other end."""
        if self._bucket:
            await self._bucket.take()
        async with self._turn:
            await self._be_quiet()
            try:
                limit = aiohttp.ClientTimeout(total=timeout)
                response = await self._call(method, path, query, body, content_type, timeout=limit)
                data = await response.read()
            except aiohttp.ClientSSLError as error:
                raise Refused(f"its certificate is not accepted: {error}") from error
            except aiohttp.ClientConnectorError as error:
                raise Unavailable(str(error), unknown=False) from error
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                lost = fence.refusal(error)
                raise lost or Unavailable(f"{type(error).__name__}: {error}") from error
        if response.status >= 400:  # noqa: PLR2004
            raise self._heard(as_error(response.status, data, response.headers.get("Retry-After")))
        return data

    def _heard(self, error: ApiError) -> ApiError:
        """An API server that asks for a pause gets it from all requests, not just from this one."""
        if isinstance(error, Unavailable) and error.retry_after:
            pause = min(error.retry_after, LONGEST_QUIET)
            self._quiet_until = asyncio.get_running_loop().time() + pause
        return error

    async def _be_quiet(self) -> None:
        """Wait while the API server has asked for a pause (``Retry-After``)."""
        pause = self._quiet_until - asyncio.get_running_loop().time()
        if pause > 0:
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def watch(
        self, path: str, query: Mapping[str, str]
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a stream; yields chunks of bytes as they come."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=WATCH_SILENCE)
        response = None
        try:
            response = await self._call("GET", path, query, None, JSON, timeout=timeout)
            if response.status >= 400:  # noqa: PLR2004
                raise as_error(response.status, await response.read())
            yield response.content.iter_any()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"{type(error).__name__}: {error}", unknown=False) from error
        finally:
            if response is not None:
                response.close()

    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Manifest | list[Manifest] | None,
        content_type: str,
        *,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109
    ) -> aiohttp.ClientResponse:
        headers = {"Content-Type": content_type, "Accept": JSON, "User-Agent": "podwright"}
        await self._api.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        url = self.server + path + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else fence.Fenced(msgspec.json.encode(body), self._may_send)
        response: aiohttp.ClientResponse = await self._session.request(
            method, url, headers=headers, data=data, timeout=timeout, **self._chosen
        )
        return response

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()
        await self._api.close()
