"""Raw plots and posters in, genre scores out: the serving side of every shipped model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from predictor.ml import plot_inputs, poster
from predictor.ml.artifacts import Bundle, load_bundle
from predictor.ml.customs import CustomPrior
from predictor.ml.errors import ArtifactError
from predictor.ml.examples import GenreScores
from predictor.ml.labels import Float32Array
from predictor.ml.runtime import OnnxNetwork

PosterImage = Image.Image | npt.NDArray[np.uint8]
"""An RGB picture: a PIL image or an array of shape (H, W, 3), uint8."""

Item = TypeVar("Item")

ACTIVATION_OUTPUT: Final = "activation"
"""The output of a poster network that tells where each logit comes from; see ``PosterPipeline.activation``."""

TOKENS_AT_ONCE: Final = 512
"""Word pieces that a text encoder reads in one call. Attention's memory grows with the square of a plot's length, and
taking it from the system costs more than the sums: plots of 256 word pieces went at 8 a second in batches of 32 with
840 MB, at 29 two by two with 190 MB."""

CHARACTERS_A_TOKEN: Final = 4
"""Characters of plain English in a word piece, a little fewer than the mean, so that a guess errs upwards."""


class Pipeline(ABC, Generic[Item]):
    """A verified bundle with its network loaded.

    Attributes:
        bundle: where everything comes from.
        kind: ``plot``, ``poster`` or ``both``.
        version: the bundle's name.
        genres: the genre of each column.
    """

    batch_size = 32

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        """Loads the network of a bundle that ``load_bundle`` has verified."""
        self.bundle = bundle
        self.kind: str = bundle.kind
        self.version: str = bundle.name
        self.genres: tuple[str, ...] = bundle.genres
        self._calibration = bundle.calibration
        self._thresholds = bundle.thresholds
        self._flat_below = bundle.flat_below
        self._network = OnnxNetwork(bundle.path("model.onnx"), threads=threads)

    @abstractmethod
    def _forward(self, items: Sequence[Item]) -> Float32Array:
        """Logits (N, G) of at most ``batch_size`` items."""

    def logits(self, items: Sequence[Item]) -> Float32Array:
        """Runs the network.

        Args:
            items: N raw inputs; any number, worked off in batches.

        Returns:
            float32 (N, G), unbounded, before calibration.
        """
        parts = [
            self._forward(items[start : start + self.batch_size]) for start in range(0, len(items), self.batch_size)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.genres)), dtype=np.float32)

    def predict(self, items: Sequence[Item]) -> list[GenreScores]:
        """Scores raw inputs.

        Args:
            items: N raw inputs.

        Returns:
            N scores in the order of the items.
        """
        probabilities = self._calibration.apply(self.logits(items))
        return [
            GenreScores.decide(
                self.genres, row, self._thresholds, flat_below=self._flat_below, single=self.bundle.single_label
            )
            for row in probabilities
        ]


class PlotPipeline(Pipeline[str]):
    """Scores plots, plain text."""

    custom = ""
    """Whose list of genres it was told to match."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        """Loads network and vocabulary."""
        super().__init__(bundle, threads=threads)
        self._encoder = plot_inputs.load_plot_input(bundle)
        settings = bundle.preprocessing
        self._max_tokens = int(settings["max_tokens"]) if "wordpiece" in settings["type"] else 0

    def with_custom(self, custom: str) -> PlotPipeline:
        """The same network, told whose list of genres to match.

        Args:
            custom: as for ``customs.find_prior``; nothing to leave it to the plot.

        Raises:
            MLError: the network has not learned it.
        """
        prior = CustomPrior(self.bundle.preprocessing.get("customs", ()), custom)
        told = copy(self)
        told.custom = custom
        # The tokeniser and the n-grams are shared: they take 10 MB, and a tenth of a second to load.
        if isinstance(self._encoder, plot_inputs.JoinedInput):
            told._encoder = self._encoder.told(prior)
        return told

    def _forward(self, items: Sequence[str]) -> Float32Array:
        longest = min(max(map(len, items)) // CHARACTERS_A_TOKEN, self._max_tokens)
        if len(items) > 1 and longest * len(items) > TOKENS_AT_ONCE:
            half = len(items) // 2
            return np.concatenate([self._forward(items[:half]), self._forward(items[half:])])
        return self._network.run(self._encoder.batch(items))

    def logits(self, items: Sequence[str]) -> Float32Array:
        """As ``Pipeline.logits``; plots of like length share a batch, so that little is spent on padding."""
        order = sorted(range(len(items)), key=lambda place: len(items[place]))
        answer = np.zeros((len(items), len(self.genres)), dtype=np.float32)
        answer[order] = super().logits([items[place] for place in order])
        return answer

    def logits_told(self, items: Sequence[str], customs: Sequence[str]) -> Float32Array:
        """Logits (N, G), each plot in a custom of its own.

        Args:
            items: N plots.
            customs: for each whose list of genres to match, as for ``with_custom``.

        Raises:
            MLError: the network has not learned one of them.
        """
        answer = np.zeros((len(items), len(self.genres)), dtype=np.float32)
        for custom in sorted(set(customs)):
            places = [place for place, own in enumerate(customs) if own == custom]
            answer[places] = self.with_custom(custom).logits([items[place] for place in places])
        return answer


class PosterPipeline(Pipeline[PosterImage]):
    """Scores posters, RGB pictures of any size."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        """Loads network and preprocessing."""
        super().__init__(bundle, threads=threads)
        self._preprocessing = bundle.preprocessing

    def _read(self, items: Sequence[PosterImage]) -> dict[str, Float32Array]:
        """The network's input for some posters."""
        pixels = np.stack([poster.to_model_input(item, self._preprocessing) for item in items])
        return {self._network.inputs[0]: pixels}

    def _forward(self, items: Sequence[PosterImage]) -> Float32Array:
        return self._network.run(self._read(items))

    def activation(self, items: Sequence[PosterImage]) -> Float32Array | None:
        """Which parts of posters speak for each genre, as the network itself tells in its second output.

        Args:
            items: N pictures, at most ``batch_size``.

        Returns:
            float32 (N, h, w, G), in logits before calibration: about what covering a cell with grey would take from
            each genre. Cell (0, 0) is the top left of the poster. None for a network without that output.
        """
        if ACTIVATION_OUTPUT not in self._network.outputs:
            return None
        return self._network.run_all(self._read(items))[self._network.outputs.index(ACTIVATION_OUTPUT)]


