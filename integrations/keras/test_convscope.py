"""Run with `KERAS_BACKEND=torch python -m unittest discover integrations/keras`; needs keras, torch, tensorboard."""

from __future__ import annotations

import json
import random
import tempfile
import unittest
from pathlib import Path
from typing import Any

import keras  # type: ignore[import-untyped]
import numpy as np
import torch
import torch.nn.functional as F
from keras import layers
from keras.src.applications.convnext import LayerScale  # type: ignore[import-untyped]
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader  # type: ignore[import-untyped]
from tensorboard.util import tensor_util  # type: ignore[import-untyped]

from convscope import ConvscopeCallback


def read(folder: str) -> dict[tuple[str, int], Any]:
    values: dict[tuple[str, int], Any] = {}
    for file in Path(folder).glob("*tfevents*"):
        for event in EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                is_number = value.tensor.dtype == 1
                values[value.tag, event.step] = (
                    torch.from_numpy(tensor_util.make_ndarray(value.tensor).copy())
                    if is_number
                    else list(value.tensor.string_val)
                )
    return values


def net() -> Any:
    pictures = keras.Input((16, 16, 3))
    x = layers.Conv2D(4, 3, padding="same", strides=2, activation="relu", name="first")(pictures)
    y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="depthwise")(x)
    y = layers.Conv2D(4, 1, use_bias=False, name="point")(y)
    y = layers.BatchNormalization(name="norm")(y)
    y = layers.Add(name="sum")([x, layers.ReLU(name="relu")(y)])
    y = layers.Concatenate(name="both")([y, x])
    y = layers.MaxPooling2D(name="pool")(y)
    y = layers.Dropout(0.5, name="drop")(y)
    y = layers.Flatten(name="flat")(y)
    return keras.Model(pictures, layers.Dense(5, activation="softmax", name="head")(y))


def close(one: Any, other: Any) -> None:
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


