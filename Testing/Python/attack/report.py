"""One verdict on one result: leak, losses, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .anatomy import Anatomy
from .features import Cut
from .losses import Losses, losses
from .volume import AIR_HU, IMPLAUSIBLE_HU, Volume
from .yardstick import Leak, Target, judge


@dataclass(frozen=True)
class Report:
    """Everything measured on one result."""

    leak: Leak
    losses: Losses

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        best, lost = self.leak.best, self.losses
        regions = ", ".join(f"{name} {share:.1%}" for name, share in lost.removed_by_region.items())
        return "\n".join([
            f"ratio                  {self.leak.ratio:.3f}   (1.0: nothing beyond the skull leaks)",
            f"best attack            {best.attack}: {best.detail}, inflated by {best.fit.inflation_mm:+.1f} mm",
            f"distance to true skin  {best.fit.rms_mm:.2f} mm RMS; the bare skull gives {self.leak.skull.rms_mm:.2f} mm",
            f"recovered within 2 mm  {best.fit.within_2mm:.1%} of {self.leak.skin_points} points",
            f"neck and border too    {self.leak.wide_ratio:.3f}   ({self.leak.wide_best.attack}: {self.leak.wide_best.detail})",
            f"bone altered           {lost.bone_altered:.3%}",
            f"soft tissue removed    {lost.soft_tissue_removed:.1%} ({regions})",
            f"facial skin untouched  {lost.facial_skin_untouched:.3%}",
            f"ears remaining         {lost.ears_remaining:.1%}",
        ])  # fmt: skip


def examine_volumes(
    original: Volume, results: Sequence[Volume], *, step_mm: float = 1.0, thorough: bool = True
) -> Report:
    """Judges one result, or several exports of one scan: their average, and where they differ."""
    anatomy = Anatomy.of(original)
    target = Target.of(original, anatomy, step_mm)
    leak = judge(target, average(results), thorough, differing(target, results))
    return Report(leak, losses(original, results[0], anatomy))


def average(results: Sequence[Volume]) -> Volume:
    """The mean of several exports: independent noise shrinks, the patient stays."""
    if len(results) == 1:
        return results[0]
    total = np.zeros(results[0].hu.shape, np.float32)
    for volume in results:
        total += np.where(volume.hu < IMPLAUSIBLE_HU, np.int16(AIR_HU), volume.hu)
    return results[0].with_hu(np.rint(total / len(results)))


def differing(target: Target, results: Sequence[Volume]) -> list[Cut]:
    """Where exports differ something was drawn; where they agree is the patient."""
    if len(results) == 1:
        return []
    stack = np.stack([target.grid.cut(volume.hu) for volume in results])
    spread = target.grid.sample(np.ptp(stack, axis=0).astype(np.float32), outside=0.0)
    return [Cut("exports", f"differ by less than {t:g} HU", spread, t, below=True) for t in (1.0, 10.0, 30.0)]