class FusionPipeline(Pipeline[tuple[str, PosterImage]]):
    """Scores pairs of a plot and a poster of one film, from the logits of the pipelines for each.

    Its network takes ``plot_logits`` (N, Gp) and ``poster_logits`` (N, Gq), float32, and returns (N, G).
    """

    def __init__(
        self, bundle: Bundle, plot_pipeline: PlotPipeline, poster_pipeline: PosterPipeline, *, threads: int = 1
    ) -> None:
        """Loads the fusion network over two loaded pipelines.

        Raises:
            MLError: it was fitted in a custom that the plot pipeline has not learned.
            ArtifactError: the bundle was fitted over other versions than these, or over others of the same names.
        """
        super().__init__(bundle, threads=threads)
        for kind, part in (("plot", plot_pipeline), ("poster", poster_pipeline)):
            _require_part(bundle, kind, part.bundle)
        self.plot = plot_pipeline
        self.poster = poster_pipeline
        custom = bundle.preprocessing.get("plot_custom", "")
        self._reader = plot_pipeline.with_custom(custom) if custom else plot_pipeline

    def _forward(self, items: Sequence[tuple[str, PosterImage]]) -> Float32Array:
        return self.fuse(
            self.read_plots([plot for plot, _ in items]), self.poster.logits([image for _, image in items])
        )

    def read_plots(self, plots: Sequence[str], known: Float32Array | None = None) -> Float32Array:
        """Logits (N, Gp) of plots as the fusion takes them: in the custom that it was fitted in, if in any.

        Args:
            plots: N plots.
            known: what the plot pipeline said of them already; taken where it speaks in that very custom.
        """
        if known is not None and self._reader.custom == self.plot.custom:
            return known
        return self._reader.logits(plots)

    def fuse(self, plot_logits: Float32Array, poster_logits: Float32Array) -> Float32Array:
        """Logits (N, G) from the logits (N, Gp) and (N, Gq) of the two parts, float32 all."""
        return self._network.run({"plot_logits": plot_logits, "poster_logits": poster_logits})


def _require_part(fusion: Bundle, kind: str, part: Bundle) -> None:
    """Refuses a part that a fusion was not fitted over: its weights and offsets hold for those logits alone."""
    wanted = fusion.preprocessing.get(kind)
    if wanted != part.name:
        raise ArtifactError(f"Bundle {fusion.name} needs the {kind} version {wanted!r}, not {part.name!r}.")
    expected = fusion.preprocessing.get(f"{kind}_scoring_sha256")
    if expected != part.scoring_hash:
        raise ArtifactError(
            f"Bundle {fusion.name} was fitted over a {part.name} of scoring hash {expected}, not {part.scoring_hash}: "
            "fit the fusion again."
        )


def load_pipeline(
    folder: Path, *, threads: int = 1, parts: Path | None = None
) -> PlotPipeline | PosterPipeline | FusionPipeline:
    """Loads the pipeline of a bundle, whatever its kind.

    Args:
        folder: the bundle's folder.
        threads: processor threads for one call.
        parts: for a bundle of kind ``both``, the folder with the bundles it builds on; default its own parent.

    Returns:
        The loaded pipeline.

    Raises:
        ArtifactError: the bundle, or one that it builds on, is refused.
    """
    bundle = load_bundle(folder)
    if bundle.kind == "plot":
        return PlotPipeline(bundle, threads=threads)
    if bundle.kind == "poster":
        return PosterPipeline(bundle, threads=threads)
    home = folder.parent if parts is None else parts
    plot = PlotPipeline(load_bundle(home / bundle.preprocessing["plot"]), threads=threads)
    picture = PosterPipeline(load_bundle(home / bundle.preprocessing["poster"]), threads=threads)
    return FusionPipeline(bundle, plot, picture, threads=threads)
