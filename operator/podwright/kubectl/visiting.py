"""Look up what a command line means, do a verb's work on each object, and say what went wrong.

One that fails does not keep the others from being done, as in kubectl.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from podwright.kubectl import arguments, kinds
from podwright.kubectl.arguments import Listed, Named, Wanted
from podwright.kubectl.errors import Failure
from podwright.kubectl.found import Found
from podwright.kubectl.options import Chosen
from podwright.kubectl.server import Server, connect
from podwright.objects import Manifest

Work = Callable[[Server, Found], Awaitable[None]]


def run(chosen: Chosen, work: Work, *, tells_of_none: bool) -> None:
    """Do the work on each object that is meant; end with exit code 1 if anything failed."""
    errors = asyncio.run(visit(chosen, work, tells_of_none=tells_of_none))
    if len(errors) == 1:
        raise errors[0]
    for error in errors:
        click.echo(error.among_others, err=True)
    if errors:
        sys.exit(1)


async def visit(chosen: Chosen, work: Work, *, tells_of_none: bool) -> list[Failure]:
    """Do the work on each object; return what went wrong."""
    wanted = wishes(chosen)
    errors: list[Failure] = []
    count = 0
    async with connect(chosen) as server:
        for wish in wanted:
            try:
                async for found in _look_up(server, wish):
                    count += 1
                    await _do(work, server, found, errors)
            except Failure as error:
                errors.append(error)
        if tells_of_none and not count and not errors:
            click.echo(f"No resources found in {server.namespace} namespace.", err=True)
    return errors


async def _do(work: Work, server: Server, found: Found, errors: list[Failure]) -> None:
    try:
        await work(server, found)
    except Failure as error:
        errors.append(error)


async def _look_up(server: Server, wish: Wanted) -> AsyncIterator[Found]:
    resource = wish.served.resource
    match wish:
        case Named(served, name, namespace):
            manifest = await server.get(resource.path(namespace or server.namespace, name))
            yield Found(served, manifest)
        case Listed(served, selector):
            query = {"labelSelector": selector} if selector else {}
            for manifest in await server.objects(resource, server.namespace, query):
                yield Found(served, manifest)


def wishes(chosen: Chosen) -> list[Wanted]:
    """What is meant by arguments or files.

    Raises:
        Failure: nothing, or both.
    """
    if not chosen.files and not chosen.arguments:
        raise Failure("required resource not specified")
    if not chosen.files:
        return arguments.parse(chosen.arguments, chosen.selector, all_=chosen.all_)
    if chosen.arguments or chosen.selector:
        raise Failure(
            "when paths, URLs, or stdin is provided as input, you may not specify resource "
            "arguments as well"
        )
    return [_named(each, chosen) for file in chosen.files for each in _documents(file)]


def _documents(file: str) -> Iterator[Manifest]:
    """The objects in a file, those in lists included."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
        documents: list[Any] = [each for each in yaml.safe_load_all(text) if each]
    except FileNotFoundError:
        raise Failure(f'the path "{file}" does not exist') from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Failure(f'error reading "{file}": {error}') from error
    for document in documents:
        if not isinstance(document, dict):
            raise Failure(f'error reading "{file}": not an object')
        if str(document.get("kind", "")).endswith("List") and "items" in document:
            yield from document["items"]
        else:
            yield document


def _named(manifest: Manifest, chosen: Chosen) -> Named:
    """The object that a manifest is about."""
    api_version, kind = str(manifest.get("apiVersion", "")), str(manifest.get("kind", ""))
    metadata = manifest.get("metadata") or {}
    name, namespace = str(metadata.get("name", "")), str(metadata.get("namespace") or "")
    served = kinds.of_manifest(api_version, kind)
    if served is None:
        raise Failure(f'{kind} "{name}" of {api_version} is no kind of Podwright')
    if namespace and chosen.namespace and namespace != chosen.namespace:
        raise Failure(
            f'the namespace from the provided object "{namespace}" does not match the namespace '
            f"\"{chosen.namespace}\". You must pass '--namespace={namespace}' to perform this "
            "operation."
        )
    return Named(served, name, namespace)
