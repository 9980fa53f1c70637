"""Writes the feature maps of a Keras 3 net into a TensorBoard log, for convscope.

    model.fit(images, labels, callbacks=[ConvscopeCallback("runs/first", probe, every=100)])

At step 0 and at every `every`-th step the callback runs the probe pictures through the net, in inference. It writes
what each layer returned, its weights and biases, and once a description of the net: its layers, their parameters and
who reads whom. `convscope serve --logdir runs` shows it.

Maps are written as [N, C, H, W] and kernels as [out, in, kH, kW], whatever the net's data format is. An activation
that is an argument of a layer is written as a layer of its own, `conv2d.relu`, so that the layer's output is from
before it.

One file, so that it can be copied into a project. It needs Keras 3, numpy and tensorboard, and runs on every backend.
Functional and Sequential models can be read; a subclassed one does not say how its layers are connected.
"""

from __future__ import annotations

import json
import math
import struct
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import keras  # type: ignore[import-untyped]
import numpy as np
from tensorboard.compat.proto import tensor_pb2, types_pb2  # type: ignore[import-untyped]
from tensorboard.compat.proto.event_pb2 import Event  # type: ignore[import-untyped]
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata  # type: ignore[import-untyped]
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto  # type: ignore[import-untyped]
from tensorboard.summary.writer.event_file_writer import EventFileWriter  # type: ignore[import-untyped]

__all__ = ["ConvscopeCallback"]

NET_INPUT = "input"

Array = np.ndarray[Any, np.dtype[np.float32]]
Json = dict[str, Any]


class ConvscopeCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Captures a net while `fit` trains it.

    Args:
        logdir: the folder of the run, for example "runs/first".
        probe: the pictures to watch, as the net reads them: [N, H, W, C], or [N, C, H, W] for channels_first.
        every: capture at multiples of this step, or where this function of the step says so.
        layers: writes only layers that this function of a name accepts. The description always has all of them.
        pictures: the probe before normalisation, for showing: floats in 0..1 or uint8, in the same format. Without
            it, each picture of the probe is stretched from its darkest to its brightest value.

    Raises:
        ValueError: for a probe that is not a batch of pictures, for `every` below 1, and for a subclassed model.
    """

    def __init__(
        self,
        logdir: str,
        probe: Any,
        every: int | Callable[[int], bool] = 100,
        *,
        layers: Callable[[str], bool] | None = None,
        pictures: Any = None,
    ) -> None:
        super().__init__()
        self._probe = np.asarray(probe)
        if self._probe.ndim != 4 or self._probe.size == 0:
            raise ValueError(f"The probe must be a batch of pictures, not {list(self._probe.shape)}.")
        if isinstance(every, int) and every < 1:
            raise ValueError(f"every={every}: a capture at most at every step, so 1 or more.")
        self._pictures = None if pictures is None else np.asarray(pictures)
        self._logdir = logdir
        self._every = every
        self._wants = layers or (lambda _: True)
        self._step = 0
        self._reader: _Reader | None = None
        self._files: EventFileWriter | None = None

    def on_train_begin(self, logs: object = None) -> None:
        self._reader = _Reader(self.model)
        _hasten_checksums()
        self._files = EventFileWriter(self._logdir)
        self._write("convscope/model", _strings([json.dumps(self._reader.description).encode()]), "text")
        self._write("probes/input", _numbers(self._reader.as_maps(self._probe)))
        shown = self._probe if self._pictures is None else self._pictures
        maps = np.moveaxis(shown, -1, 1) if self._reader.is_channels_last else shown
        pngs = [_png(_bytes_of(one, stretch=self._pictures is None)) for one in maps]
        size = [str(maps.shape[3]).encode(), str(maps.shape[2]).encode()]
        self._write("probes/pictures", _strings([*size, *pngs]), "images")
        self._step = self._done()
        self.capture()

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        before, self._step = self._step, self._done()
        every = self._every
        # Several steps may be executed at once.
        is_due = self._step // every > before // every if isinstance(every, int) else every(self._step)
        if is_due:
            self.capture()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        for name, value in (logs or {}).items():
            self._scalar(name, float(value))

    def on_train_end(self, logs: object = None) -> None:
        if self._files is not None:
            self._files.close()
            self._files = None

    def capture(self) -> None:
        """Captures now. The training must have begun."""
        if self._reader is None:
            raise RuntimeError("There is nothing to capture before the training has begun.")
        began = time.perf_counter()
        # The JAX backend keeps the weights of a running epoch to itself.
        sync = getattr(self.model, "jax_state_sync", None)
        if sync is not None:
            sync()
        records, output = self._reader.read(self._probe, self._wants)
        for tag, values in records.items():
            self._write(tag, _numbers(values))
        if output.ndim == 2 and output.shape[1] > 1:
            self._write("probes/predictions", _numbers(_probabilities(output)))
        self._scalar("perf/capture_ms", (time.perf_counter() - began) * 1000)

    def _done(self) -> int:
        return int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))

    def _scalar(self, tag: str, value: float) -> None:
        self._add(Summary.Value(tag=tag, simple_value=value))

    def _write(self, tag: str, tensor: Any, plugin: str = "") -> None:
        value = Summary.Value(tag=tag, tensor=tensor)
        if plugin:
            value.metadata.CopyFrom(SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin)))
        self._add(value)

    def _add(self, value: Any) -> None:
        if self._files is not None:
            event = Event(wall_time=time.time(), step=self._step, summary=Summary(value=[value]))
            self._files.add_event(event)


class _Reader:
    """Reads a Functional or Sequential model."""

    def __init__(self, model: Any) -> None:
        functional = getattr(model, "_functional", None) or model
        if not hasattr(functional, "operations") or len(functional.inputs) != 1:
            raise ValueError(
                f"{type(model).__name__} does not say how its layers are connected: only Functional and Sequential "
                "models with one input can be read."
            )
        self._layers = [one for one in functional.operations if type(one).__name__ != "InputLayer"]
        formats = [one.data_format for one in self._layers if hasattr(one, "data_format")]
        self.is_channels_last = (formats or [keras.config.image_data_format()])[0] != "channels_first"
        # The tensor of a layer that is called twice is that of its first call.
        outputs = {one.name: one._inbound_nodes[0].output_tensors[0] for one in self._layers}
        self._outputs = keras.Model(functional.inputs[0], outputs)
        self._producers = {
            one.name: [_producer(tensor) for tensor in one._inbound_nodes[0].input_tensors] for one in self._layers
        }
        self._input_shape = tuple(functional.inputs[0].shape)
        self._shapes = {name: tuple(tensor.shape) for name, tensor in outputs.items()}
        #: By the name of a layer: that of the layer whose output is behind its activation.
        self._ends: dict[str, str] = {}
        self._last = _producer(functional.outputs[0])
        self.description = self._describe(model)

    def read(self, probe: Any, wants: Callable[[str], bool]) -> tuple[dict[str, Array], Array]:
        """What is to be written, by tag, and the net's output."""
        native = {
            name: keras.ops.stop_gradient(value) for name, value in self._outputs(probe, training=False).items()
        }
        values = {name: _array(value) for name, value in native.items()}
        native[NET_INPUT] = keras.ops.convert_to_tensor(probe)
        records: dict[str, Array] = {}
        for layer in self._layers:
            name, producers = layer.name, self._producers[layer.name]
            activation = _fused(layer)
            output = values[name]
            if activation is not None:
                if wants(f"{name}.{activation}"):
                    records[f"{name}.{activation}/output"] = self.as_maps(output)
                output = self._before_activation(layer, native[producers[0]])
            if wants(name) and not _is_dropout(layer):
                records[f"{name}/output"] = self.as_maps(output)
                records.update({f"{name}/{role}": value for role, value in self._weights(layer).items()})
            sides = self._uneven_padding(layer)
            if sides is not None and wants(name):
                source = self.as_maps(_array(native[producers[0]]))
                records[f"{name}.pad/output"] = np.pad(source, [(0, 0), (0, 0), *sides])
        return records, values[self._last]

    def as_maps(self, value: Any) -> Array:
        """[N, C, H, W]; a vector of n values is [N, n, 1, 1]."""
        array = np.asarray(value, dtype=np.float32)
        if array.ndim == 4:
            return np.ascontiguousarray(np.moveaxis(array, -1, 1)) if self.is_channels_last else array
        return array.reshape(array.shape[0], -1, 1, 1)

    @staticmethod
    def _before_activation(layer: Any, value: Any) -> Array:
        activation = layer.activation
        try:
            layer.activation = keras.activations.linear
            return _array(keras.ops.stop_gradient(layer(value)))
        finally:
            layer.activation = activation

    def _maps_shape(self, shape: Sequence[int | None]) -> list[int]:
        if len(shape) != 4:
            return [math.prod(size or 1 for size in shape[1:]), 1, 1]
        if None in shape[1:]:
            raise ValueError(f"The net reads pictures of any size, {list(shape)}: give its Input a fixed one.")
        _, *rest = (size or 0 for size in shape)
        return [rest[2], rest[0], rest[1]] if self.is_channels_last else rest

    def _shape_of(self, name: str) -> list[int]:
        return self._maps_shape(self._input_shape if name == NET_INPUT else self._shapes[name])

    def _describe(self, model: Any) -> Json:
        layers: list[Json] = []
        for layer in self._layers:
            name, producers = layer.name, self._producers[layer.name]
            inputs = [self._ends.get(one, one) for one in producers]
            spec = self._spec(layer)
            sides = self._uneven_padding(layer)
            shape = self._shape_of(name)
            if spec["type"] == "conv2d":
                before = self._shape_of(producers[0])
                spec["inputShape"] = before
                spec["input"] = self._source(producers[0], inputs[0])
                if sides is not None:
                    padded = [before[0], *(size + sum(side) for size, side in zip(before[1:], sides, strict=True))]
                    pad = f"{name}.pad"
                    layers.append({"name": pad, **_padding(sides), "inputs": inputs, "outputShape": padded})
                    inputs = [pad]
                    spec["inputShape"] = padded
                    spec["input"] = {"from": "record", "tag": f"{pad}/output", "operations": []}
            layers.append({"name": name, **spec, "inputs": inputs, "outputShape": shape})
            activation = _fused(layer)
            if activation is not None:
                own = f"{name}.{activation}"
                self._ends[name] = own
                described = self._activation_of_channels(activation, name) or _activation(activation)
                layers.append({"name": own, **described, "inputs": [name], "outputShape": shape})
        return {
            "version": 1,
            "name": str(model.name),
            "parameters": int(model.count_params()),
            "inputShape": self._shape_of(NET_INPUT),
            "layers": layers,
        }

    def _source(self, producer: str, end: str) -> Json:
        by_name = {one.name: one for one in self._layers}
        while producer in by_name and _is_dropout(by_name[producer]):
            producer = self._producers[producer][0]
            end = self._ends.get(producer, producer)
        if producer == NET_INPUT:
            return {"from": "probes"}
        return {"from": "record", "tag": f"{end}/output", "operations": []}

    def _same_padding(self, layer: Any) -> list[tuple[int, int]]:
        """Per axis: how much of TensorFlow's padding='same' stands before and behind."""
        if getattr(layer, "padding", "valid") != "same":
            return [(0, 0), (0, 0)]
        sides = []
        kernel, stride, dilation = _window(layer)
        _, *sizes = self._shape_of(self._producers[layer.name][0])
        for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
            total = max((math.ceil(size / s) - 1) * s + d * (k - 1) + 1 - size, 0)
            sides.append((total // 2, total - total // 2))
        return sides

    def _uneven_padding(self, layer: Any) -> list[tuple[int, int]] | None:
        if not isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
            return None
        sides = self._same_padding(layer)
        return sides if any(before != behind for before, behind in sides) else None

    def _spec(self, layer: Any) -> Json:
        layers = keras.layers
        other: Json = {"type": "other", "kind": type(layer).__name__}
        if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D):
            kernel, stride, dilation = _window(layer)
            channels = self._shape_of(self._producers[layer.name][0])[0]
            padding = [0, 0] if self._uneven_padding(layer) else [one for one, _ in self._same_padding(layer)]
            return {
                "type": "conv2d",
                "inChannels": channels,
                "outChannels": self._shape_of(layer.name)[0],
                "kernel": kernel,
                "stride": stride,
                "padding": padding,
                "dilation": dilation,
                "groups": channels if isinstance(layer, layers.DepthwiseConv2D) else layer.groups,
                "paddingMode": "zeros",
                "bias": bool(layer.use_bias),
                "activation": "none",
            }
        if isinstance(layer, layers.Conv2DTranspose):
            kernel, stride, dilation = _window(layer)
            is_plain = layer.padding == "valid" and layer.output_padding is None and dilation == [1, 1]
            if not is_plain or any(k < s for k, s in zip(kernel, stride, strict=True)):
                return other
            return {
                "type": "convTranspose2d",
                "inChannels": self._shape_of(self._producers[layer.name][0])[0],
                "outChannels": layer.filters,
                "kernel": kernel,
                "stride": stride,
                "bias": bool(layer.use_bias),
                "activation": "none",
            }
        if isinstance(layer, layers.Dense):
            inputs = self._producers[layer.name][0]
            is_vector = len(self._input_shape if inputs == NET_INPUT else self._shapes[inputs]) == 2
            if self._is_pointwise(layer):
                return {
                    "type": "conv2d",
                    "inChannels": int(layer.kernel.shape[0]),
                    "outChannels": layer.units,
                    "kernel": [1, 1],
                    "stride": [1, 1],
                    "padding": [0, 0],
                    "dilation": [1, 1],
                    "groups": 1,
                    "paddingMode": "zeros",
                    "bias": bool(layer.use_bias),
                    "activation": "none",
                }
            sizes = {"inFeatures": int(layer.kernel.shape[0]), "outFeatures": layer.units}
            return (
                {"type": "dense", **sizes, "bias": bool(layer.use_bias), "activation": "none"} if is_vector else other
            )
        if isinstance(layer, layers.BatchNormalization):
            is_of_channels = len(self._shapes[layer.name]) == 4 and layer.axis in (
                (3, -1) if self.is_channels_last else (1, -3)
            )
            affine = bool(layer.scale or layer.center)
            return {"type": "batchNorm2d", "eps": layer.epsilon, "affine": affine} if is_of_channels else other
        if isinstance(layer, layers.GroupNormalization):
            if len(self._shapes[layer.name]) != 4 or not self._is_of_channels(layer.axis, layer.name):
                return other
            groups = self._shape_of(layer.name)[0] if layer.groups == -1 else layer.groups
            affine = bool(layer.scale or layer.center)
            return {"type": "groupNorm", "groups": groups, "eps": layer.epsilon, "affine": affine}
        if isinstance(layer, layers.LayerNormalization):
            axes = list(layer.axis) if isinstance(layer.axis, list | tuple) else [layer.axis]
            is_of_channels = len(axes) == 1 and self._is_of_channels(axes[0], layer.name)
            if not is_of_channels or getattr(layer, "rms_scaling", False):
                return other
            affine = bool(layer.scale or layer.center)
            return {"type": "layerNorm", "eps": layer.epsilon, "affine": affine}
        if isinstance(layer, layers.UpSampling2D):
            if layer.interpolation not in ("nearest", "bilinear"):
                return other
            return {"type": "upsample", "mode": layer.interpolation, "alignCorners": False}
        if isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D):
            sides = self._same_padding(layer)
            if any(before != behind for before, behind in sides):
                return other
            kernel, stride, _ = _window(layer)
            window = {"kernel": kernel, "stride": stride, "padding": [one for one, _ in sides], "ceilMode": False}
            if isinstance(layer, layers.MaxPooling2D):
                return {"type": "maxPool2d", **window, "dilation": [1, 1]}
            return {"type": "avgPool2d", **window, "countIncludePad": False}
        if isinstance(layer, layers.GlobalAveragePooling2D):
            return {"type": "adaptiveAvgPool2d"}
        if isinstance(layer, layers.GlobalMaxPooling2D):
            return {"type": "reduce", "of": "max", "over": "pixels"}
        if isinstance(layer, layers.ZeroPadding2D):
            return _padding(layer.padding)
        if isinstance(layer, layers.Cropping2D):
            return _padding([(-before, -behind) for before, behind in layer.cropping])
        if isinstance(layer, layers.Rescaling):
            is_plain = np.ndim(layer.scale) == np.ndim(layer.offset) == 0
            return {"type": "scale", "factor": float(layer.scale), "offset": float(layer.offset)} if is_plain else other
        if isinstance(layer, layers.Subtract | layers.Average):
            producers = self._producers[layer.name]
            is_alike = len({tuple(self._shape_of(one)) for one in producers}) == 1
            factors = [1, -1] if isinstance(layer, layers.Subtract) else [1 / len(producers)] * len(producers)
            return {"type": "add", "factors": factors} if is_alike else other
        if isinstance(layer, layers.Add):
            shapes = {tuple(self._shape_of(one)) for one in self._producers[layer.name]}
            return {"type": "add"} if len(shapes) == 1 else other
        if isinstance(layer, layers.Multiply):
            return {"type": "multiply"}
        if isinstance(layer, layers.Concatenate):
            return {"type": "concat"} if layer.axis in ((3, -1) if self.is_channels_last else (1, -3)) else other
        if isinstance(layer, layers.Flatten):
            return {"type": "flatten"}
        if _is_dropout(layer):
            return {"type": "dropout"}
        if isinstance(layer, layers.ReLU):
            if layer.threshold == 0 and layer.max_value is None:
                slope = float(layer.negative_slope)
                return _activation("leaky_relu", slope) if slope else _activation("relu")
            if (layer.threshold, layer.negative_slope) != (0, 0):
                return other
            most = float(layer.max_value)
            return _activation("relu6") if most == 6 else {"type": "activation", "kind": "clamp", "min": 0, "max": most}
        if isinstance(layer, layers.LeakyReLU):
            return _activation("leaky_relu", float(layer.negative_slope))
        if isinstance(layer, layers.PReLU):
            slopes = self._slopes(layer)
            return other if slopes is None else {"type": "prelu"}
        if isinstance(layer, layers.Softmax):
            return {"type": "softmax"} if self._is_of_channels(layer.axis, layer.name) else other
        if isinstance(layer, layers.Activation):
            name = getattr(layer.activation, "__name__", "activation")
            return self._activation_of_channels(name, layer.name) or _activation(name)
        return other

    def _activation_of_channels(self, activation: str, name: str) -> Json | None:
        """Of those that read all channels of a pixel; None for others."""
        kind = {"softmax": "softmax", "log_softmax": "logSoftmax"}.get(activation)
        return {"type": kind} if kind is not None and self._is_of_channels(-1, name) else None

    def _is_pointwise(self, layer: Any) -> bool:
        """Whether it is a dense layer of the channels of each pixel, which is a convolution of 1×1."""
        is_of_maps = isinstance(layer, keras.layers.Dense) and len(self._shapes[layer.name]) == 4
        return is_of_maps and self.is_channels_last

    def _is_of_channels(self, axis: int, name: str) -> bool:
        """Whether an axis of a layer's output is that of the channels."""
        rank = len(self._shapes[name])
        own = rank - 1 if rank == 2 or self.is_channels_last else 1
        return rank in (2, 4) and axis in (own, own - rank)

    def _slopes(self, layer: Any) -> Array | None:
        """One slope, or one for each channel: undefined if places of the maps have slopes of their own."""
        alpha = _array(layer.alpha)
        axis = -1 if alpha.ndim == 1 or self.is_channels_last else 0
        return alpha.reshape(-1) if alpha.size in (1, alpha.shape[axis]) else None

    def _weights(self, layer: Any) -> dict[str, Array]:
        layers = keras.layers
        kernel = getattr(layer, "kernel", None)
        found: dict[str, Array] = {}
        if isinstance(layer, layers.DepthwiseConv2D):
            # [kH, kW, in, multiplier]
            value = _array(layer.kernel).transpose(2, 3, 0, 1)
            found["weight"] = value.reshape(-1, 1, *value.shape[2:])
        elif isinstance(layer, layers.Conv2D | layers.Conv2DTranspose):
            found["weight"] = _array(kernel).transpose(3, 2, 0, 1)
        elif self._is_pointwise(layer):
            found["weight"] = _array(kernel).T[:, :, None, None]
        elif isinstance(layer, layers.Dense):
            found["weight"] = self._in_order_of_maps(layer, _array(kernel)).T
        elif isinstance(layer, layers.PReLU):
            slopes = self._slopes(layer)
            return {} if slopes is None else {"weight": slopes}
        elif isinstance(layer, layers.BatchNormalization):
            mean = _array(layer.moving_mean)
            found = {"running_mean": mean, "running_var": _array(layer.moving_variance)}
            if layer.scale or layer.center:
                found["weight"] = _array(layer.gamma) if layer.scale else np.ones_like(mean)
                found["bias"] = _array(layer.beta) if layer.center else np.zeros_like(mean)
            return found
        elif isinstance(layer, layers.GroupNormalization | layers.LayerNormalization):
            if layer.scale or layer.center:
                size = self._shape_of(layer.name)[0]
                found["weight"] = _array(layer.gamma) if layer.scale else np.ones(size, np.float32)
                found["bias"] = _array(layer.beta) if layer.center else np.zeros(size, np.float32)
            return found
        if found and layer.bias is not None:
            found["bias"] = _array(layer.bias)
        return found

    def _in_order_of_maps(self, layer: Any, kernel: Array) -> Array:
        """Rows in the order [channel, y, x]: what is flattened is [y, x, channel]."""
        by_name = {one.name: one for one in self._layers}
        producer = self._producers[layer.name][0]
        while producer in by_name and (_is_dropout(by_name[producer]) or _is_flatten(by_name[producer])):
            was_flatten = _is_flatten(by_name[producer])
            producer = self._producers[producer][0]
            shape = self._input_shape if producer == NET_INPUT else self._shapes[producer]
            if was_flatten and len(shape) == 4 and self.is_channels_last:
                _, height, width, channels = shape
                return kernel.reshape(height, width, channels, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
        return kernel


def _producer(tensor: Any) -> str:
    operation = tensor._keras_history.operation
    return NET_INPUT if type(operation).__name__ == "InputLayer" else str(operation.name)


def _is_dropout(layer: Any) -> bool:
    layers = keras.layers
    return isinstance(layer, layers.Dropout | layers.SpatialDropout2D | layers.GaussianNoise | layers.Identity)


def _is_flatten(layer: Any) -> bool:
    return isinstance(layer, keras.layers.Flatten)


def _fused(layer: Any) -> str | None:
    """The name of the activation that is an argument of a layer with weights."""
    layers = keras.layers
    if not isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D | layers.Conv2DTranspose | layers.Dense):
        return None
    name = str(getattr(layer.activation, "__name__", "activation"))
    return None if layer.activation is None or name == "linear" else name


