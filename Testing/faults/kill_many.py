"""Kills runs at random moments and resumes them: every output must end as that of an undisturbed run.

    kill_many.py PROGRAM INPUT LIST [KILLS]

PROGRAM is the ``headct-deid`` to test. Each round starts on an empty output, is killed by SIGKILL after a random
share of the undisturbed run's time, resumed and killed again with even odds, and finally left in peace. After
every kill, each patient under a final name must be whole. Prints a line per round; the exit status is 1 if any
output differed. The seed is printed and may be given in the environment variable SEED.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HIDDEN = ".headct-deid"
KEY = "3d" * 32


def tree(output: Path) -> dict[str, bytes]:
    """Return every file of an output but those of its hidden folder."""
    files = (path for path in output.rglob("*") if path.is_file())
    names = {str(path.relative_to(output)): path for path in files}
    return {name: path.read_bytes() for name, path in names.items() if not name.startswith(HIDDEN)}


def patients(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Return the files of each patient's folder."""
    found: dict[str, dict[str, bytes]] = {}
    for name, data in files.items():
        if "/" in name:
            found.setdefault(name.split("/")[0], {})[name] = data
    return found


def start(program: str, input_dir: str, linkage_table: str, folder: Path, *flags: str) -> subprocess.Popen[bytes]:
    """Start a run with output and private folder in ``folder``."""
    key = folder / "key.hex"
    key.write_text(KEY, encoding="ascii")
    arguments = ["run", input_dir, linkage_table, str(folder / "out"), "--private", str(folder / "private")]
    return subprocess.Popen(
        [program, *arguments, "--key", str(key), "--release-held", "all", *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def main(program: str, input_dir: str, linkage_table: str, kills: int) -> int:
    """Run the rounds until so many kills have hit; return the exit status."""
    seed = int(os.environ.get("SEED") or random.randrange(1 << 32))
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        clock = time.monotonic()
        whole = start(program, input_dir, linkage_table, Path(name))
        _, errors = whole.communicate()
        seconds = time.monotonic() - clock
        if whole.returncode not in (0, 1):
            print(errors.decode(), file=sys.stderr)
            return 2
        expected = tree(Path(name) / "out")
    print(f"seed {seed}; undisturbed: {seconds:.1f} s, {len(expected)} files", flush=True)
    done, wrong, rounds = 0, 0, 0
    while done < kills:
        rounds += 1
        with tempfile.TemporaryDirectory() as name:
            folder, flags, log = Path(name), [], []
            while done < kills:
                run = start(program, input_dir, linkage_table, folder, *flags)
                flags = ["--resume"]
                try:
                    run.wait(timeout=seconds * dice.random())
                    break
                except subprocess.TimeoutExpired:
                    run.kill()
                    run.communicate()
                done += 1
                found = patients(tree(folder / "out"))
                broken = [new_id for new_id in found if found[new_id] != patients(expected).get(new_id)]
                log.append(f"{len(found)} whole" if not broken else f"BROKEN {broken}")
                wrong += len(broken)
                if dice.random() < 0.5:
                    break
            run = start(program, input_dir, linkage_table, folder, "--resume")
            _, errors = run.communicate()
            same = tree(folder / "out") == expected
            wrong += not same
            end = "same bytes" if same else f"DIFFERS (exit status {run.returncode}): {errors.decode()}"
            print(f"round {rounds}: {', '.join(log) or 'not killed'}; resumed: {end}", flush=True)
    print(f"{done} kills in {rounds} rounds: {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4], kills=int(sys.argv[4]) if len(sys.argv) > 4 else 50))
