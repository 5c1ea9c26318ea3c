"""Says where the processor time of a run goes, stage by stage, from samples that ``perf`` took of it.

    perf record -F 499 -g --call-graph dwarf,16384 -o perf.data target/release/headct-deid run ...
    perf script -i perf.data | python benches/profile.py

Needs a binary with line tables (``--config 'profile.release.debug="line-tables-only"'``).
"""

from __future__ import annotations

import sys
from collections import Counter

# The first stage with a name in the call chain gets the sample: the inner stages come first.
STAGES = [
    ("deface", ["image::deface::"]),
    ("text", ["image::text::"]),
    ("tripwire", ["image::tripwire::"]),
    ("pictures", ["release::pictures::"]),
    ("digest of the file", ["Key>::code", "Key::code", "sha2::", "hmac::"]),
    ("check: identifiers", ["scan_bytes"]),
    ("check: header", ["header::audit::"]),
    ("check: voxels", ["check::voxels_hold"]),
    ("check: rest", ["check::verify"]),
    ("scrub", ["core::header::"]),
    ("clear pixels", ["pixels::clear"]),
    ("encode", ["deidentified::", "release::encode::"]),
    ("write", ["release::disk::"]),
    ("decode", ["gather::decode::", "StoredSlice"]),
    ("read slice", ["series::read_slice"]),
    ("volume", ["series::volume"]),
    ("decide, rest", ["evidence::decide", "evidence::"]),
    ("report", ["release::report::"]),
    ("plan", ["gather::plan::", "gather::"]),
    ("identifiers", ["header::identifiers", "Person>::new"]),
    ("release, rest", ["release::"]),
]


def plain(frame: str) -> str:
    """Return the function of a frame without its address, its library and its generic arguments."""
    name = frame.split(" ", 1)[-1].rsplit(" (", 1)[0].rsplit("+0x", 1)[0]
    if name.startswith("<"):
        return name.replace("<impl ", "<")
    return name.split("<", 1)[0]


def main() -> None:
    stages: Counter[str] = Counter()
    leaves: Counter[tuple[str, str]] = Counter()
    total = 0
    for block in sys.stdin.read().split("\n\n"):
        frames = [line.strip() for line in block.splitlines()[1:] if line.strip()]
        if not frames:
            continue
        total += 1
        functions = [plain(frame) for frame in frames]
        stage = next((name for name, words in STAGES if any(w in f for f in functions for w in words)), "elsewhere")
        leaf = functions[0]
        stages[stage] += 1
        leaves[stage, leaf] += 1
    for stage, count in stages.most_common():
        print(f"{100 * count / total:5.1f} %  {stage}")
        for (of, leaf), part in leaves.most_common():
            if of == stage and part * 100 >= total:
                print(f"             {100 * part / total:5.1f} %  {leaf[:110]}")


if __name__ == "__main__":
    main()