class CallbackTest(unittest.TestCase):
    def setUp(self) -> None:
        keras.utils.set_random_seed(0)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.pictures = np.random.default_rng(0).normal(size=(12, 16, 16, 3)).astype(np.float32)
        self.labels = np.arange(12) % 5

    def fit(self, model: Any, callbacks: list[Any]) -> list[Any]:
        model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
        model.fit(self.pictures, self.labels, batch_size=4, epochs=1, verbose=0, shuffle=False, callbacks=callbacks)
        return [one.copy() for one in model.get_weights()]

    def logged(
        self,
        model: Any,
        *,
        channels: int = 3,
        axes: str = "channels_last",
        loss: Any = "sparse_categorical_crossentropy",
        layers: Any = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The layers that the log of a training describes, and its tensors at step 0."""
        folder = tempfile.mkdtemp(dir=self.folder)
        pictures = np.random.default_rng(0).normal(size=(4, 16, 16, channels)).astype(np.float32)
        if axes == "channels_first":
            pictures = np.moveaxis(pictures, -1, 1)
        model.compile(keras.optimizers.SGD(0.1), loss)
        labels = np.arange(4) if "entropy" in str(getattr(loss, "name", loss)) else np.ones((4, 5))
        model.fit(pictures, labels, verbose=0, callbacks=[ConvscopeCallback(folder, pictures[:2], layers=layers)])
        log = read(folder)
        ((text,),) = (value for (tag, _), value in log.items() if tag == "convscope/model")
        tensors = {tag: value for (tag, at), value in log.items() if at == 0 and isinstance(value, torch.Tensor)}
        is_scalar = {tag for tag, value in tensors.items() if value.dim() == 0}
        found = {one["name"]: one for one in json.loads(text)["layers"]}
        return found, {tag: value for tag, value in tensors.items() if tag not in is_scalar}

    def test_describes_layers_and_activations_and_who_reads_whom(self) -> None:
        self.fit(net(), [ConvscopeCallback(self.folder, self.pictures[:2])])
        ((text,),) = (value for (tag, _), value in read(self.folder).items() if tag == "convscope/model")
        found = {one["name"]: one for one in json.loads(text)["layers"]}
        self.assertEqual(
            {name: (one["type"], one["inputs"]) for name, one in found.items()},
            {
                "first.pad": ("pad", ["input"]),
                "first": ("conv2d", ["first.pad"]),
                "first.relu": ("activation", ["first"]),
                "depthwise": ("conv2d", ["first.relu"]),
                "point": ("conv2d", ["depthwise"]),
                "norm": ("batchNorm2d", ["point"]),
                "relu": ("activation", ["norm"]),
                "sum": ("add", ["first.relu", "relu"]),
                "both": ("concat", ["sum", "first.relu"]),
                "pool": ("maxPool2d", ["both"]),
                "drop": ("dropout", ["pool"]),
                "flat": ("flatten", ["drop"]),
                "head": ("dense", ["flat"]),
                "head.softmax": ("softmax", ["head"]),
            },
        )
        self.assertEqual((found["depthwise"]["groups"], found["depthwise"]["padding"]), (4, [1, 1]))
        self.assertEqual(found["depthwise"]["input"]["tag"], "first.relu/output")
        self.assertEqual((found["first"]["inputShape"], found["first"]["padding"]), ([3, 17, 17], [0, 0]))

    def test_states_paddings_numbers_and_differences(self) -> None:
        pictures = keras.Input((16, 16, 3))
        x = layers.Rescaling(0.5, offset=-1, name="scaled")(pictures)
        x = layers.ZeroPadding2D(((1, 2), (3, 0)), name="padded")(x)
        x = layers.Cropping2D(((0, 1), (2, 1)), name="cropped")(x)
        one = layers.Conv2D(4, 3, padding="same", activation="selu", name="one")(x)
        two = layers.ReLU(max_value=2, name="two")(one)
        x = layers.Subtract(name="difference")([one, two])
        x = layers.Average(name="average")([x, two])
        x = layers.GlobalMaxPooling2D(name="most")(x)
        head = layers.Dense(5, activation="log_softmax", name="head")(x)
        self.fit(keras.Model(pictures, head), [ConvscopeCallback(self.folder, self.pictures[:2])])
        log = read(self.folder)
        ((text,),) = (value for (tag, _), value in log.items() if tag == "convscope/model")
        found = {one["name"]: one for one in json.loads(text)["layers"]}
        stated: dict[str, dict[str, Any]] = {
            "scaled": {"type": "scale", "factor": 0.5, "offset": -1},
            "padded": {"type": "pad", "sides": [3, 0, 1, 2], "mode": "zeros"},
            "cropped": {"type": "pad", "sides": [-2, -1, 0, -1], "mode": "zeros"},
            "one.selu": {"type": "activation", "kind": "selu"},
            "two": {"type": "activation", "kind": "clamp", "min": 0, "max": 2},
            "difference": {"type": "add", "factors": [1, -1], "inputs": ["one.selu", "two"]},
            "average": {"type": "add", "factors": [0.5, 0.5]},
            "most": {"type": "reduce", "of": "max", "over": "pixels", "outputShape": [4, 1, 1]},
            "head.log_softmax": {"type": "logSoftmax"},
        }
        for name, expected in stated.items():
            self.assertEqual({key: found[name][key] for key in expected}, expected, name)
        padded = F.pad(log["scaled/output", 0], [3, 0, 1, 2])
        torch.testing.assert_close(log["padded/output", 0], padded)
        torch.testing.assert_close(log["cropped/output", 0], F.pad(padded, [-2, -1, 0, -1]))

    def test_states_prelu_and_softmax_over_channels(self) -> None:
        stack = [
            layers.Conv2D(4, 3, name="conv"),
            layers.PReLU(shared_axes=[1, 2], alpha_initializer="random_normal", name="slopes"),
            layers.PReLU(name="everywhere"),
            layers.Softmax(name="share"),
            layers.Softmax(axis=1, name="rows"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(5, activation="softmax", name="head"),
        ]
        model = keras.Sequential([keras.Input((16, 16, 3)), *stack])
        self.fit(model, [ConvscopeCallback(self.folder, self.pictures[:2])])
        log = read(self.folder)
        ((text,),) = (value for (tag, _), value in log.items() if tag == "convscope/model")
        found = {one["name"]: one["type"] for one in json.loads(text)["layers"]}
        self.assertEqual(
            [found[name] for name in ("slopes", "everywhere", "share", "rows", "head.softmax")],
            ["prelu", "other", "softmax", "other", "softmax"],
        )
        of = {tag: value for (tag, at), value in log.items() if at == 0}
        torch.testing.assert_close(of["slopes/output"], F.prelu(of["conv/output"], of["slopes/weight"]))

    def test_states_gates_norms_of_one_picture_and_upsampling(self) -> None:
        pictures = keras.Input((16, 16, 3))
        maps = layers.GroupNormalization(2, center=False, name="norm")(layers.Conv2D(4, 3, name="conv")(pictures))
        pooled = layers.GlobalAveragePooling2D(keepdims=True, name="pool")(maps)
        gate = layers.Conv2D(4, 1, activation="sigmoid", name="gate")(pooled)
        gated = layers.Multiply(name="gated")([maps, gate])
        doubled = layers.UpSampling2D(2, interpolation="bilinear", name="doubled")(gated)
        wide = layers.UpSampling2D((1, 3), name="wide")(doubled)
        outputs = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(wide))
        self.fit(keras.Model(pictures, outputs), [ConvscopeCallback(self.folder, self.pictures[:2])])
        log = read(self.folder)
        ((text,),) = (value for (tag, _), value in log.items() if tag == "convscope/model")
        found = {one["name"]: one for one in json.loads(text)["layers"]}
        self.assertEqual(
            [found[name]["type"] for name in ("norm", "gated", "doubled", "wide")],
            ["groupNorm", "multiply", "upsample", "upsample"],
        )
        self.assertEqual(found["gated"]["inputs"], ["norm", "gate.sigmoid"])
        of = {tag: value for (tag, at), value in log.items() if at == 0}

        close(of["norm/output"], F.group_norm(of["conv/output"], 2, of["norm/weight"], of["norm/bias"], 1e-3))
        close(of["gated/output"], of["norm/output"] * of["gate.sigmoid/output"])
        close(of["doubled/output"], F.interpolate(of["gated/output"], scale_factor=2, mode="bilinear"))
        close(of["wide/output"], F.interpolate(of["doubled/output"], scale_factor=(1, 3)))

    def test_states_layer_norms_and_dense_layers_of_maps(self) -> None:
        pictures = keras.Input((16, 16, 3))
        maps = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(pictures)
        maps = layers.LayerNormalization(epsilon=1e-6, name="norm")(maps)
        maps = layers.Dense(6, activation="gelu", name="wide")(maps)
        narrow = layers.Dense(3, use_bias=False, name="narrow")(maps)
        pooled = layers.GlobalAveragePooling2D(name="mean")(layers.Add(name="sum")([pictures, narrow]))
        outputs = layers.Dense(5, activation="softmax", name="head")(layers.LayerNormalization(name="last")(pooled))
        self.fit(keras.Model(pictures, outputs), [ConvscopeCallback(self.folder, self.pictures[:2])])
        log = read(self.folder)
        ((text,),) = (value for (tag, _), value in log.items() if tag == "convscope/model")
        found = {one["name"]: one for one in json.loads(text)["layers"]}
        self.assertEqual(
            [found[name]["type"] for name in ("norm", "wide", "narrow", "last", "head")],
            ["layerNorm", "conv2d", "conv2d", "layerNorm", "dense"],
        )
        self.assertEqual(found["wide"]["input"], {"from": "record", "tag": "norm/output", "operations": []})
        of = {tag: value for (tag, at), value in log.items() if at == 0}

        last = of["depthwise/output"].permute(0, 2, 3, 1)
        normed = F.layer_norm(last, (3,), of["norm/weight"], of["norm/bias"], found["norm"]["eps"])
        close(of["norm/output"], normed.permute(0, 3, 1, 2))
        close(of["wide/output"], F.conv2d(of["norm/output"], of["wide/weight"], of["wide/bias"]))
        close(of["narrow/output"], F.conv2d(of["wide.gelu/output"], of["narrow/weight"]))

    def test_states_scales_of_channels_and_maxima_with_zero(self) -> None:
        pictures = keras.Input((16, 16, 3))
        x = layers.Conv2D(4, 3, name="conv")(pictures)
        x = LayerScale(0.5, 4, name="scaled")(x)
        x = keras.ops.maximum(keras.ops.maximum(0.0, x), x - 1)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(x))
        model = keras.Model(pictures, head)
        model.get_layer("scaled").gamma.assign([0.5, -1, 2, 0.25])
        found, of = self.logged(model)
        scaled = found["scaled"]
        self.assertEqual((scaled["type"], scaled["groups"], scaled["bias"]), ("conv2d", 4, False))
        self.assertEqual(scaled["input"], {"from": "record", "tag": "conv/output", "operations": []})
        close(of["scaled/output"], F.conv2d(of["conv/output"], of["scaled/weight"], groups=4))
        rectified = next(name for name, one in found.items() if one["type"] == "activation")
        self.assertEqual((found[rectified]["kind"], found[rectified]["inputs"]), ("relu", ["scaled"]))
        close(of[f"{rectified}/output"], of["scaled/output"].relu())
        self.assertEqual([one for one in found.values() if one["type"] == "other"], [])

    def test_states_each_call_of_a_layer(self) -> None:
        pictures = keras.Input((16, 16, 3))
        twice = layers.Conv2D(3, 3, padding="same", activation="relu", name="twice")
        first = twice(pictures)
        second = twice(first)
        inner = keras.Sequential([keras.Input((16, 16, 3)), layers.Conv2D(4, 3, name="deep")], name="inner")
        both = layers.Add(name="sum")([first, second])
        joined = layers.Concatenate(name="joined")([inner(both), inner(second)])
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(joined))
        found, of = self.logged(keras.Model(pictures, head))
        self.assertEqual(found["twice_1"]["inputs"], ["twice.relu"])
        self.assertEqual(found["sum"]["inputs"], ["twice.relu", "twice_1.relu"])
        self.assertEqual(found["joined"]["inputs"], ["inner.deep", "inner.deep_1"])
        self.assertEqual(found["inner.deep_1"]["inputs"], ["twice_1.relu"])
        close(of["twice_1/output"], F.conv2d(of["twice.relu/output"], of["twice_1/weight"], of["twice_1/bias"], 1, 1))
        close(of["sum/output"], of["twice.relu/output"] + of["twice_1.relu/output"])
        close(of["joined/output"], torch.cat([of["inner.deep/output"], of["inner.deep_1/output"]], 1))

    def test_looks_into_models_in_the_net(self) -> None:
        part = keras.Input((None, None, 3))
        maps = layers.BatchNormalization(name="norm")(layers.Conv2D(4, 3, activation="relu", name="conv")(part))
        base = keras.Model(part, maps, name="base")
        base.trainable = False
        pictures = keras.Input((16, 16, 3))
        pooled = layers.GlobalAveragePooling2D(name="mean")(base(pictures, training=False))
        found, of = self.logged(keras.Model(pictures, layers.Dense(5, activation="softmax", name="head")(pooled)))
        self.assertEqual(
            {name: one["inputs"] for name, one in found.items()},
            {
                "base.conv": ["input"],
                "base.conv.relu": ["base.conv"],
                "base.norm": ["base.conv.relu"],
                "mean": ["base.norm"],
                "head": ["mean"],
                "head.softmax": ["head"],
            },
        )
        close(of["mean/output"], of["base.norm/output"].mean((2, 3), keepdim=True))

    def test_states_each_of_several_outputs(self) -> None:
        pictures = keras.Input((16, 16, 4))
        _, back = keras.ops.split(pictures, 2, axis=-1)
        maps = layers.Conv2D(4, 3, name="conv")(back)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(maps))
        found, of = self.logged(keras.Model(pictures, head), channels=4)
        (read,) = found["conv"]["inputs"]
        self.assertEqual(found["conv"]["input"]["tag"], f"{read}/output")
        torch.testing.assert_close(of[f"{read}/output"], of["probes/input"][:, 2:])

    def test_writes_vectors_of_maps_channel_by_channel(self) -> None:
        # TensorFlow cannot convolve channels_first on a CPU.
        orders = ("channels_last",) if keras.backend.backend() == "tensorflow" else ("channels_last", "channels_first")
        for axes in orders:
            pictures = keras.Input((16, 16, 3) if axes == "channels_last" else (3, 16, 16))
            maps = layers.Conv2D(4, 3, strides=2, data_format=axes, name="conv")(pictures)
            flat = layers.Flatten(data_format=axes, name="flat")(maps)
            flat = layers.ReLU(name="relu")(layers.Dropout(0.5, name="drop")(flat))
            normed = layers.BatchNormalization(name="norm")(flat)
            head = layers.Dense(5, activation="softmax", name="head")(flat)
            other = layers.Dense(5, name="other")(normed)
            model = keras.Model(pictures, layers.Add(name="sum")([head, other]))
            found, of = self.logged(model, axes=axes)
            close(of["flat/output"].flatten(1), of["conv/output"].flatten(1))
            close(of["relu/output"], of["flat/output"].relu())
            close(
                of["head/output"].flatten(1), F.linear(of["relu/output"].flatten(1), of["head/weight"], of["head/bias"])
            )
            # Its parameters have the order of Keras.
            self.assertEqual(found["norm"]["type"], "other")
            close(
                of["other/output"].flatten(1),
                F.linear(of["norm/output"].flatten(1), of["other/weight"], of["other/bias"]),
            )

    def test_shows_tokens_and_sequences_not_as_maps(self) -> None:
        pictures = keras.Input((16, 16, 3))
        maps = layers.Conv2D(4, 3, strides=4, padding="same", name="conv")(pictures)
        tokens = layers.Reshape((16, 4), name="tokens")(maps)
        mixed = layers.MultiHeadAttention(2, 2, name="attention")(tokens, tokens)
        summed = layers.Add(name="sum")([tokens, layers.Dense(4, activation="relu", name="dense")(mixed)])
        back = layers.Reshape((4, 4, 4), name="back")(summed)
        turned = layers.Permute((3, 1, 2), name="turned")(layers.Conv2D(3, 1, name="behind")(back))
        last = layers.Conv2D(3, 1, name="last")(turned)
        head = layers.Dense(5, activation="softmax", name="head")(layers.Flatten(name="flat")(last))
        found, of = self.logged(keras.Model(pictures, head))
        for name in ("tokens", "attention", "dense", "dense.relu", "sum", "turned"):
            self.assertEqual(found[name]["type"], "other", name)
            self.assertNotIn(f"{name}/output", of)
        torch.testing.assert_close(of["back/output"].shape, torch.Size([2, 4, 4, 4]))
        # Nobody else has what it reads.
        self.assertEqual(found["last"]["input"]["tag"], "last/input")
        close(of["last/output"], F.conv2d(of["last/input"], of["last/weight"], of["last/bias"]))

    def test_states_both_halves_of_a_separable_convolution(self) -> None:
        pictures = keras.Input((16, 16, 3))
        separable: dict[str, Any] = {"strides": 2, "padding": "same", "depth_multiplier": 2, "activation": "relu"}
        maps = layers.SeparableConv2D(6, 3, **separable, name="separable")(pictures)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(maps))
        found, of = self.logged(keras.Model(pictures, head))
        self.assertEqual(
            [(found[name]["type"], found[name]["inputs"]) for name in ("separable.depthwise", "separable")],
            [("conv2d", ["separable.pad"]), ("conv2d", ["separable.depthwise"])],
        )
        self.assertEqual(found["separable.depthwise"]["outputShape"], [6, 8, 8])
        close(
            of["separable.depthwise/output"],
            F.conv2d(of["separable.pad/output"], of["separable.depthwise/weight"], None, 2, 0, 1, 3),
        )
        whole = F.conv2d(of["separable.depthwise/output"], of["separable/weight"], of["separable/bias"])
        close(of["separable/output"], whole)
        close(of["separable.relu/output"], whole.relu())

    def test_states_what_same_padding_cuts_off_a_transposed_convolution(self) -> None:
        pictures = keras.Input((16, 16, 3))
        maps = [
            layers.Conv2DTranspose(2, size, strides=2, padding="same", activation="relu", name=f"of{size}")(pictures)
            for size in (1, 2, 3, 4, 5)
        ]
        joined = layers.Concatenate(name="joined")(maps)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(joined))
        found, of = self.logged(keras.Model(pictures, head))
        for size in (1, 2, 3, 4, 5):
            name = f"of{size}"
            is_cropped = found[name]["type"] == "pad"
            owner = f"{name}.whole" if is_cropped else name
            spec = found[owner]
            self.assertEqual(spec["type"], "convTranspose2d")
            convolved = F.conv_transpose2d(
                of["probes/input"],
                of[f"{owner}/weight"],
                of[f"{owner}/bias"],
                spec["stride"],
                spec["padding"],
                spec["outputPadding"],
            )
            close(of[f"{owner}/output"], convolved)
            if is_cropped:
                close(of[f"{name}/output"], F.pad(convolved, found[name]["sides"]))
            close(of[f"{name}.relu/output"], of[f"{name}/output"].relu())

    def test_states_same_padding_of_pools(self) -> None:
        pictures = keras.Input((16, 16, 3))
        most = layers.MaxPooling2D(3, 2, padding="same", name="most")(pictures)
        mean = layers.AveragePooling2D(3, 1, padding="same", name="mean")(most)
        even = layers.AveragePooling2D(2, 1, padding="same", name="even")(mean)
        last = layers.MaxPooling2D((2, 3), 1, padding="same", name="last")(even)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="all")(last))
        found, of = self.logged(keras.Model(pictures, head))
        sides = {
            name: (one["type"], one["padding"], one.get("paddingEnd"))
            for name, one in found.items()
            if name in ("most", "mean", "even", "last") and one["inputs"][0] in ("input", "most", "mean", "even")
        }
        self.assertEqual(
            sides,
            {
                "most": ("maxPool2d", [0, 0], [1, 1]),
                "mean": ("avgPool2d", [1, 1], None),
                "even": ("avgPool2d", [0, 0], [1, 1]),
                "last": ("maxPool2d", [0, 1], [1, 1]),
            },
        )
        close(of["most/output"], F.max_pool2d(of["probes/input"], 3, 2, ceil_mode=True))
        close(of["mean/output"], F.avg_pool2d(of["most/output"], 3, 1, 1, count_include_pad=False))
        close(of["even/output"], F.avg_pool2d(F.pad(of["mean/output"], (0, 1, 0, 1), "replicate"), 2, 1))
        close(of["last/output"], F.max_pool2d(F.pad(of["even/output"], (1, 1, 0, 1), value=-torch.inf), (2, 3), 1))

    def test_states_what_an_average_counts_beside_the_maps(self) -> None:
        pictures = keras.Input((16, 16, 3))
        edge = layers.AveragePooling2D((3, 2), 2, padding="same", name="edge")(pictures)
        mean = layers.AveragePooling2D((2, 3), (1, 2), padding="same", name="mean")(edge)
        # Wider than the maps.
        mean = layers.AveragePooling2D((7, 12), (3, 1), padding="same", name="wide")(mean)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="all")(mean))
        found, of = self.logged(keras.Model(pictures, head))
        inputs = {"edge": of["probes/input"], "mean": of["edge/output"], "wide": of["mean/output"]}
        for name, read in inputs.items():
            spec = found[name]
            self.assertEqual((spec["type"], spec["countIncludePad"]), ("avgPool2d", False))
            is_replicated = keras.backend.backend() == "torch"
            self.assertEqual(f"{name}.pad" in found, is_replicated)
            if is_replicated:
                # The values at the edge count several times.
                pad = found[f"{name}.pad"]
                self.assertEqual((spec["inputs"], spec["padding"]), ([pad["name"]], [0, 0]))
                read = F.pad(read, pad["sides"], pad["mode"])
                close(of[f"{name}.pad/output"], read)
                close(of[f"{name}/output"], F.avg_pool2d(read, spec["kernel"], spec["stride"]))
            else:
                (top, left), (bottom, right) = spec["padding"], spec["paddingEnd"]
                parts = [F.pad(one, (left, right, top, bottom)) for one in (read, torch.ones_like(read))]
                sums, counts = (F.avg_pool2d(one, spec["kernel"], spec["stride"]) for one in parts)
                close(of[f"{name}/output"], sums / counts)

    @unittest.skipUnless(hasattr(layers, "AdaptiveMaxPooling2D"), "This version of Keras has no adaptive pools.")
    def test_states_adaptive_pools(self) -> None:
        pictures = keras.Input((16, 16, 3))
        mean = layers.AdaptiveAveragePooling2D((9, 7), name="mean")(pictures)
        most = layers.AdaptiveMaxPooling2D((5, 3), name="most")(mean)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="all")(most))
        found, of = self.logged(keras.Model(pictures, head))
        stated = [(found[name]["type"], found[name]["outputShape"]) for name in ("mean", "most")]
        self.assertEqual(stated, [("adaptiveAvgPool2d", [3, 9, 7]), ("adaptiveMaxPool2d", [3, 5, 3])])
        close(of["mean/output"], F.adaptive_avg_pool2d(of["probes/input"], (9, 7)))
        close(of["most/output"], F.adaptive_max_pool2d(of["mean/output"], (5, 3)))

    def test_states_maxima_and_minima(self) -> None:
        pictures = keras.Input((16, 16, 3))
        one, two = (layers.Conv2D(4, 1, name=name)(pictures) for name in ("one", "two"))
        most = layers.Maximum(name="most")([one, two, layers.GlobalMaxPooling2D(keepdims=True, name="peak")(one)])
        x = keras.ops.minimum(most, two)
        x = keras.ops.minimum(keras.ops.maximum(x, -0.5), 2)
        x = keras.ops.maximum(x, 0)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(x))
        found, of = self.logged(keras.Model(pictures, head))
        kinds = {name: one["type"] for name, one in found.items()}
        self.assertEqual([kind for kind in kinds.values() if kind in ("maximum", "minimum")], ["maximum", "minimum"])
        close(of["most/output"], of["one/output"].maximum(of["two/output"]).maximum(of["peak/output"]))
        least = next(name for name, kind in kinds.items() if kind == "minimum")
        close(of[f"{least}/output"], of["most/output"].minimum(of["two/output"]))
        activations = [one for one in found.values() if one["type"] == "activation"]
        bounds = [{key: one.get(key) for key in ("kind", "min", "max")} for one in activations]
        self.assertEqual(
            bounds,
            [
                {"kind": "clamp", "min": -0.5, "max": None},
                {"kind": "clamp", "min": None, "max": 2},
                {"kind": "relu", "min": None, "max": None},
            ],
        )

    def test_states_operators_and_what_is_repeated(self) -> None:
        pictures = keras.Input((16, 16, 3))
        maps = layers.Conv2D(3, 1, name="conv")(pictures)
        gate = layers.GlobalAveragePooling2D(name="gate")(maps)
        rows = layers.AveragePooling2D((16, 1), name="rows")(maps)
        x = layers.Multiply(name="gated")([maps, gate])
        x = layers.Subtract(name="less")([x, rows])
        x = 1 - keras.ops.relu(x / 2 + pictures)
        x = keras.ops.concatenate([x, maps], -1)
        x = layers.Normalization(mean=[0.1] * 6, variance=[2.0] * 6, name="normal")(x)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(x))
        found, of = self.logged(keras.Model(pictures, head))
        kinds = [
            *("conv2d", "adaptiveAvgPool2d", "avgPool2d", "multiply", "add", "scale", "add", "activation", "scale"),
            *("concat", "batchNorm2d", "adaptiveAvgPool2d", "dense", "softmax"),
        ]
        self.assertEqual(sorted(one["type"] for one in found.values()), sorted(kinds))
        close(of["gated/output"], of["conv/output"] * of["gate/output"])
        close(of["less/output"], of["gated/output"] - of["rows/output"])
        scales = [one for one in found.values() if one["type"] == "scale"]
        self.assertEqual([(one["factor"], one["offset"]) for one in scales], [(0.5, 0), (-1, 1)])
        running = of["normal/running_mean"], of["normal/running_var"]
        close(of["normal/output"], F.batch_norm(of[f"{found['normal']['inputs'][0]}/output"], *running, eps=0))

    def test_captures_mixed_precision_in_full(self) -> None:
        self.addCleanup(keras.config.set_dtype_policy, "float32")
        keras.config.set_dtype_policy("mixed_bfloat16")
        pictures = keras.Input((16, 16, 3))
        maps = layers.Conv2D(4, 3, activation="relu", name="conv")(pictures)
        maps = layers.BatchNormalization(name="norm")(maps)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(maps))
        model = keras.Model(pictures, head)
        _, of = self.logged(model)
        torch.testing.assert_close(
            of["conv/output"], F.conv2d(of["probes/input"], of["conv/weight"], of["conv/bias"]), rtol=1e-5, atol=1e-5
        )
        torch.testing.assert_close(
            of["mean/output"], of["norm/output"].mean((2, 3), keepdim=True), rtol=1e-5, atol=1e-5
        )
        self.assertEqual({one.compute_dtype for one in model.layers[1:]}, {"bfloat16"})

    def test_states_half_precision(self) -> None:
        self.addCleanup(keras.config.set_dtype_policy, "float32")
        keras.config.set_dtype_policy("bfloat16")
        self.fit(net(), [ConvscopeCallback(self.folder, self.pictures[:2])])
        self.assertEqual(json.loads(read(self.folder)["convscope/model", 0][0])["precision"], "bfloat16")

    def test_takes_the_sizes_of_a_net_for_pictures_of_any_size_from_the_probe(self) -> None:
        pictures = keras.Input((None, None, 3))
        maps = layers.Conv2D(4, 3, strides=2, padding="same", name="conv")(pictures)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(maps))
        found, _ = self.logged(keras.Model(pictures, head))
        self.assertEqual((found["conv.pad"]["outputShape"], found["conv"]["outputShape"]), ([3, 17, 17], [4, 8, 8]))

    def test_writes_the_input_of_a_chosen_convolution(self) -> None:
        _, of = self.logged(net(), layers=lambda name: name == "point")
        close(of["point/output"], F.conv2d(of["point/input"], of["point/weight"]))
        self.assertEqual({tag.split("/")[0] for tag in of}, {"point", "probes"})

    def test_writes_layers_whose_name_a_regular_expression_finds(self) -> None:
        _, of = self.logged(net(), layers="^(first|head)$")
        self.assertEqual({tag.split("/")[0] for tag in of}, {"first", "first.pad", "head", "probes"})

    def test_counts_with_numbers_of_numpy(self) -> None:
        self.fit(net(), [ConvscopeCallback(self.folder, self.pictures[:2], every=np.int64(2))])  # type: ignore[arg-type]
        self.assertEqual({step for tag, step in read(self.folder) if tag == "first/output"}, {0, 2})

    def test_says_what_is_wrong_with_its_arguments(self) -> None:
        with self.assertRaisesRegex(ValueError, "as many as the probe has, 2"):
            ConvscopeCallback(self.folder, self.pictures[:2], pictures=self.pictures)
        with self.assertRaisesRegex(TypeError, "interpreted as an integer"):
            ConvscopeCallback(self.folder, self.pictures[:2], every=2.5)  # type: ignore[arg-type]

    def test_a_failing_capture_does_not_stop_the_training(self) -> None:
        def wanted(name: str) -> bool:
            if callback._step == 2:
                raise RuntimeError("no")
            return True

        callback = ConvscopeCallback(self.folder, self.pictures[:2], every=1, layers=wanted)
        with self.assertWarnsRegex(UserWarning, "capture at step 2 failed"):
            self.fit(net(), [callback])
        self.assertEqual({step for tag, step in read(self.folder) if tag == "first/output"}, {0, 1})
        self.assertIn(("loss", 3), read(self.folder))

    def test_begins_at_the_step_that_a_training_continues_from(self) -> None:
        model = net()
        self.fit(model, [])
        model.fit(self.pictures, self.labels, batch_size=4, verbose=0, callbacks=[ConvscopeCallback(self.folder, self.pictures[:2])])
        self.assertEqual({step for _, step in read(self.folder)}, {3, 6})

    def test_takes_no_function_for_the_one_of_keras_with_its_name(self) -> None:
        def gelu(x: Any) -> Any:
            return x * keras.ops.sigmoid(1.702 * x)

        pictures = keras.Input((16, 16, 3))
        maps = layers.Conv2D(4, 3, activation=gelu, name="conv")(pictures)
        maps = layers.Activation("gelu", name="real")(maps)
        head = layers.Dense(5, activation="softmax", name="head")(layers.GlobalAveragePooling2D(name="mean")(maps))
        found, _ = self.logged(keras.Model(pictures, head))
        self.assertEqual((found["conv.gelu"]["type"], found["real"]["kind"]), ("other", "gelu"))

    def test_calls_only_scores_of_classes_predictions(self) -> None:
        for activation, loss, is_written in (
            ("softmax", "sparse_categorical_crossentropy", True),
            (None, keras.losses.SparseCategoricalCrossentropy(from_logits=True), True),
            ("sigmoid", "mse", False),
            (None, "mse", False),
        ):
            pictures = keras.Input((16, 16, 3))
            pooled = layers.GlobalAveragePooling2D(name="mean")(pictures)
            model = keras.Model(pictures, layers.Dense(5, activation=activation, name="head")(pooled))
            _, of = self.logged(model, loss=loss)
            self.assertEqual("probes/predictions" in of, is_written, (activation, loss))

    def test_reads_nets_with_more_inputs_than_pictures(self) -> None:
        more, pictures = keras.Input((4,), name="more"), keras.Input((16, 16, 3), name="pictures")
        maps = layers.Conv2D(4, 3, name="conv")(pictures)
        known = layers.GlobalAveragePooling2D(name="mean")(maps)
        joined = layers.Concatenate(name="joined")([known, layers.Dense(3, name="dense")(more)])
        model = keras.Model([more, pictures], layers.Dense(5, activation="softmax", name="head")(joined))
        model.compile("sgd", "sparse_categorical_crossentropy")
        values = np.random.default_rng(1).normal(size=(12, 4)).astype(np.float32)

        def fit(folder: str, probe: Any) -> None:
            callback = ConvscopeCallback(folder, probe)
            model.fit([values, self.pictures], self.labels, verbose=0, callbacks=[callback])

        fit(f"{self.folder}/tuple", (values[:2], self.pictures[:2]))
        fit(f"{self.folder}/dict", {"pictures": self.pictures[:2], "more": values[:2]})
        for name in ("tuple", "dict"):
            log = read(f"{self.folder}/{name}")
            ((text,),) = (value for (tag, _), value in log.items() if tag == "convscope/model")
            found = {one["name"]: (one["type"], one["inputs"]) for one in json.loads(text)["layers"]}
            self.assertEqual(found["conv"], ("conv2d", ["input"]))
            self.assertEqual(found["dense"], ("other", []))
            self.assertEqual(found["joined"], ("concat", ["mean", "dense"]))
            of = {tag: value for (tag, at), value in log.items() if at == min(step for _, step in log)}
            close(of["conv/output"], F.conv2d(of["probes/input"], of["conv/weight"], of["conv/bias"]))
            close(of["joined/output"], torch.cat([of["mean/output"], of["dense/output"]], 1))
        with self.assertRaisesRegex(ValueError, r"has 2 inputs \(more, pictures\), and the probe 1"):
            fit(f"{self.folder}/one", self.pictures[:2])

    def test_writes_what_convolves_to_what_it_writes(self) -> None:
        self.fit(net(), [ConvscopeCallback(self.folder, self.pictures[:2], every=2)])
        log = read(self.folder)

        for step in (0, 2):
            of = {tag: value for (tag, at), value in log.items() if at == step}
            close(of["first/output"], F.conv2d(of["first.pad/output"], of["first/weight"], of["first/bias"], 2))
            close(of["first.relu/output"], of["first/output"].relu())
            deep = F.conv2d(of["first.relu/output"], of["depthwise/weight"], of["depthwise/bias"], 1, 1, 1, 4)
            close(of["depthwise/output"], deep)
            close(of["point/output"], F.conv2d(deep, of["point/weight"]))
            mean, var = of["norm/running_mean"], of["norm/running_var"]
            close(
                of["norm/output"],
                F.batch_norm(of["point/output"], mean, var, of["norm/weight"], of["norm/bias"], eps=1e-3),
            )
            close(of["both/output"], torch.cat([of["sum/output"], of["first.relu/output"]], 1))
            close(of["pool/output"], F.max_pool2d(of["both/output"], 2))
            head = F.linear(of["pool/output"].flatten(1), of["head/weight"], of["head/bias"])
            close(of["head/output"].flatten(1), head)
            close(of["probes/predictions"], head.softmax(1))
        torch.testing.assert_close(log["probes/input", 0], torch.from_numpy(self.pictures[:2]).permute(0, 3, 1, 2))

    def test_leaves_the_training_as_it_is(self) -> None:
        first = net()
        first.save_weights(f"{self.folder}/start.weights.h5")

        def trained(callbacks: list[Any]) -> list[Any]:
            keras.utils.set_random_seed(1)
            model = net()
            model.load_weights(f"{self.folder}/start.weights.h5")
            return self.fit(model, callbacks)

        tapped = trained([ConvscopeCallback(f"{self.folder}/log", self.pictures[:2], every=1)])
        for one, other in zip(tapped, trained([]), strict=True):
            np.testing.assert_array_equal(one, other)

    def test_refuses_a_model_that_does_not_say_how_its_layers_are_connected(self) -> None:
        class Own(keras.Model):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.conv = layers.Conv2D(5, 16)

            def call(self, x: Any) -> Any:
                return keras.ops.softmax(keras.ops.reshape(self.conv(x), (-1, 5)))

        with self.assertRaisesRegex(ValueError, "how its layers are connected"):
            self.fit(Own(), [ConvscopeCallback(self.folder, self.pictures[:2])])

    def test_checksums_are_those_of_tensorboard(self) -> None:
        import convscope

        self.assertEqual(convscope._crc32c(b"123456789"), 0xE3069283)
        generator = random.Random(0)
        for size in (4096, 4097, 5000, 8191, 65536, 100_003):
            data = generator.randbytes(size)
            self.assertEqual(convscope._masked_crc32c(data), convscope._slow_masked_crc32c(data), size)

    def test_refuses_what_is_no_batch_of_pictures(self) -> None:
        with self.assertRaisesRegex(ValueError, "batch of pictures"):
            ConvscopeCallback(self.folder, self.pictures[0])


if __name__ == "__main__":
    unittest.main()
