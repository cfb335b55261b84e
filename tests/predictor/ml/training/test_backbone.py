"""EfficientNet-Lite in Keras: its layout, its padding, and the mapping of PyTorch weights by name."""

import keras
import numpy as np
import pytest

from predictor.ml.errors import ArtifactError
from predictor.ml.training.backbone import (
    POOLED_LAYER,
    POOLED_NORM_LAYER,
    build_backbone,
    build_poster_network,
    build_stages,
    freeze_stages,
    list_blocks,
    load_backbone_weights,
    scale_features,
    torch_name,
)

PUBLISHED_PARAMETERS = {"lite0": 4_694_024, "lite1": 5_470_344, "lite2": 6_150_168}
CLASSIFIER_PARAMETERS = 1000 * 1280 + 1000


@pytest.fixture(scope="module")
def lite0() -> keras.Model:
    return build_backbone("lite0")


def invent_state(model: keras.Model, seed: int = 1) -> dict[str, np.ndarray]:
    """Random PyTorch weights for every layer of a model."""
    generator = np.random.default_rng(seed)
    state: dict[str, np.ndarray] = {}
    for layer in model.layers:
        source = torch_name(layer.name)
        if source is None or not layer.weights:
            continue
        if isinstance(layer, keras.layers.BatchNormalization):
            for part in ("weight", "bias", "running_mean", "running_var"):
                state[f"{source}.{part}"] = generator.uniform(0.5, 1.5, layer.gamma.shape).astype(np.float32)
        else:
            height, width, first, second = layer.kernel.shape
            turned = isinstance(layer, keras.layers.DepthwiseConv2D)
            shape = (first, second, height, width) if turned else (second, first, height, width)
            state[f"{source}.weight"] = generator.normal(0, 0.1, shape).astype(np.float32)
    return state


