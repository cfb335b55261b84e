"""Checkpoints as plain arrays: nothing in them is executed when they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from predictor.ml.errors import TrainingError

Arrays = list[npt.NDArray[Any]]
FILE: Final = "checkpoint.npz"
WEIGHTS: Final = "weights.npz"


@dataclass(slots=True)
class Checkpoint:
    """The state of a run after a whole epoch.

    Attributes:
        run: hash that names the run; only the same run is resumed.
        epoch: number of epochs done.
        best_epoch: number of the epoch with the best validation score, from 1; 0 before the first.
        best_score: that score.
        history: one row of figures for each epoch.
        groups: arrays by group: ``model``, ``optimizer``, ``best``.
    """

    run: str
    epoch: int = 0
    best_epoch: int = 0
    best_score: float = float("-inf")
    history: list[dict[str, float]] = field(default_factory=list)
    groups: dict[str, Arrays] = field(default_factory=dict)


def _save_arrays(path: Path, groups: Mapping[str, Sequence[npt.NDArray[Any]]], state: str) -> None:
    """Writes arrays and a JSON text into one file, in one step."""
    arrays = {f"{name}/{place:04d}": value for name, values in groups.items() for place, value in enumerate(values)}
    draft = path.with_suffix(".part.npz")
    with draft.open("wb") as stream:
        np.savez(stream, allow_pickle=False, state=np.asarray(state), **arrays)
    draft.replace(path)


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes a checkpoint in one step, so that a kill leaves the last whole one."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        "run": checkpoint.run,
        "epoch": checkpoint.epoch,
        "best_epoch": checkpoint.best_epoch,
        "best_score": checkpoint.best_score,
        "history": checkpoint.history,
    }
    _save_arrays(folder / FILE, checkpoint.groups, json.dumps(state))


def load_checkpoint(folder: Path, run: str) -> Checkpoint:
    """Loads the checkpoint of a run, or an empty one if it has not begun.

    Args:
        folder: where the run keeps its checkpoint.
        run: hash that names the run.

    Raises:
        TrainingError: the folder holds a checkpoint of another run, or an unreadable one.
    """
    path = folder / FILE
    if not path.exists():
        return Checkpoint(run)
    try:
        with np.load(path, allow_pickle=False) as stored:
            state = json.loads(str(stored["state"]))
            groups: dict[str, Arrays] = {}
            for name in sorted(name for name in stored.files if "/" in name):
                groups.setdefault(name.split("/")[0], []).append(stored[name])
    except (OSError, ValueError, KeyError) as exc:
        raise TrainingError(f"The checkpoint in {folder.name} cannot be read: {exc}") from exc
    if state["run"] != run:
        raise TrainingError(
            f"The folder {folder.name} holds the checkpoint of another run (other data or settings): "
            "remove it or name another folder."
        )
    return Checkpoint(groups=groups, **state)


def read_history(path: Path) -> list[dict[str, float]]:
    """The figures of each epoch that a checkpoint file keeps, whatever run it belongs to.

    Raises:
        TrainingError: it is unreadable.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            history: list[dict[str, float]] = json.loads(str(stored["state"]))["history"]
    except (OSError, ValueError, KeyError) as exc:
        raise TrainingError(f"The checkpoint in {path.parent.name} cannot be read: {exc}") from exc
    return history


def save_weights(path: Path, model: Any) -> None:
    """Writes the weights of a Keras model, in order, as plain arrays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _save_arrays(path, {"weights": [np.asarray(weight) for weight in model.weights]}, "{}")


def load_weights(paths: Sequence[Path], model: Any) -> None:
    """Reads weights that ``save_weights`` wrote into a model of the same architecture: the mean of one or more files.

    Raises:
        TrainingError: number or shapes of the weights differ.
    """
    wanted = [tuple(weight.shape) for weight in model.weights]
    total: Arrays = [np.zeros(shape, np.float64) for shape in wanted]
    for path in paths:
        with np.load(path, allow_pickle=False) as stored:
            values = [stored[name] for name in sorted(name for name in stored.files if name.startswith("weights/"))]
        if wanted != [value.shape for value in values]:
            raise TrainingError(f"{path.name} must hold {len(wanted)} weights of these shapes, not {len(values)}.")
        total = [before + value / len(paths) for before, value in zip(total, values, strict=True)]
    model.set_weights(total)