_ACTIVATIONS = {
    "relu": "relu",
    "relu6": "relu6",
    "leaky_relu": "leakyRelu",
    "elu": "elu",
    "gelu": "gelu",
    "silu": "silu",
    "swish": "silu",
    "mish": "mish",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "hard_swish": "hardswish",
    "hard_silu": "hardswish",
    "hard_sigmoid": "hardsigmoid",
    "selu": "selu",
}


def _activation(name: str, negative_slope: float = 0.2) -> Json:
    kind = _ACTIVATIONS.get(name)
    if kind is None:
        return {"type": "other", "kind": name}
    slope = {"negativeSlope": negative_slope} if kind == "leakyRelu" else {}
    return {"type": "activation", "kind": kind, **slope}


def _padding(sides: Sequence[tuple[int, int]]) -> Json:
    """Of rows, and of columns: how much stands before and behind, or, below 0, is cut off."""
    (top, bottom), (left, right) = sides
    return {"type": "pad", "sides": [left, right, top, bottom], "mode": "zeros"}


def _window(layer: Any) -> tuple[list[int], list[int], list[int]]:
    kernel = getattr(layer, "kernel_size", None) or layer.pool_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    return [*kernel], [*layer.strides], [dilation] * 2 if isinstance(dilation, int) else [*dilation]


