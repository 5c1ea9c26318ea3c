"""Many machines: one task per patient on Dask distributed, over a file system that all workers share.

The result is that of one machine with the same key, byte for byte. Task names hold a number and nothing else;
paths and settings travel in an object that does not show them; the key stays in the private folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import fspath
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from . import _api, _native

if TYPE_CHECKING:
    from distributed import Client


class _Request:
    """Everything a worker needs to know. Does not show what it holds, in logs or on the dashboard."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments

    def __repr__(self) -> str:
        return "[request]"

    def __dask_tokenize__(self) -> str:
        return uuid4().hex


def _one_patient(index: int, request: _Request) -> int:
    _native.run_patient(request.arguments, index)
    return index


def deidentify(
    client: Client,
    input_dir: _api.PathOrStr,
    linkage_table: _api.PathOrStr,
    output_dir: _api.PathOrStr,
    *,
    settings: _api.Settings | None = None,
    private_dir: _api.PathOrStr | None = None,
    key: _api.PathOrStr | None = None,
    resume: bool = False,
    overwrite: bool = False,
    release_held: str | Sequence[str] | None = None,
    retries: int = 3,
) -> _api.Report:
    """De-identify the patients of a list on a Dask cluster and return the report.

    Args:
        client: connected to the scheduler; its workers see all folders under the same paths.
        input_dir: as for :func:`headct_deid.deidentify`, as are the other folders and options.
        linkage_table: the list.
        output_dir: receives one folder per ``New_ID`` and the report.
        settings: by name.
        private_dir: receives key, audit and log; beside the list when not given.
        key: key file to use instead of the one in the private folder.
        resume: skip patients that are finished.
        overwrite: replace patients that are in the output.
        release_held: ``"all"`` or ``New_ID`` values.
        retries: how often a patient is tried again when its worker is lost.

    Raises:
        Refused: nothing was written.
        Error: the output could not be written.
    """
    held = release_held or ""
    arguments = {
        "input_dir": fspath(input_dir),
        "linkage_table": fspath(linkage_table),
        "output_dir": fspath(output_dir),
        "settings": _api._texts(settings),
        "private_dir": None if private_dir is None else fspath(private_dir),
        "key": None if key is None else fspath(key),
        "existing": "resume" if resume else "overwrite" if overwrite else "refuse",
        "release_held": held if isinstance(held, str) else ",".join(held),
    }
    begun = _native.begin(arguments)
    run = uuid4().hex[:8]
    names = [f"headct-deid-{run}-{index}" for index in range(begun.patients)]
    futures = client.map(
        _one_patient,
        range(begun.patients),
        request=_Request(arguments),
        key=names,
        pure=False,
        retries=retries,
        batch_size=1000,
    )
    try:
        client.gather(futures)
    finally:
        begun.release()
    return _api.deidentify(
        input_dir,
        linkage_table,
        output_dir,
        settings=settings,
        private_dir=private_dir,
        key=key,
        resume=True,
        release_held=release_held,
    )


def main(address: str, arguments: list[str]) -> int:
    """Run ``headct-deid run ... --dask ADDRESS``; ``local`` starts workers on this machine."""
    from distributed import Client, LocalCluster

    given = _native.parse_run(arguments)
    if isinstance(given, int):
        return given
    if address == "local":
        with LocalCluster(threads_per_worker=1) as cluster, Client(cluster) as client:
            report = deidentify(client, **given)
    else:
        with Client(address) as client:
            report = deidentify(client, **given)
    print(f"{report.released} released of {report.files_seen}, {report.failed} failed, {len(report.held)} series held")
    return report.exit_status
