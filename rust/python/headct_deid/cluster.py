"""Many machines: one task per patient on Dask distributed, over a file system that all workers share.

The result is that of one machine with the same key, byte for byte. Task names hold a number and nothing else;
paths and settings travel in an object that does not show them; the key stays in the private folder, where each
worker reads it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from os import fspath
from pathlib import Path
from typing import Any
from uuid import uuid4

from distributed import Client, KilledWorker, LocalCluster, as_completed

from . import _api, _native
from ._results import Report


class _Request:
    """Everything a worker needs to know. Does not show what it holds, in logs or on the dashboard."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.run = uuid4().hex[:8]
        self.arguments = arguments

    def __repr__(self) -> str:
        return "[request]"

    def __dask_tokenize__(self) -> str:
        return self.run


_places: dict[str, _native.NativeJoined] = {}


def _joined(request: _Request) -> _native.NativeJoined:
    """Return this worker process's place in the run: list and key are read once, not for every patient."""
    place = _places.get(request.run)
    if place is None:
        place = _native.join(request.arguments)
        _places.clear()
        _places[request.run] = place
    return place


def _one_patient(index: int, request: _Request) -> int:
    _joined(request).run_patient(index)
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
    jobs: int = 1,
    resume: bool = False,
    overwrite: bool = False,
    release_held: str | Sequence[str] | None = None,
    retries: int = 3,
) -> Report:
    """De-identify the patients of a list on a Dask cluster and return the report.

    A patient whose worker is lost is done again by another; after as many losses as the scheduler allows
    (``distributed.scheduler.allowed-failures``, 3) its files count as failed and the others go on.

    Args:
        client: connected to the scheduler; its workers see all folders under the same paths.
        input_dir: as for :func:`headct_deid.deidentify`, as are the other folders and options.
        linkage_table: the list.
        output_dir: receives one folder per ``New_ID`` and the report.
        settings: by name.
        private_dir: receives key, audit and log; beside the list when not given.
        key: key file to use instead of the one in the private folder.
        jobs: threads for each patient; a worker with several threads does as many patients at once.
        resume: skip patients that are finished.
        overwrite: replace patients that are in the output.
        release_held: ``"all"``, patients as ``New_ID``, single series as ``New_ID/2``.
        retries: how often a patient is tried again when the shared file system fails.

    Raises:
        Refused: nothing was written.
        Error: the output could not be written.
    """
    arguments = {
        "input_dir": fspath(input_dir),
        "linkage_table": fspath(linkage_table),
        "output_dir": fspath(output_dir),
        "settings": _api._texts(settings),
        "private_dir": None if private_dir is None else fspath(private_dir),
        "key": None if key is None else fspath(key),
        "jobs": jobs,
        "existing": "resume" if resume else "overwrite" if overwrite else "refuse",
        "release_held": _api._names(release_held),
    }
    begun = _native.begin(arguments)
    try:
        lost = _on_workers(client, _Request(arguments), begun.patients, retries)
        return Report.from_json(begun.finish(lost), fspath(output_dir))
    finally:
        begun.release()


def _on_workers(client: Client, request: _Request, patients: int, retries: int) -> list[int]:
    """Do every patient somewhere; return the numbers of those that took their workers with them."""
    futures = client.map(
        _one_patient,
        range(patients),
        request=request,
        key=[f"headct-deid-{request.run}-{number}" for number in range(patients)],
        pure=False,
        retries=retries,
        batch_size=1000,
    )
    numbers = {future.key: number for number, future in enumerate(futures)}
    lost = []
    try:
        for future in as_completed(futures):
            if future.status != "finished":
                error = future.exception()
                if not isinstance(error, KilledWorker):
                    raise error
                lost.append(numbers[future.key])
    except BaseException:
        client.cancel(futures)
        raise
    return sorted(lost)


def main(address: str, arguments: list[str]) -> int:
    """Run ``headct-deid run ... --dask ADDRESS``; ``local`` starts workers on this machine."""
    given = _native.parse_run(arguments)
    if isinstance(given, int):
        return given
    given["jobs"] = given["jobs"] or 1
    try:
        if address == "local":
            with LocalCluster(threads_per_worker=1) as cluster, Client(cluster) as client:
                report = deidentify(client, **given)
        else:
            with Client(address) as client:
                report = deidentify(client, **given)
    except _native.Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    except _native.Error as error:
        print(f"{error}; finished patients are in the output, --resume goes on with the rest", file=sys.stderr)
        return 1
    if "--json" in arguments:
        print(Path(report.output_dir, "report.json").read_text(encoding="utf-8"))
        return report.exit_status
    print(f"{report.released} released of {report.files_seen}, {report.failed} failed, {len(report.held)} series held")
    return report.exit_status