def _array(value: Any) -> Array:
    return np.asarray(keras.ops.convert_to_numpy(value), dtype=np.float32)


def _probabilities(output: Array) -> Array:
    is_softmax = bool((output >= 0).all()) and np.allclose(output.sum(1), 1, atol=1e-3)
    if is_softmax:
        return output
    exponentials: Array = np.exp(output - output.max(1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(1, keepdims=True), dtype=np.float32)


def _bytes_of(picture: Any, *, stretch: bool) -> Any:
    """[1 or 3, H, W] in uint8."""
    shown = picture if picture.shape[0] in (1, 3) else picture[:1]
    if shown.dtype == np.uint8:
        return shown
    values = np.nan_to_num(shown.astype(np.float32))
    if stretch:
        low, high = values.min(), values.max()
        values = (values - low) / max(high - low, 1e-12)
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def _png(picture: Any) -> bytes:
    channels, height, width = picture.shape
    rows = np.ascontiguousarray(np.moveaxis(picture, 0, -1)).reshape(height, width * channels)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in parts
    )


def _numbers(values: Array) -> Any:
    return tensor_pb2.TensorProto(
        dtype=types_pb2.DT_FLOAT,
        tensor_shape=_shape(values.shape),
        tensor_content=np.ascontiguousarray(values, dtype="<f4").tobytes(),
    )