def convolve_by_hand(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Convolution as PyTorch does it, padding (k - 1) / 2 on each side: (C, H, W) and (O, C, k, k) -> (O, H', W')."""
    size = kernel.shape[-1]
    padded = np.pad(image, ((0, 0), *[((size - 1) // 2,) * 2] * 2))
    rows = range(0, padded.shape[1] - size + 1, stride)
    columns = range(0, padded.shape[2] - size + 1, stride)
    answer = [[np.tensordot(kernel, padded[:, r : r + size, c : c + size], 3) for c in columns] for r in rows]
    return np.asarray(answer).transpose(2, 0, 1)


@pytest.mark.parametrize("variant", PUBLISHED_PARAMETERS)
def test_parameter_count_is_the_published_one(variant: str) -> None:
    counted = build_backbone(variant).count_params() + CLASSIFIER_PARAMETERS
    assert counted == PUBLISHED_PARAMETERS[variant]


def test_blocks_follow_the_paper() -> None:
    widths = [block.channels_out for block in list_blocks("lite0")]
    assert widths == [16, 24, 24, 40, 40, 80, 80, 80, 112, 112, 112, 192, 192, 192, 192, 320]
    assert len(list_blocks("lite1")) == len(list_blocks("lite2")) == 21
    assert list_blocks("lite2")[-1].channels_out == 352


def test_unknown_variant_is_refused() -> None:
    with pytest.raises(ArtifactError, match="must be one of lite0, lite1, lite2, not 'lite9'"):
        list_blocks("lite9")


@pytest.mark.parametrize("side_px", [8, 9])
def test_strided_convolution_pads_both_sides_alike(lite0: keras.Model, side_px: int) -> None:
    state = invent_state(lite0)
    load_backbone_weights(lite0, state)
    image = np.random.default_rng(2).normal(size=(side_px, side_px, 3)).astype(np.float32)
    stem = keras.Model(lite0.input, lite0.get_layer("stem_conv").output)
    found = np.asarray(stem(image[None]))[0].transpose(2, 0, 1)
    expected = convolve_by_hand(image.transpose(2, 0, 1), state["_conv_stem.weight"], stride=2)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_strided_depthwise_convolution_pads_both_sides_alike(lite0: keras.Model) -> None:
    state = invent_state(lite0)
    load_backbone_weights(lite0, state)
    layer = lite0.get_layer("block3_depthwise")
    part = keras.Model(lite0.get_layer("block3_pad").input, layer.output)
    maps = np.random.default_rng(2).normal(size=(8, 8, layer.kernel.shape[2])).astype(np.float32)
    found = np.asarray(part(maps[None]))[0, :, :, 5]
    kernel = state["_blocks.3._depthwise_conv.weight"][5:6]
    np.testing.assert_allclose(found, convolve_by_hand(maps[None, :, :, 5], kernel, stride=2)[0], atol=1e-4)


def test_every_pytorch_weight_finds_its_layer(lite0: keras.Model) -> None:
    state = invent_state(lite0)
    assert load_backbone_weights(lite0, state) == 98
    np.testing.assert_array_equal(lite0.get_layer("head_norm").moving_variance, state["_bn1.running_var"])


def test_missing_or_misshapen_weights_are_refused(lite0: keras.Model) -> None:
    state = invent_state(lite0)
    with pytest.raises(ArtifactError, match=r"_conv_head has shape"):
        load_backbone_weights(lite0, {**state, "_conv_head.weight": np.zeros((1, 1, 1, 1), np.float32)})
    del state["_bn0.bias"]
    with pytest.raises(ArtifactError, match=r"lack _bn0\.bias"):
        load_backbone_weights(lite0, state)


def test_stages_in_two_parts_give_what_the_whole_gives(lite0: keras.Model) -> None:
    state = invent_state(lite0)
    load_backbone_weights(lite0, state)
    image = keras.Input((32, 32, 3))
    lower = keras.Model(image, build_stages("lite0", image, 0, 3))
    middle = keras.Input(lower.output.shape[1:])
    upper = keras.Model(middle, build_stages("lite0", middle, 4))
    for part in (lower, upper):
        load_backbone_weights(part, state)
    pixels = np.random.default_rng(3).normal(size=(2, 32, 32, 3)).astype(np.float32)
    np.testing.assert_allclose(upper(lower(pixels)), lite0(pixels), atol=1e-4)


def test_poster_network_gives_one_logit_a_genre() -> None:
    model = build_poster_network("lite0", 16, 16, 3)
    pixels = np.zeros((2, 16, 16, 3), np.float32)
    assert model(pixels).shape == (2, 3)
    assert model.get_layer("head_conv_relu6").output.shape == (None, 1, 1, 1280)


def test_levels_stand_beside_the_last_map_as_mean_spread_and_maximum() -> None:
    model = build_poster_network("lite0", 32, 32, 3, levels=(1, 3))
    load_backbone_weights(model, invent_state(build_backbone("lite0")))
    freeze_stages(model, "lite0", 7)
    names = ["head_conv_relu6", "block2_add", "block7_add", POOLED_LAYER]
    looked_at = keras.Model(model.input, [model.get_layer(name).output for name in names])
    pixels = np.random.default_rng(4).normal(size=(2, 32, 32, 3)).astype(np.float32)
    last, *shallow, pooled = (np.asarray(values) for values in looked_at(pixels))
    expected = [last.mean(axis=(1, 2))]
    for values in shallow:
        expected += [values.mean(axis=(1, 2)), values.std(axis=(1, 2)), values.max(axis=(1, 2))]
    np.testing.assert_allclose(pooled, np.concatenate(expected, axis=1), rtol=1e-3, atol=1e-2)
    mean, variance = pooled.mean(axis=0), pooled.var(axis=0)
    model.get_layer(POOLED_NORM_LAYER).set_weights([mean, variance])
    scaled = np.asarray(model.get_layer(POOLED_NORM_LAYER)(pooled))
    np.testing.assert_allclose(scaled, scale_features(pooled, mean, variance), atol=1e-4)
