"""EfficientNet-Lite 0 to 2 in plain Keras layers, and the loader of its ImageNet weights.

The Lite family is EfficientNet without squeeze-and-excitation, with ReLU6 for swish, and with a stem and a head that
keep their width at every scale. The published PyTorch weights were trained with padding of (kernel - 1) / 2 on each
side; TensorFlow's "same" pads a strided convolution at the bottom and right only, which shifts every later map, so
strided convolutions pad explicitly here.

Source: Tan and Le, "EfficientNet" (2019), table 1 and the compound scaling rule; the Lite changes are those of the
TensorFlow TPU repository's `efficientnet/lite` page.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from predictor.ml.errors import ArtifactError

_STEM_CHANNELS = 32
_HEAD_CHANNELS = 1280
_CHANNEL_MULTIPLE = 8
_NORM_EPSILON = 1e-3
_SMALLEST_VARIANCE = 1e-4


@dataclass(frozen=True)
class _Stage:
    """A run of inverted-residual blocks: the first one strides and widens, the others keep the shape."""

    kernel: int
    stride: int
    expansion: int
    channels: int
    repeats: int


_STAGES = (
    _Stage(kernel=3, stride=1, expansion=1, channels=16, repeats=1),
    _Stage(kernel=3, stride=2, expansion=6, channels=24, repeats=2),
    _Stage(kernel=5, stride=2, expansion=6, channels=40, repeats=2),
    _Stage(kernel=3, stride=2, expansion=6, channels=80, repeats=3),
    _Stage(kernel=5, stride=1, expansion=6, channels=112, repeats=3),
    _Stage(kernel=5, stride=2, expansion=6, channels=192, repeats=4),
    _Stage(kernel=3, stride=1, expansion=6, channels=320, repeats=1),
)
_SCALES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
VARIANTS = tuple(_SCALES)
STAGE_COUNT = len(_STAGES)
LOGITS_LAYER = "genre_logits"
POOLED_LAYER = "pooled"
POOLED_NORM_LAYER = "pooled_norm"


@dataclass(frozen=True)
class Block:
    """One inverted-residual block, ready to build. `index` counts from 0 through the whole network."""

    index: int
    stage: int
    kernel: int
    stride: int
    expansion: int
    channels_in: int
    channels_out: int


def list_blocks(variant: str) -> tuple[Block, ...]:
    """Lays out the blocks of one network.

    Args:
        variant: "lite0", "lite1" or "lite2".

    Returns:
        The blocks from input to output.

    Raises:
        ArtifactError: The variant is unknown.
    """
    if variant not in _SCALES:
        raise ArtifactError(f"The backbone must be one of {', '.join(VARIANTS)}, not {variant!r}.")
    width, depth = _SCALES[variant]
    blocks: list[Block] = []
    channels = _STEM_CHANNELS
    for number, stage in enumerate(_STAGES):
        fixed = number in (0, STAGE_COUNT - 1)
        repeats = stage.repeats if fixed else math.ceil(stage.repeats * depth)
        for repeat in range(repeats):
            channels_out = _scale_channels(stage.channels, width)
            stride = stage.stride if repeat == 0 else 1
            blocks.append(Block(len(blocks), number, stage.kernel, stride, stage.expansion, channels, channels_out))
            channels = channels_out
    return tuple(blocks)


def _scale_channels(channels: int, width: float) -> int:
    """Scales a width to the nearest multiple of eight that loses at most a tenth."""
    scaled = channels * width
    rounded = max(_CHANNEL_MULTIPLE, int(scaled + _CHANNEL_MULTIPLE / 2) // _CHANNEL_MULTIPLE * _CHANNEL_MULTIPLE)
    return rounded if rounded >= 0.9 * scaled else rounded + _CHANNEL_MULTIPLE


def build_backbone(variant: str, height_px: int | None = None, width_px: int | None = None) -> keras.Model:
    """Builds the untrained convolutional network without its classifier.

    Args:
        variant: "lite0", "lite1" or "lite2".
        height_px: Input height in pixels; None for any.
        width_px: Input width in pixels; None for any.

    Returns:
        A model from float32 images (N, H, W, 3), normalised by `predictor.ml.poster`, to the last feature map,
        float32 (N, ceil(H / 32), ceil(W / 32), 1280), values of at least 0 and at most 6.
    """
    image = keras.Input((height_px, width_px, 3), name="image")
    tensor = build_stages(variant, image, 0)
    return keras.Model(image, tensor, name=f"efficientnet_{variant}")


def build_poster_network(
    variant: str, height_px: int, width_px: int, genre_count: int, *, dropout: float = 0.0, levels: Sequence[int] = ()
) -> keras.Model:
    """Builds the untrained poster network: backbone, mean over the picture, one logit per genre.

    Earlier stages see colour, texture and lettering, which the last map has traded for objects: with `levels` the mean,
    the spread and the maximum of their maps stand beside the mean of the last one, each number brought to mean 0 and
    spread 1 by a normalisation that starts as none: its two weights are theirs over the training posters.

    Args:
        variant: "lite0", "lite1" or "lite2".
        height_px: Input height in pixels.
        width_px: Input width in pixels.
        genre_count: G, the number of genres.
        dropout: Share of the pooled features that training drops, in [0, 1).
        levels: Stages, 0 to 6, whose maps are looked at as well.

    Returns:
        A model from float32 images (N, height_px, width_px, 3) to float32 logits (N, G).
    """
    backbone = build_backbone(variant, height_px, width_px)
    if levels:
        pooled = [keras.layers.GlobalAveragePooling2D(name="last_mean")(backbone.output)]
        for stage in levels:
            pooled.extend(_summarise(_find_stage_output(backbone, variant, stage)))
        joined = keras.layers.Concatenate(name=POOLED_LAYER)(pooled)
        features = keras.layers.BatchNormalization(
            epsilon=_NORM_EPSILON, center=False, scale=False, name=POOLED_NORM_LAYER
        )(joined)
    else:
        features = keras.layers.GlobalAveragePooling2D(name=POOLED_LAYER)(backbone.output)
    dropped = keras.layers.Dropout(dropout, name="dropped")(features)
    logits = keras.layers.Dense(genre_count, name=LOGITS_LAYER)(dropped)
    return keras.Model(backbone.input, logits, name=f"poster_{variant}")


def _summarise(feature_map: keras.KerasTensor) -> list[keras.KerasTensor]:
    """Mean, spread and maximum over the picture of each channel, (N, C) each."""
    mean = ops.mean(feature_map, axis=(1, 2))
    square = ops.mean(feature_map * feature_map, axis=(1, 2))
    return [
        mean,
        ops.sqrt(ops.maximum(square - mean * mean, 0.0) + _SMALLEST_VARIANCE),
        ops.max(feature_map, axis=(1, 2)),
    ]


def scale_features(features: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Brings pooled features (N, D) to mean 0 and spread 1, as the normalisation of a network with levels does."""
    return np.asarray((features - mean) / np.sqrt(variance + _NORM_EPSILON), np.float32)


