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
        stated = {
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

        def close(one: Any, other: Any) -> None:
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)

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

        def close(one: Any, other: Any) -> None:
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)

        last = of["depthwise/output"].permute(0, 2, 3, 1)
        normed = F.layer_norm(last, (3,), of["norm/weight"], of["norm/bias"], found["norm"]["eps"])
        close(of["norm/output"], normed.permute(0, 3, 1, 2))
        close(of["wide/output"], F.conv2d(of["norm/output"], of["wide/weight"], of["wide/bias"]))
        close(of["narrow/output"], F.conv2d(of["wide.gelu/output"], of["narrow/weight"]))

    def test_writes_what_convolves_to_what_it_writes(self) -> None:
        self.fit(net(), [ConvscopeCallback(self.folder, self.pictures[:2], every=2)])
        log = read(self.folder)

        def close(one: Any, other: Any) -> None:
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)

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
