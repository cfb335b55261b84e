"""Training new versions from a data folder, and measuring versions on it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from genresite.errors import InvalidInput
from predictor.bundles import is_shipped
from predictor.ml.artifacts import MANIFEST, read_manifest, require_new, store_metrics, store_training_time
from predictor.ml.errors import MLError
from predictor.ml.report import render_metrics

DEFAULT_RECIPES = {"plot": "encoder", "poster": "backbone", "both": "late-fusion"}


@dataclass(frozen=True)
class TrainingOrder:
    """What to train, from what, and where to put it.

    Attributes:
        kind: `plot`, `poster` or `both`.
        data: The data folder.
        output: The folder of models; the new version becomes a folder in it.
        work: Where checkpoints are kept, so that the same order goes on after a kill.
        recipe: Its name; empty for the usual one of the kind.
        name: The version's name; empty for the next free one.
        glove: GloVe text file.
        backbone_weights: Weights that a poster network starts from.
        encoder_weights: Folder with the weights and the tokeniser that a text encoder starts from.
        plot_bundle: For `both`, the version that scores plots; None for the newest in `output`.
        poster_bundle: For `both`, the version that scores posters; None for the newest in `output`.
        seed: Of the run.
        command: How it was started, for the manifest.
        overrides: Settings of the recipe that differ from its defaults.
    """

    kind: str
    data: Path
    output: Path
    work: Path
    recipe: str = ""
    name: str = ""
    glove: Path | None = None
    backbone_weights: Path | None = None
    encoder_weights: Path | None = None
    plot_bundle: Path | None = None
    poster_bundle: Path | None = None
    seed: int = 1
    command: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)


def train_from_folder(*, order: TrainingOrder) -> Path:
    """Train a version and write its bundle.

    Args:
        order: What to train.

    Returns:
        The bundle's folder.

    Raises:
        InvalidInput: The order, the data or the weights cannot be used.
    """
    # Imported here because recipes bring Keras in, which no web process may load.
    from predictor.ml.training.datasets import PLOTS_FILE, read_imdb27, read_plots, read_posters
    from predictor.ml.training.recipes import TrainingRequest, find_recipe

    try:
        recipe = order.recipe or DEFAULT_RECIPES[order.kind]
        output = order.output / (order.name or _next_name(order.output, f"{order.kind}-{recipe}"))
        require_new(output)
        # A poster's labels are completed from the plot of the same film, where the folder has plots.
        has_plots = order.kind != "poster" or (order.data / PLOTS_FILE).is_file()
        plots = read_plots(order.data) if has_plots else {}
        if order.kind == "plot":
            plots["train"].extend(read_imdb27(order.data))
        request = TrainingRequest(
            output=output,
            work=order.work / output.name,
            plots=plots,
            posters=read_posters(order.data) if order.kind != "plot" else {},
            glove=order.glove,
            backbone_weights=order.backbone_weights,
            encoder_weights=order.encoder_weights,
            plot_bundle=order.plot_bundle or _newest(order.output, "plot"),
            poster_bundle=order.poster_bundle or _newest(order.output, "poster"),
            seed=order.seed,
            command=order.command,
            overrides=order.overrides,
        )
        started = time.monotonic()
        folder = find_recipe(recipe, order.kind)(request).folder
        store_training_time(folder, time.monotonic() - started)
        return folder
    except MLError as exc:
        raise InvalidInput(str(exc), code="training_refused") from exc


def measure_from_folder(*, folder: Path, data: Path, split: str, custom: str = "", store: bool = False) -> str:
    """Measure a version on a split of a data folder.

    Args:
        folder: The bundle's folder.
        data: The data folder.
        split: `validation` or `test`.
        custom: Whose list of genres the version is told to match; by default it is told nothing.
        store: Write the figures into the bundle's manifest and model card.

    Returns:
        The figures as a table.

    Raises:
        InvalidInput: The bundle or the data cannot be used, or figures of a told custom are to be kept.
    """
    # Imported here because its neighbours bring Keras in.
    from predictor.ml.training.measuring import measure_bundle

    if store and custom:
        raise InvalidInput(
            _("Only figures of a version that is told nothing can be kept, not those with the custom %(custom)r.")
            % {"custom": custom},
            code="measuring_refused",
        )
    try:
        metrics = measure_bundle(folder, data, split, custom=custom)
        if store:
            store_metrics(folder, split, metrics)
    except MLError as exc:
        raise InvalidInput(str(exc), code="measuring_refused") from exc
    title = _("%(name)s on %(split)s") % {"name": folder.name, "split": split}
    return render_metrics(f"{title} (--custom {custom})" if custom else title, metrics)


def plot_from_folder(*, folder: Path, data: Path, split: str, output: Path, work: Path) -> list[Path]:
    """Draw the pictures of a version: precision and recall, reliability, learning curve.

    Args:
        folder: The bundle's folder.
        data: The data folder.
        split: `validation` or `test`.
        output: The folder for the pictures.
        work: Where the checkpoints of training runs are kept, for versions whose manifest tells no history.

    Returns:
        The files written.

    Raises:
        InvalidInput: The bundle or the data cannot be used, or matplotlib is not installed.
    """
    # Imported here because its neighbours bring Keras in.
    from predictor.ml.training.measuring import score_bundle
    from predictor.ml.training.plots import draw_plots, find_history

    try:
        scored = score_bundle(folder, data, split)
        history = find_history(scored.bundle.manifest.get("training", {}), work / folder.name)
        return draw_plots(scored, history, output)
    except MLError as exc:
        raise InvalidInput(str(exc), code="plotting_refused") from exc


def _next_name(root: Path, stem: str) -> str:
    """The stem with the first number that is free: not in this folder, and not of a model that comes with the site."""
    number = 1
    while (root / f"{stem}-{number}").exists() or is_shipped(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def _newest(root: Path, kind: str) -> Path | None:
    """The bundle of a kind in a folder that was made last, by date and then by name."""
    manifests = [(path.parent, read_manifest(path.parent)) for path in sorted(root.glob(f"{kind}-*/{MANIFEST}"))]
    dated = [(str(manifest.get("created", "")), folder) for folder, manifest in manifests if manifest["kind"] == kind]
    return max(dated)[1] if dated else None