def _find_stage_output(backbone: keras.Model, variant: str, stage: int) -> keras.KerasTensor:
    """The map that a stage hands on: that of its last block, with the shortcut added where there is one."""
    last = [block for block in list_blocks(variant) if block.stage == stage][-1]
    added = last.stride == 1 and last.channels_in == last.channels_out
    return backbone.get_layer(f"block{last.index}_{'add' if added else 'norm2'}").output


def build_stages(
    variant: str, tensor: keras.KerasTensor, first_stage: int, last_stage: int | None = None
) -> keras.KerasTensor:
    """Applies stages `first_stage` to `last_stage` (from 0, both included) to a tensor.

    The stem comes before stage 0; the widening convolution comes after the last stage and only where `last_stage` is
    None. Layer names are those of the whole network, so weights map by name onto any part of it.

    Args:
        variant: "lite0", "lite1" or "lite2".
        tensor: An image batch if `first_stage` is 0, else the output of stage `first_stage - 1`.
        first_stage: The first stage to apply, 0 to 6.
        last_stage: The last stage to apply; None for all, with the widening convolution.

    Returns:
        The feature map, float32 (N, height, width, channels).
    """
    blocks = list_blocks(variant)
    if first_stage == 0:
        tensor = _convolve(tensor, "stem_conv", "stem_norm", _STEM_CHANNELS, kernel=3, stride=2)
    final = STAGE_COUNT - 1 if last_stage is None else last_stage
    for block in blocks:
        if first_stage <= block.stage <= final:
            tensor = _apply_block(tensor, block)
    if last_stage is None:
        tensor = _convolve(tensor, "head_conv", "head_norm", _HEAD_CHANNELS)
    return tensor


def _apply_block(tensor: keras.KerasTensor, block: Block) -> keras.KerasTensor:
    """Widens, filters each channel in space, narrows without activation, and adds the input where shapes agree."""
    shortcut, prefix = tensor, f"block{block.index}"
    if block.expansion != 1:
        tensor = _convolve(tensor, f"{prefix}_expand", f"{prefix}_norm0", block.channels_in * block.expansion)
    tensor = _pad_strided(tensor, f"{prefix}_pad", block.kernel, block.stride)
    tensor = keras.layers.DepthwiseConv2D(
        block.kernel,
        strides=block.stride,
        padding="same" if block.stride == 1 else "valid",
        use_bias=False,
        name=f"{prefix}_depthwise",
    )(tensor)
    tensor = _activate(_normalise(tensor, f"{prefix}_norm1"), f"{prefix}_depthwise_relu6")
    tensor = _convolve(tensor, f"{prefix}_project", f"{prefix}_norm2", block.channels_out, activated=False)
    if block.stride == 1 and block.channels_in == block.channels_out:
        tensor = keras.layers.Add(name=f"{prefix}_add")([shortcut, tensor])
    return tensor