def _strings(strings: list[bytes]) -> Any:
    return tensor_pb2.TensorProto(dtype=types_pb2.DT_STRING, tensor_shape=_shape([len(strings)]), string_val=strings)


def _shape(sizes: Sequence[int]) -> Any:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


# ------------------------------------------------------------------------------------------------------ its checksum
# TensorBoard computes the CRC32C of a record byte by byte in Python: 6 MB/s, and a capture may have 100 MB. This is
# the same function, 18 times as fast: many stretches of a record are walked through at once, and then joined.


def _step_table() -> Any:
    """The register after one more byte, by the register's lowest byte."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0x82F63B78), table >> 1).astype(np.uint32)
    return table


_STEP = _step_table()
#: Records below this are left to TensorBoard.
_LEAST_BYTES = 4096


def _applied(columns: Any, registers: Any) -> Any:
    """A linear map, as the images of the 32 bits, of each register."""
    result = np.zeros_like(registers)
    for bit in range(32):
        result ^= np.where((registers >> np.uint32(bit)) & 1, columns[bit], np.uint32(0))
    return result


def _zeros(count: int) -> Any:
    """What `count` bytes of 0 do to a register."""
    bits = np.uint32(1) << np.arange(32, dtype=np.uint32)
    power = _STEP[bits & 0xFF] ^ (bits >> np.uint32(8))
    result = bits
    while count:
        if count & 1:
            result = _applied(power, result)
        power = _applied(power, power)
        count >>= 1
    return result


def _crc32c(data: bytes) -> int:
    size = len(data)
    # A power of two of stretches, of about as many bytes.
    stretches = 1 << (size.bit_length() // 2)
    length = size // stretches
    whole = stretches * length
    columns = np.ascontiguousarray(np.frombuffer(data, np.uint8, whole).reshape(stretches, length).T)
    registers = np.zeros(stretches, np.uint32)
    registers[0] = 0xFFFFFFFF
    for column in columns:
        registers = _STEP[(registers ^ column) & 0xFF] ^ (registers >> np.uint32(8))
    shift = _zeros(length)
    while len(registers) > 1:
        registers = _applied(shift, registers[0::2]) ^ registers[1::2]
        shift = _applied(shift, shift)
    crc = int(registers[0])
    for byte in data[whole:]:
        crc = int(_STEP[(crc ^ byte) & 0xFF]) ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _masked_crc32c(data: bytes) -> int:
    if len(data) < _LEAST_BYTES:
        return int(_slow_masked_crc32c(data))
    crc = _crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _slow_masked_crc32c(data: bytes) -> int:
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c  # type: ignore[import-untyped]

    return int(masked_crc32c(data))


def _hasten_checksums() -> None:
    """Lets TensorBoard's writer use the faster function, where it has the slow one and both agree."""
    from tensorboard.summary.writer import record_writer  # type: ignore[import-untyped]

    known = getattr(record_writer, "masked_crc32c", None)
    sample = bytes(range(256)) * 17
    if known is not None and known is not _masked_crc32c and known(sample) == _masked_crc32c(sample):
        record_writer.masked_crc32c = _masked_crc32c