def _convolve(
    tensor: keras.KerasTensor,
    name: str,
    norm_name: str,
    channels: int,
    *,
    kernel: int = 1,
    stride: int = 1,
    activated: bool = True,
) -> keras.KerasTensor:
    tensor = _pad_strided(tensor, f"{name}_pad", kernel, stride)
    padding = "same" if stride == 1 else "valid"
    layer = keras.layers.Conv2D(channels, kernel, strides=stride, padding=padding, use_bias=False, name=name)
    tensor = _normalise(layer(tensor), norm_name)
    return _activate(tensor, f"{name}_relu6") if activated else tensor


def _pad_strided(tensor: keras.KerasTensor, name: str, kernel: int, stride: int) -> keras.KerasTensor:
    if stride == 1:
        return tensor
    return keras.layers.ZeroPadding2D((kernel - 1) // 2, name=name)(tensor)


def _normalise(tensor: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(epsilon=_NORM_EPSILON, momentum=0.99, name=name)(tensor)


def _activate(tensor: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.ReLU(max_value=6.0, name=name)(tensor)


def freeze_stages(model: keras.Model, variant: str, count: int) -> None:
    """Keeps the stem and the first stages, and every normalisation's statistics, as they are in training.

    Batches of a few dozen posters would move the ImageNet statistics faster than the weights can follow.

    Args:
        model: A network made of `build_stages`.
        variant: "lite0", "lite1" or "lite2".
        count: How many stages stand still, 0 to 7; the stem does if any stage does.
    """
    frozen = {f"block{block.index}" for block in list_blocks(variant) if block.stage < count}
    frozen |= {"stem"} if count else set()
    for layer in model.layers:
        normalises = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not normalises and layer.name.partition("_")[0] not in frozen


def load_backbone_weights(model: keras.Model, state: Mapping[str, np.ndarray]) -> int:
    """Copies PyTorch weights onto the Keras layers of the same names.

    Args:
        model: A network, or part of one, made of `build_stages`; layers of other names are left alone.
        state: What `load_state_dict` read: PyTorch name -> array.

    Returns:
        How many layers took weights.

    Raises:
        ArtifactError: A layer's array is missing or has another shape.
    """
    count = 0
    for layer in model.layers:
        source = torch_name(layer.name)
        if source is None or not layer.weights:
            continue
        layer.set_weights(_layer_arrays(layer, source, state))
        count += 1
    return count


def torch_name(layer_name: str) -> str | None:
    """Names the PyTorch module of a Keras layer: "block3_expand" -> "_blocks.3._expand_conv"; None for foreign ones."""
    outer = {"stem_conv": "_conv_stem", "stem_norm": "_bn0", "head_conv": "_conv_head", "head_norm": "_bn1"}
    inner = {"expand": "_expand_conv", "depthwise": "_depthwise_conv", "project": "_project_conv"}
    inner |= {f"norm{number}": f"_bn{number}" for number in range(3)}
    if layer_name in outer:
        return outer[layer_name]
    prefix, _, part = layer_name.partition("_")
    if not prefix.startswith("block") or part not in inner:
        return None
    return f"_blocks.{int(prefix.removeprefix('block'))}.{inner[part]}"


def _layer_arrays(layer: keras.Layer, source: str, state: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """Fetches a layer's arrays in Keras order: convolutions go from (out, in, h, w) to (h, w, in, out)."""
    if isinstance(layer, keras.layers.BatchNormalization):
        arrays = [_fetch(state, f"{source}.{part}") for part in ("weight", "bias", "running_mean", "running_var")]
    else:
        kernel = _fetch(state, f"{source}.weight")
        axes = (2, 3, 0, 1) if isinstance(layer, keras.layers.DepthwiseConv2D) else (2, 3, 1, 0)
        arrays = [kernel.transpose(axes)]
    for array, weight in zip(arrays, layer.weights, strict=True):
        if tuple(array.shape) != tuple(weight.shape):
            raise ArtifactError(f"{source} has shape {array.shape}; layer {layer.name} needs {tuple(weight.shape)}.")
    return arrays


def _fetch(state: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    if name not in state:
        raise ArtifactError(f"The backbone weights lack {name}.")
    return state[name]
