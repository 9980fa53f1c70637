"""Writes the feature maps of a Keras 3 net into a TensorBoard log, for convscope.

    model.fit(images, labels, callbacks=[ConvscopeCallback("runs/first", probe, every=100)])

At step 0 and at every `every`-th step the callback runs the probe pictures through the net, in inference. It writes
what each layer returned, its weights and biases, and once a description of the net: its layers, their parameters and
who reads whom. `convscope serve --logdir runs` shows it.

Maps are written as [N, C, H, W] and kernels as [out, in, kH, kW], whatever the net's data format is. An activation
that is an argument of a layer is written as a layer of its own, `conv2d.relu`, so that the layer's output is from
before it. A layer that is called twice is two, `conv2d` and `conv2d_1`, and the layers of a model in the net have its
name before theirs, `base.conv2d`. The capture is in full precision, whatever the training computes in.

One file, so that it can be copied into a project. It needs Keras 3, numpy and tensorboard, and runs on every backend.
Functional and Sequential models can be read; a subclassed one does not say how its layers are connected.
"""

from __future__ import annotations

import contextlib
import json
import math
import operator
import re
import struct
import time
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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
        probe: the pictures to watch, as the net reads them: [N, H, W, C], or [N, C, H, W] for channels_first. For a net
            with several inputs a tuple of arrays in their order, or a dict by their names; the first with four axes are
            the pictures.
        every: capture at multiples of this step, or where this function of the step says so.
        layers: writes only layers whose name this regular expression finds, or this function accepts. The description
            always has all of them.
        pictures: the probe before normalisation, for showing: floats in 0..1 or uint8, in the same format. Without
            it, each picture of the probe is stretched from its darkest to its brightest value.

    Raises:
        ValueError: for a probe that is not a batch of pictures, for `every` below 1, for other pictures than the probe
            has, and, when the training begins, for a model that cannot be read.
    """

    def __init__(
        self,
        logdir: str,
        probe: Any,
        every: int | Callable[[int], bool] = 100,
        *,
        layers: str | Callable[[str], bool] | None = None,
        pictures: Any = None,
    ) -> None:
        super().__init__()
        given = probe if isinstance(probe, dict) else dict(enumerate(probe)) if isinstance(probe, tuple) else {0: probe}
        #: What the inputs of the net read, by their name or place.
        self._given = {key: np.asarray(one) for key, one in given.items()}
        places = [key for key, one in self._given.items() if one.ndim == 4] or [*self._given]
        if not places:
            raise ValueError("The probe must be a batch of pictures, and not empty.")
        self._pictured = places[0]
        self._probe = self._given[self._pictured]
        if self._probe.ndim != 4 or self._probe.size == 0:
            raise ValueError(f"The probe must be a batch of pictures, not {list(self._probe.shape)}.")
        if not callable(every):
            # A number of numpy is one as well.
            every = operator.index(every)
        if isinstance(every, int) and every < 1:
            raise ValueError(f"every={every}: a capture at most at every step, so 1 or more.")
        self._pictures = None if pictures is None else np.asarray(pictures)
        if self._pictures is not None and (self._pictures.ndim != 4 or len(self._pictures) != len(self._probe)):
            raise ValueError(
                f"pictures must be as many as the probe has, {len(self._probe)}, not {list(self._pictures.shape)}."
            )
        self._logdir = logdir
        self._every = every
        self._wants = _matcher(layers)
        self._step = 0
        self._reader: _Reader | None = None
        self._files: EventFileWriter | None = None

    def on_train_begin(self, logs: object = None) -> None:
        self._reader = _Reader(self.model, self._given, self._pictured, self._wants)
        _hasten_checksums()
        # A training may continue.
        self._step = self._done()
        self._files = EventFileWriter(self._logdir)
        self._write("convscope/model", _strings([json.dumps(self._reader.description).encode()]), "text")
        self._write("probes/input", _numbers(self._reader.as_maps(self._probe)))
        shown = self._probe if self._pictures is None else self._pictures
        maps = np.moveaxis(shown, -1, 1) if self._reader.is_channels_last else shown
        pngs = [_png(_bytes_of(one, stretch=self._pictures is None)) for one in maps]
        size = [str(maps.shape[3]).encode(), str(maps.shape[2]).encode()]
        self._write("probes/pictures", _strings([*size, *pngs]), "images")
        self.capture()

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        before, self._step = self._step, self._done()
        every = self._every
        # Several steps may be executed at once.
        is_due = self._step // every > before // every if isinstance(every, int) else every(self._step)
        if not is_due or self._files is None:
            return
        try:
            self.capture()
        except Exception as error:  # noqa: BLE001
            # A viewer is no reason for a training to stop.
            warnings.warn(
                f"convscope: The capture at step {self._step} failed, and there will be no more: {error!r}",
                stacklevel=2,
            )
            self._every = lambda _: False

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
        records, output = self._reader.read()
        for tag, values in records.items():
            self._write(tag, _numbers(values))
        probabilities = self._reader.probabilities(output)
        if probabilities is not None:
            self._write("probes/predictions", _numbers(probabilities))
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


def _matcher(layers: str | Callable[[str], bool] | None) -> Callable[[str], bool]:
    if layers is None:
        return lambda _: True
    if callable(layers):
        return layers
    pattern = re.compile(layers)
    return lambda name: pattern.search(name) is not None


@dataclass
class _Call:
    """One output of one call of a layer or operation. A layer that is called twice has two."""

    name: str
    #: Keras's record of the call.
    node: Any
    #: The calls whose outputs it reads, or NET_INPUT.
    inputs: list[str]
    #: The names of all outputs of the call.
    parts: list[str]
    #: Of one picture, in the net's data format.
    shape: tuple[int, ...] = ()
    spec: Json = field(default_factory=dict)
    #: Whether it is maps or a vector, and not tokens or a sequence.
    is_of_maps: bool = True
    #: [height, width, channels] of maps that became a vector in this order. The log has it as [channel, y, x].
    flat: tuple[int, ...] | None = None
    #: The padding before it, where it is a layer of its own.
    pad: Json | None = None

    @property
    def operation(self) -> Any:
        """A layer, or an operation such as `x + y`."""
        return self.node.operation


class _Reader:
    """Reads a Functional or Sequential model.

    Raises:
        ValueError: for other models, and for those with other inputs than are given.
    """

    def __init__(self, model: Any, given: dict[Any, Array], pictured: Any, wants: Callable[[str], bool]) -> None:
        graph = _graph_of(model)
        if graph is None:
            raise ValueError(
                f"{type(model).__name__} does not say how its layers are connected: only Functional and Sequential "
                "models can be read."
            )
        names = [str(one._keras_history.operation.name) for one in graph.inputs]
        keys: list[Any] = names if isinstance(pictured, str) else [*range(len(names))]
        if {*keys} != {*given}:
            raise ValueError(
                f"The net has {len(names)} inputs ({', '.join(names)}), and the probe {len(given)}: give a tuple of arrays "
                "in their order, or a dict by their names."
            )
        self._model = model
        self._wants = wants
        #: What the inputs read, by the names that calls have for them. Others than pictures are not described.
        self._given: dict[str, Any] = {}
        for key, name, tensor in zip(keys, names, graph.inputs, strict=True):
            own = NET_INPUT if key == pictured else f"{NET_INPUT}:{name}"
            self._given[own] = keras.ops.cast(keras.ops.convert_to_tensor(given[key]), tensor.dtype)
        self._calls, self._last = _calls_of(graph, [*self._given])
        self.is_channels_last = _data_format([one.operation for one in self._calls.values()]) != "channels_first"
        # A net may read pictures of any size: the sizes are those for the probe.
        values = self._run({name: value[:1] for name, value in self._given.items()})
        for call in self._calls.values():
            call.shape = tuple(values[call.name].shape[1:])
        for call in self._calls.values():
            call.pad = self._pad(call)
            call.spec = self._described(call)
            call.is_of_maps = self._is_of_maps(call)
            call.flat = self._flat(call)
            if call.flat is None and not _is_dense(call.operation) and any(map(self._flat_of, call.inputs)):
                # It works on the values in another order than the log has them.
                call.spec = _other(call.operation)
        #: By the name of a call: that of the layer whose output is behind its activation.
        self._ends: dict[str, str] = {}
        self.description = self._describe(model)

    def _run(self, given: dict[str, Any]) -> dict[str, Any]:
        """What all calls return."""
        values = dict(given)
        with _full_precision(self._model._flatten_layers()):
            for call in self._calls.values():
                if call.name in values:
                    continue
                read = zip(call.node.input_tensors, call.inputs, strict=True)
                args, kwargs = call.node.arguments.fill_in({id(tensor): values[name] for tensor, name in read})
                if getattr(call.operation, "_call_has_training_arg", False):
                    kwargs = {**kwargs, "training": False}
                results = keras.tree.flatten(call.operation(*args, **kwargs))
                values.update(
                    {name: keras.ops.stop_gradient(one) for name, one in zip(call.parts, results, strict=True)}
                )
        return values

    def read(self) -> tuple[dict[str, Array], Array]:
        """What is to be written, by tag, and the net's output."""
        native = self._run(self._given)
        values = {name: _array(value) for name, value in native.items()}
        records: dict[str, Array] = {}
        for name, call in self._calls.items():
            layer = call.operation
            activation = _fused(layer)
            output = values[name]
            if activation is not None:
                if call.is_of_maps and self._wants(f"{name}.{activation}"):
                    records[f"{name}.{activation}/output"] = self.as_maps(output)
                if self._wants(name):
                    output = self._before_activation(layer, native[call.inputs[0]])
            if not self._wants(name) or _is_dropout(layer):
                continue
            if call.is_of_maps:
                records[f"{name}/output"] = self.as_maps(output, call.flat)
            owner = name
            if _is_cropped(call):
                owner = f"{name}.whole"
                records[f"{owner}/output"] = self._whole(call, native[call.inputs[0]])
            records.update({f"{owner}/{role}": value for role, value in self._weights(call).items()})
            if call.pad is not None:
                mode: Any = _NUMPY_PADDINGS[call.pad["mode"]]
                read = self.as_maps(_array(native[call.inputs[0]]))
                records[f"{name}.pad/output"] = np.pad(read, [(0, 0), (0, 0), *self._same_padding(call)], mode)
            if call.spec["type"] == "conv2d":
                records.update(self._inputs_of_convolution(call, native[call.inputs[0]]))
        return records, values[self._last]

    def probabilities(self, output: Array) -> Array | None:
        """The net's output as probabilities [N, class]. None if it is not said to be scores of classes."""
        if output.ndim != 2 or output.shape[1] < 2:
            return None
        if bool((output >= 0).all()) and np.allclose(output.sum(1), 1, atol=1e-3):
            return output
        end = self._ends.get(self._last, self._last)
        last = next(layer for layer in self.description["layers"] if layer["name"] == end)
        # After a sigmoid each value is a probability of its own.
        if last["type"] == "activation" or (last["type"] != "logSoftmax" and not _is_classifying(self._model)):
            return None
        exponentials: Array = np.exp(output - output.max(1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(1, keepdims=True), dtype=np.float32)

    def _inputs_of_convolution(self, call: _Call, read: Any) -> dict[str, Array]:
        """What a convolution reads, as far as it is not what another layer returns."""
        layer, name = call.operation, call.name
        records: dict[str, Array] = {}
        if call.pad is None and self._source(call) == _recorded(f"{name}/input"):
            records[f"{name}/input"] = self.as_maps(_array(read))
        if isinstance(layer, keras.layers.SeparableConv2D):
            with _full_precision([layer]):
                deep = keras.ops.depthwise_conv(
                    read, layer.depthwise_kernel, layer.strides, layer.padding, layer.data_format, layer.dilation_rate
                )
            records[f"{name}.depthwise/output"] = self.as_maps(_array(keras.ops.stop_gradient(deep)))
            records[f"{name}.depthwise/weight"] = _depthwise_kernel(layer.depthwise_kernel)
        return records

    def as_maps(self, value: Any, flat: tuple[int, ...] | None = None) -> Array:
        """[N, C, H, W]; a vector of n values is [N, n, 1, 1]."""
        array = np.asarray(value, dtype=np.float32)
        if array.ndim == 4:
            return np.ascontiguousarray(np.moveaxis(array, -1, 1)) if self.is_channels_last else array
        if flat is not None:
            array = np.moveaxis(array.reshape(-1, *flat), -1, 1)
        return np.ascontiguousarray(array).reshape(array.shape[0], -1, 1, 1)

    @staticmethod
    def _before_activation(layer: Any, value: Any) -> Array:
        activation = layer.activation
        try:
            layer.activation = keras.activations.linear
            with _full_precision([layer]):
                return _array(keras.ops.stop_gradient(layer(value)))
        finally:
            layer.activation = activation

    def _native_shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._given[name].shape[1:]) if name in self._given else self._calls[name].shape

    def _maps_shape(self, shape: Sequence[int]) -> list[int]:
        """A sequence [L, D] counts as L channels of D values."""
        if len(shape) != 3:
            return [*shape, 1, 1, 1][:3] if len(shape) < 3 else [shape[0], shape[1], math.prod(shape[2:])]
        return [shape[2], shape[0], shape[1]] if self.is_channels_last else [*shape]

    def _shape_of(self, name: str) -> list[int]:
        return self._maps_shape(self._native_shape(name))

    def _flat_of(self, name: str) -> tuple[int, ...] | None:
        return None if name in self._given else self._calls[name].flat

    def _is_map(self, name: str) -> bool:
        return name == NET_INPUT or (name in self._calls and self._calls[name].is_of_maps)

    def _describe(self, model: Any) -> Json:
        layers: list[Json] = []
        for name, call in self._calls.items():
            inputs = [self._ends.get(one, one) for one in call.inputs if one == NET_INPUT or one in self._calls]
            spec = call.spec
            shape = self._shape_of(name)
            if call.pad is not None:
                pad = f"{name}.pad"
                layers.append({"name": pad, **call.pad, "inputs": inputs, "outputShape": self._padded_shape(call)})
                inputs = [pad]
            if spec["type"] == "conv2d":
                before = self._padded_shape(call)
                source = self._source(call) if call.pad is None else _recorded(f"{name}.pad/output")
                if isinstance(call.operation, keras.layers.SeparableConv2D):
                    deep, between = f"{name}.depthwise", [spec["inChannels"], *shape[1:]]
                    read = {"inputShape": before, "input": source, "inputs": inputs}
                    layers.append({"name": deep, **self._depthwise(call), **read, "outputShape": between})
                    inputs, before, source = [deep], between, _recorded(f"{deep}/output")
                spec = {**spec, "inputShape": before, "input": source}
            if _is_cropped(call):
                left, right, top, bottom = spec["sides"]
                whole = [shape[0], shape[1] - top - bottom, shape[2] - left - right]
                described = {**self._transposed_convolution(call, [0, 0]), "inputs": inputs, "outputShape": whole}
                layers.append({"name": f"{name}.whole", **described})
                inputs = [f"{name}.whole"]
            layers.append({"name": name, **spec, "inputs": inputs, "outputShape": shape})
            activation = _fused(call.operation)
            if activation is not None:
                own = f"{name}.{activation}"
                self._ends[name] = own
                described = self._activation_of(call.operation.activation, call)
                described = described if call.is_of_maps else {"type": "other", "kind": activation}
                layers.append({"name": own, **described, "inputs": [name], "outputShape": shape})
        dtypes = {one.variable_dtype for one in model._flatten_layers()}
        # By which the page knows how much a layer may round: the coarser first.
        precision = next((one for one in ("bfloat16", "float16") if one in dtypes), None)
        return {
            "version": 1,
            "name": str(model.name),
            **({} if precision is None else {"precision": precision}),
            "parameters": int(model.count_params()),
            "inputShape": self._shape_of(NET_INPUT),
            "layers": layers,
        }

    def _source(self, call: _Call) -> Json:
        """Where the log has the input of a convolution: mostly it is what another layer returned."""
        producer = call.inputs[0]
        while producer in self._calls and _is_dropout(self._calls[producer].operation):
            producer = self._calls[producer].inputs[0]
        if producer == NET_INPUT:
            return {"from": "probes"}
        if producer not in self._calls:
            return _recorded(f"{call.name}/input")
        activation = _fused(self._calls[producer].operation)
        end = producer if activation is None else f"{producer}.{activation}"
        is_recorded = self._is_map(producer) and self._wants(end)
        return _recorded(f"{end}/output" if is_recorded else f"{call.name}/input")

    def _same_padding(self, call: _Call) -> list[tuple[int, int]]:
        """Per axis: how much of TensorFlow's padding='same' stands before and behind."""
        if getattr(call.operation, "padding", "valid") != "same":
            return [(0, 0), (0, 0)]
        sides = []
        kernel, stride, dilation = _window(call.operation)
        _, *sizes = self._shape_of(call.inputs[0])
        for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
            total = max((math.ceil(size / s) - 1) * s + d * (k - 1) + 1 - size, 0)
            sides.append((total // 2, total - total // 2))
        return sides

    def _pad(self, call: _Call) -> Json | None:
        """Of convolutions the padding that differs by side, and of average pools the one that repeats the edge."""
        layer = call.operation
        if not isinstance(layer, (*_CONVOLUTIONS, keras.layers.AveragePooling2D)) or not self._has_own_format(layer):
            return None
        sides = self._same_padding(call)
        if not _is_uneven(sides):
            return None
        if isinstance(layer, _CONVOLUTIONS):
            return _padding(sides)
        return _padding(sides, "replicate") if self._averages(call) == "replicate" else None

    def _padded_shape(self, call: _Call) -> list[int]:
        """Of what a layer reads behind the padding that is a layer of its own, if it has one."""
        channels, height, width = self._shape_of(call.inputs[0])
        left, right, top, bottom = (0, 0, 0, 0) if call.pad is None else call.pad["sides"]
        return [channels, height + top + bottom, width + left + right]

    def _averages(self, call: _Call) -> str | None:
        """What a pool with padding='same' averages beside the maps: backends differ in it, so it is tried.

        Returns:
            "nothing" where only values of the maps count, "replicate" where those at the edge count several times, and None
            if it is neither.
        """
        layer = call.operation
        _, *sizes = self._shape_of(call.inputs[0])
        # The padding only depends on what is left of a size after whole strides, so that small maps tell as much.
        small = [
            min(n, n % s + s * math.ceil(2 * k / s))
            for n, k, s in zip(sizes, layer.pool_size, layer.strides, strict=True)
        ]
        maps = np.random.default_rng(0).normal(size=small).astype(np.float32)
        given = (layer.pool_size, layer.strides, layer.padding, "channels_last")
        pooled = _array(keras.ops.average_pool(maps[None, :, :, None], *given))[0, :, :, 0]
        sides = self._same_padding(call)
        ones = np.ones_like(maps)
        # Of a window of 2×2 both are the same, and one without a layer that pads is simpler.
        around = {"nothing": [np.pad(one, sides) for one in (maps, ones)]}
        around["replicate"] = [np.pad(one, sides, "edge") for one in (maps, ones)]
        for kind, padded in around.items():
            sums, counts = (_sums(one, layer.pool_size, layer.strides) for one in padded)
            if sums.shape == pooled.shape and np.allclose(sums / counts, pooled, atol=1e-4):
                return kind
        return None

    def _is_of_maps(self, call: _Call) -> bool:
        if len(call.shape) == 1:
            return True
        layer = call.operation
        if len(call.shape) != 3 or not self._has_own_format(layer):
            return False
        if isinstance(layer, _OF_MAPS):
            return True
        if type(layer).__name__ not in _MOVES_AXES:
            return any(len(self._native_shape(one)) == 3 and self._is_map(one) for one in call.inputs)
        # Of a vector a net makes what it likes; of anything else maps that are as large as earlier ones.
        names = [NET_INPUT, *self._calls]
        earlier = [one for one in names[: names.index(call.name)] if len(self._native_shape(one)) == 3]
        size = self._maps_shape(call.shape)[1:]
        is_known = any(self._is_map(one) and self._shape_of(one)[1:] == size for one in earlier)
        return is_known or any(len(self._native_shape(one)) == 1 for one in call.inputs)

    def _has_own_format(self, layer: Any) -> bool:
        """Whether it reads maps as most of the net does."""
        wanted = "channels_last" if self.is_channels_last else "channels_first"
        return not isinstance(layer, (*_CONVOLUTIONS, *_OF_MAPS)) or getattr(layer, "data_format", wanted) == wanted

    def _flat(self, call: _Call) -> tuple[int, ...] | None:
        if call.spec["type"] == "flatten" and len(call.shape) == 1:
            channels, height, width = self._shape_of(call.inputs[0])
            is_turned = self._is_flattened_by_pixel(call.operation) and channels > 1 and height * width > 1
            return (height, width, channels) if is_turned and len(self._native_shape(call.inputs[0])) == 3 else None
        if call.spec["type"] in ("dropout", "activation", "scale", "add", "multiply", "divide", "maximum", "minimum"):
            orders = {self._flat_of(one) for one in call.inputs}
            return orders.pop() if len(orders) == 1 else None
        return None

    def _is_flattened_by_pixel(self, operation: Any) -> bool:
        """Whether all channels of a pixel stand together in a vector of maps."""
        is_turning = isinstance(operation, keras.layers.Flatten) and operation.data_format == "channels_first"
        return self.is_channels_last or is_turning

    def _described(self, call: _Call) -> Json:
        operation = call.operation
        if len(call.parts) > 1 or not self._has_own_format(operation):
            return _other(operation)
        if _is_dropout(operation):
            return {"type": "dropout"}
        reads_maps = all(self._is_map(one) for one in call.inputs)
        if not reads_maps and not isinstance(operation, (*_CONVOLUTIONS, keras.layers.Conv2DTranspose)):
            return _other(operation)
        is_layer = isinstance(operation, keras.layers.Layer)
        found = self._spec(call) if is_layer else self._spec_of_operation(call)
        return found or _other(operation)

    def _conv(self, call: _Call, channels: int, outputs: int, groups: int) -> Json:
        kernel, stride, dilation = _window(call.operation)
        return {
            "type": "conv2d",
            "inChannels": channels,
            "outChannels": outputs,
            "kernel": kernel,
            "stride": stride,
            "padding": [0, 0] if call.pad is not None else [one for one, _ in self._same_padding(call)],
            "dilation": dilation,
            "groups": groups,
            "paddingMode": "zeros",
            "bias": bool(call.operation.use_bias),
            "activation": "none",
        }

    def _depthwise(self, call: _Call) -> Json:
        """The first half of a SeparableConv2D."""
        channels = self._shape_of(call.inputs[0])[0]
        spec = self._conv(call, channels, channels * call.operation.depth_multiplier, channels)
        return {**spec, "bias": False}

    def _spec(self, call: _Call) -> Json | None:
        """None for what the description has no words for."""
        layers = keras.layers
        layer = call.operation
        if isinstance(layer, layers.DepthwiseConv2D):
            channels = self._shape_of(call.inputs[0])[0]
            return self._conv(call, channels, self._shape_of(call.name)[0], channels)
        if isinstance(layer, layers.Conv2D):
            return self._conv(call, self._shape_of(call.inputs[0])[0], layer.filters, layer.groups)
        if isinstance(layer, layers.SeparableConv2D):
            channels = self._shape_of(call.inputs[0])[0] * layer.depth_multiplier
            return _pointwise(channels, layer.filters, bias=layer.use_bias)
        if isinstance(layer, layers.Conv2DTranspose):
            return self._transposed(call)
        if _is_layer_scale(layer):
            channels = self._shape_of(call.name)[0]
            is_of_maps = len(call.shape) == 3 and self.is_channels_last
            return {**_pointwise(channels, channels, bias=False), "groups": channels} if is_of_maps else None
        if isinstance(layer, layers.Dense):
            if self._is_pointwise(call):
                return _pointwise(int(layer.kernel.shape[0]), layer.units, bias=layer.use_bias)
            if len(call.shape) != 1:
                return None
            sizes = {"inFeatures": int(layer.kernel.shape[0]), "outFeatures": layer.units}
            return {"type": "dense", **sizes, "bias": bool(layer.use_bias), "activation": "none"}
        if isinstance(layer, layers.BatchNormalization):
            affine = bool(layer.scale or layer.center)
            is_of_channels = self._is_of_channels(layer.axis, call)
            return {"type": "batchNorm2d", "eps": layer.epsilon, "affine": affine} if is_of_channels else None
        if isinstance(layer, layers.Normalization):
            # Both are 1 × 1 × 1 × C then. Another deviation than 0 is not replaced by its smallest value.
            is_of_channels = np.ndim(layer.mean) == 4 and [*layer.mean.shape] == [1, 1, 1, call.shape[-1]]
            is_plain = is_of_channels and self.is_channels_last and not layer.invert
            is_plain = is_plain and bool((_array(layer.variance) > 1e-12).all())
            return {"type": "batchNorm2d", "eps": 0, "affine": False} if is_plain else None
        if isinstance(layer, layers.GroupNormalization):
            if len(call.shape) != 3 or not self._is_of_channels(layer.axis, call):
                return None
            groups = self._shape_of(call.name)[0] if layer.groups == -1 else layer.groups
            affine = bool(layer.scale or layer.center)
            return {"type": "groupNorm", "groups": groups, "eps": layer.epsilon, "affine": affine}
        if isinstance(layer, layers.LayerNormalization):
            axes = list(layer.axis) if isinstance(layer.axis, list | tuple) else [layer.axis]
            is_of_channels = len(axes) == 1 and self._is_of_channels(axes[0], call)
            if not is_of_channels or getattr(layer, "rms_scaling", False):
                return None
            affine = bool(layer.scale or layer.center)
            return {"type": "layerNorm", "eps": layer.epsilon, "affine": affine}
        if isinstance(layer, layers.UpSampling2D):
            is_known = layer.interpolation in ("nearest", "bilinear")
            return {"type": "upsample", "mode": layer.interpolation, "alignCorners": False} if is_known else None
        if isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D):
            return self._pooling(call)
        if isinstance(layer, (layers.GlobalAveragePooling2D, *_ADAPTIVE_AVERAGES)):
            return {"type": "adaptiveAvgPool2d"}
        if isinstance(layer, _ADAPTIVE_MAXIMA):
            return {"type": "adaptiveMaxPool2d"}
        if isinstance(layer, layers.GlobalMaxPooling2D):
            return {"type": "reduce", "of": "max", "over": "pixels"}
        if isinstance(layer, layers.ZeroPadding2D):
            return _padding(layer.padding)
        if isinstance(layer, layers.Cropping2D):
            return _padding([(-before, -behind) for before, behind in layer.cropping])
        if isinstance(layer, layers.Rescaling):
            is_plain = np.ndim(layer.scale) == np.ndim(layer.offset) == 0
            return _scale(layer.scale, layer.offset) if is_plain else None
        merges = (layers.Add, layers.Subtract, layers.Average, layers.Multiply, layers.Maximum, layers.Minimum)
        if isinstance(layer, merges):
            # Keras puts the channels of a vector behind all other axes.
            fits = self._fits(call) or (self.is_channels_last and self._fits(call, is_aligned=True))
            count = len(call.inputs)
            kinds: list[tuple[Any, Json]] = [
                (layers.Add, {"type": "add"}),
                (layers.Subtract, {"type": "add", "factors": [1, -1]}),
                (layers.Average, {"type": "add", "factors": [1 / count] * count}),
                (layers.Multiply, {"type": "multiply"}),
                (layers.Maximum, {"type": "maximum"}),
                (layers.Minimum, {"type": "minimum"}),
            ]
            return next(spec for kind, spec in kinds if isinstance(layer, kind)) if fits else None
        if isinstance(layer, layers.Concatenate):
            return {"type": "concat"} if self._is_of_channels(layer.axis, call) else None
        if isinstance(layer, layers.Flatten):
            # It would put the channels first once more.
            is_turned = self.is_channels_last and layer.data_format == "channels_first"
            return None if is_turned and len(self._native_shape(call.inputs[0])) == 3 else {"type": "flatten"}
        if isinstance(layer, layers.Reshape):
            return self._reshaped(call)
        if isinstance(layer, layers.ReLU):
            if layer.threshold == 0 and layer.max_value is None:
                slope = float(layer.negative_slope)
                return _activation("leaky_relu", slope) if slope else _activation("relu")
            if (layer.threshold, layer.negative_slope) != (0, 0):
                return None
            most = float(layer.max_value)
            return _activation("relu6") if most == 6 else {"type": "activation", "kind": "clamp", "min": 0, "max": most}
        if isinstance(layer, layers.LeakyReLU):
            return _activation("leaky_relu", float(layer.negative_slope))
        if isinstance(layer, layers.ELU):
            return {"type": "activation", "kind": "elu", "alpha": float(layer.alpha)}
        if isinstance(layer, layers.PReLU):
            return None if self._slopes(layer) is None else {"type": "prelu"}
        if isinstance(layer, layers.Softmax):
            return {"type": "softmax"} if self._is_of_channels(layer.axis, call) else None
        if isinstance(layer, layers.Activation):
            return self._activation_of(layer.activation, call)
        return None

    def _spec_of_operation(self, call: _Call) -> Json | None:
        """Of a function of keras.ops and of an operator between tensors. None for what the description has no words for."""
        kind = type(call.operation).__name__
        given = [*call.node.arguments.args, *call.node.arguments.kwargs.values()]
        numbers = [one for one in given if isinstance(one, int | float)]
        kind = "Divide" if kind == "TrueDivide" else kind
        if kind in ("Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum") and len(given) == 2:
            if len(call.inputs) == 1 and len(numbers) == 1:
                return _with_number(kind, float(numbers[0]), is_first=given[0] is numbers[0])
            words: dict[str, Json] = {
                "Add": {"type": "add"},
                "Subtract": {"type": "add", "factors": [1, -1]},
                "Multiply": {"type": "multiply"},
                "Divide": {"type": "divide"},
                "Maximum": {"type": "maximum"},
                "Minimum": {"type": "minimum"},
            }
            return words[kind] if len(call.inputs) == 2 and self._fits(call) else None
        if kind == "Concatenate":
            return {"type": "concat"} if self._is_of_channels(call.operation.axis, call) else None
        if kind in ("Relu", "Relu6", "Sigmoid", "Silu", "Softplus", "Tanh", "Selu", "Mish", "HardSigmoid", "HardSilu"):
            return _activation(re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower())
        return None

    def _fits(self, call: _Call, *, is_aligned: bool = False) -> bool:
        """Whether rows, columns and channels of the inputs are the same or repeated."""
        shapes = [self._native_shape(one) for one in call.inputs]
        if any(len(shape) not in (1, 3) for shape in shapes):
            return False
        if not is_aligned and len({len(shape) for shape in shapes}) > 1:
            return False
        return len(call.inputs) > 1 and all(
            all(size in (1, most) for size, most in zip(self._shape_of(one), self._shape_of(call.name), strict=True))
            for one in call.inputs
        )

    def _transposed(self, call: _Call) -> Json | None:
        """As one layer, or as the crop behind it that a description cannot say of it."""
        sides = self._crop(call)
        if sides is None:
            return None
        if any(before != behind for before, behind in sides):
            return _padding([(-before, -behind) for before, behind in sides])
        return self._transposed_convolution(call, [before for before, _ in sides])

    def _transposed_convolution(self, call: _Call, padding: list[int]) -> Json:
        layer = call.operation
        kernel, stride, dilation = _window(layer)
        sizes = zip(self._shape_of(call.name)[1:], self._shape_of(call.inputs[0])[1:], strict=True)
        axes = zip(kernel, stride, dilation, strict=True)
        if layer.padding == "valid":
            # The size may have been asked for.
            added = [
                large - (small - 1) * s - d * (k - 1) - 1 for (large, small), (k, s, d) in zip(sizes, axes, strict=True)
            ]
        else:
            added = [max(s - d * (k - 1) - 1, 0) for k, s, d in axes]
        return {
            "type": "convTranspose2d",
            "inChannels": self._shape_of(call.inputs[0])[0],
            "outChannels": layer.filters,
            "kernel": kernel,
            "stride": stride,
            "padding": padding,
            "outputPadding": added,
            "dilation": dilation,
            "bias": bool(layer.use_bias),
            "activation": "none",
        }

    def _crop(self, call: _Call) -> list[tuple[int, int]] | None:
        """What padding='same' of a transposed convolution cuts off, per axis: versions of Keras differ in it, so it is tried."""
        layer = call.operation
        if layer.padding == "valid":
            return [(0, 0), (0, 0)]
        _, height, width = self._shape_of(call.inputs[0])
        maps = np.random.default_rng(0).normal(size=(1, height, width, 1)).astype(np.float32)
        kernel = np.random.default_rng(1).normal(size=(*layer.kernel_size, 1, 1)).astype(np.float32)

        def convolved(padding: str, added: Any) -> Array:
            arguments = (layer.strides, padding, added, "channels_last", layer.dilation_rate)
            return _array(keras.ops.conv_transpose(maps, kernel, *arguments))[0, :, :, 0]

        whole, part = convolved("valid", None), convolved("same", layer.output_padding)
        rows, columns = (one - other for one, other in zip(whole.shape, part.shape, strict=True))
        for top in range(rows + 1):
            for left in range(columns + 1):
                cut = whole[top : top + part.shape[0], left : left + part.shape[1]]
                if np.allclose(cut, part, atol=1e-4):
                    return [(top, rows - top), (left, columns - left)]
        return None

    def _whole(self, call: _Call, read: Any) -> Array:
        """The output of a transposed convolution before it is cropped."""
        layer = call.operation
        with _full_precision([layer]):
            arguments = (layer.strides, "valid", None, layer.data_format, layer.dilation_rate)
            maps = self.as_maps(
                _array(keras.ops.stop_gradient(keras.ops.conv_transpose(read, layer.kernel, *arguments)))
            )
        return maps if layer.bias is None else maps + _array(layer.bias)[:, None, None]

    def _pooling(self, call: _Call) -> Json | None:
        layer = call.operation
        sides = self._same_padding(call) if call.pad is None else [(0, 0), (0, 0)]
        kernel, stride, _ = _window(layer)
        window: Json = {"kernel": kernel, "stride": stride, "padding": [before for before, _ in sides], "ceilMode": False}
        if _is_uneven(sides):
            window["paddingEnd"] = [behind for _, behind in sides]
        if isinstance(layer, keras.layers.MaxPooling2D):
            return {"type": "maxPool2d", **window, "dilation": [1, 1]}
        is_known = not _is_uneven(sides) or self._averages(call) == "nothing"
        return {"type": "avgPool2d", **window, "countIncludePad": False} if is_known else None

    def _reshaped(self, call: _Call) -> Json | None:
        """Between maps and a vector, or between a vector and maps of one pixel, which the log has as the same."""
        before = self._native_shape(call.inputs[0])
        is_flattened = len(call.shape) == 1 and len(before) in (1, 3)
        is_of_pixel = len(before) == 1 and self._shape_of(call.name) == [before[0], 1, 1]
        return {"type": "flatten"} if is_flattened or is_of_pixel else None

    def _activation_of(self, function: Any, call: _Call) -> Json:
        name = _function_name(function)
        if keras.activations.linear is function:
            return {"type": "scale", "factor": 1, "offset": 0}
        kind = {"softmax": "softmax", "log_softmax": "logSoftmax"}.get(name)
        if getattr(keras.activations, name, None) is not function:
            # It has the name of one of Keras's, but who knows what it does.
            return {"type": "other", "kind": name}
        if kind is not None and self._is_of_channels(-1, call):
            # Those that read all channels of a pixel.
            return {"type": kind}
        return _activation(name)

    def _is_pointwise(self, call: _Call) -> bool:
        """Whether it is a dense layer of the channels of each pixel, which is a convolution of 1×1."""
        return _is_dense(call.operation) and len(call.shape) == 3 and self.is_channels_last

    def _is_of_channels(self, axis: Any, call: _Call) -> bool:
        """Whether an axis of an output is that of the channels."""
        rank = len(call.shape) + 1
        own = rank - 1 if rank == 2 or self.is_channels_last else 1
        return rank in (2, 4) and axis in (own, own - rank)

    def _slopes(self, layer: Any) -> Array | None:
        """One slope, or one for each channel: undefined if places of the maps have slopes of their own."""
        alpha = _array(layer.alpha)
        axis = -1 if alpha.ndim == 1 or self.is_channels_last else 0
        return alpha.reshape(-1) if alpha.size in (1, alpha.shape[axis]) else None

    def _weights(self, call: _Call) -> dict[str, Array]:
        layers = keras.layers
        layer = call.operation
        kernel = getattr(layer, "kernel", None)
        found: dict[str, Array] = {}
        if isinstance(layer, layers.DepthwiseConv2D):
            found["weight"] = _depthwise_kernel(layer.kernel)
        elif isinstance(layer, layers.SeparableConv2D):
            found["weight"] = _array(layer.pointwise_kernel).transpose(3, 2, 0, 1)
        elif isinstance(layer, layers.Conv2D | layers.Conv2DTranspose):
            found["weight"] = _array(kernel).transpose(3, 2, 0, 1)
        elif self._is_pointwise(call):
            found["weight"] = _array(kernel).T[:, :, None, None]
        elif isinstance(layer, layers.Dense):
            found["weight"] = self._in_order_of_maps(call, _array(kernel)).T
        elif _is_layer_scale(layer) and call.spec["type"] == "conv2d":
            return {"weight": _array(layer.gamma)[:, None, None, None]}
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
        elif isinstance(layer, layers.Normalization) and call.spec["type"] == "batchNorm2d":
            return {"running_mean": _array(layer.mean).reshape(-1), "running_var": _array(layer.variance).reshape(-1)}
        elif isinstance(layer, layers.GroupNormalization | layers.LayerNormalization):
            if layer.scale or layer.center:
                size = self._shape_of(call.name)[0]
                found["weight"] = _array(layer.gamma) if layer.scale else np.ones(size, np.float32)
                found["bias"] = _array(layer.beta) if layer.center else np.zeros(size, np.float32)
            return found
        if found and layer.bias is not None:
            found["bias"] = _array(layer.bias)
        return found

    def _in_order_of_maps(self, call: _Call, kernel: Array) -> Array:
        """Rows in the order [channel, y, x] of what it reads."""
        flat = self._flat_of(call.inputs[0])
        return kernel if flat is None else kernel.reshape(*flat, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)


def _layers_named(name: str) -> tuple[Any, ...]:
    """None or one: earlier versions of Keras 3 lack some layers."""
    return tuple(one for one in (getattr(keras.layers, name, None),) if one is not None)


_ADAPTIVE_AVERAGES = _layers_named("AdaptiveAveragePooling2D")
_ADAPTIVE_MAXIMA = _layers_named("AdaptiveMaxPooling2D")

#: Layers that only read maps.
_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)
_OF_MAPS = (
    *(*_CONVOLUTIONS, keras.layers.Conv2DTranspose, keras.layers.MaxPooling2D, keras.layers.AveragePooling2D),
    *(keras.layers.GlobalAveragePooling2D, keras.layers.GlobalMaxPooling2D, keras.layers.UpSampling2D),
    *(keras.layers.ZeroPadding2D, keras.layers.Cropping2D, *_ADAPTIVE_AVERAGES, *_ADAPTIVE_MAXIMA),
)

#: Layers and operations that may leave other axes than those of maps.
_MOVES_AXES = frozenset(
    ("Reshape", "Permute", "Transpose", "Moveaxis", "Swapaxes", "ExpandDims", "Squeeze", "Stack", "Einsum", "Matmul")
    + ("EinsumDense", "Dot", "GetItem", "RepeatVector", "Take", "Tensordot")
)


def _data_format(operations: Sequence[Any]) -> str:
    """That of the convolutions, or of the first layer that has one: an activation or a Flatten may keep the default."""
    of_maps = [one.data_format for one in operations if isinstance(one, _OF_MAPS)]
    return str((of_maps or [keras.config.image_data_format()])[0])


def _graph_of(model: Any) -> Any:
    """The graph of a Functional or Sequential model; None for other models and layers."""
    graph = getattr(model, "_functional", None) or model
    return graph if hasattr(graph, "_nodes_by_depth") else None


def _calls_of(graph: Any, inputs: list[str]) -> tuple[dict[str, _Call], str]:
    """The calls by their names, in the order of the forward pass, and the name of the net's output."""
    calls: dict[str, _Call] = {}

    def place(tensor: Any) -> tuple[int, int, int]:
        operation, node, output = tensor._keras_history
        return id(operation), node, output

    def follow(graph: Any, path: str, inputs: list[str]) -> list[str]:
        """Returns the names of its outputs. What a model in the net calls is named by its path."""
        names = {place(tensor): name for tensor, name in zip(graph.inputs, inputs, strict=True)}
        taken = {NET_INPUT, *(f"{path}{one.name}" for one in graph.operations)}
        depths = graph._nodes_by_depth
        for node in (one for depth in sorted(depths, reverse=True) for one in depths[depth]):
            if node.is_input:
                continue
            read = [names[place(tensor)] for tensor in node.input_tensors]
            own = f"{path}{node.operation.name}"
            inner = _graph_of(node.operation)
            if inner is not None and len(inner.inputs) == len(read):
                outputs = follow(inner, f"{own}.", read)
                names.update({place(one): name for one, name in zip(node.output_tensors, outputs, strict=True)})
                continue
            parts: list[str] = []
            for output in node.output_tensors:
                # The first call of a layer has its name.
                name, count = own, 0
                while name in calls or name == NET_INPUT or (count and name in taken):
                    count += 1
                    name = f"{own}_{count}"
                names[place(output)] = name
                parts.append(name)
                calls[name] = _Call(name, node, read, parts)
        return [names[place(tensor)] for tensor in graph.outputs]

    (first, *_) = follow(graph, "", inputs)
    return calls, first


@contextlib.contextmanager
def _full_precision(layers: Sequence[Any]) -> Iterator[None]:
    """Lets layers whose weights are float32 compute in it: a viewer computes the values again."""
    mixed = [one for one in layers if one.variable_dtype == "float32" != one.compute_dtype]
    before = [one.dtype_policy for one in mixed]
    try:
        for one in mixed:
            one.dtype_policy = "float32"
        yield
    finally:
        for one, policy in zip(mixed, before, strict=True):
            one.dtype_policy = policy


def _recorded(tag: str) -> Json:
    return {"from": "record", "tag": tag, "operations": []}


def _other(operation: Any) -> Json:
    return {"type": "other", "kind": type(operation).__name__}


def _pointwise(channels: int, outputs: int, *, bias: bool) -> Json:
    return {
        "type": "conv2d",
        "inChannels": channels,
        "outChannels": outputs,
        "kernel": [1, 1],
        "stride": [1, 1],
        "padding": [0, 0],
        "dilation": [1, 1],
        "groups": 1,
        "paddingMode": "zeros",
        "bias": bool(bias),
        "activation": "none",
    }


def _scale(factor: Any, offset: Any) -> Json:
    return {"type": "scale", "factor": float(factor), "offset": float(offset)}


def _with_number(kind: str, number: float, *, is_first: bool) -> Json | None:
    """Maps and a number. None for what JSON has no numbers for, and for a number that is divided by maps."""
    if not math.isfinite(number) or (kind == "Divide" and (is_first or number == 0)):
        return None
    if kind in ("Maximum", "Minimum"):
        bound = {"min" if kind == "Maximum" else "max": number}
        return _activation("relu") if bound == {"min": 0} else {"type": "activation", "kind": "clamp", **bound}
    if kind == "Add":
        return _scale(1, number)
    if kind == "Subtract":
        return _scale(-1, number) if is_first else _scale(1, -number)
    return _scale(number if kind == "Multiply" else 1 / number, 0)


def _depthwise_kernel(kernel: Any) -> Array:
    """[in · multiplier, 1, kH, kW] of [kH, kW, in, multiplier]."""
    value = _array(kernel).transpose(2, 3, 0, 1)
    return value.reshape(-1, 1, *value.shape[2:])


def _is_dropout(layer: Any) -> bool:
    """Whether it returns in evaluation what it reads."""
    layers = keras.layers
    return isinstance(
        layer,
        layers.Dropout
        | layers.SpatialDropout2D
        | layers.GaussianNoise
        | layers.GaussianDropout
        | layers.AlphaDropout
        | layers.ActivityRegularization
        | layers.Identity,
    )


def _is_layer_scale(layer: Any) -> bool:
    """Whether it is Keras's own factor for each channel, of its ConvNeXt. It is not in `keras.layers`."""
    return type(layer).__name__ == "LayerScale" and type(layer).__module__.startswith("keras.")


def _is_cropped(call: _Call) -> bool:
    """Whether it is a transposed convolution that a layer of its own crops."""
    return isinstance(call.operation, keras.layers.Conv2DTranspose) and call.spec["type"] == "pad"


def _is_dense(layer: Any) -> bool:
    return isinstance(layer, keras.layers.Dense)


def _function_name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _fused(layer: Any) -> str | None:
    """The name of the activation that is an argument of a layer with weights."""
    if not isinstance(layer, (*_CONVOLUTIONS, keras.layers.Conv2DTranspose, keras.layers.Dense)):
        return None
    name = _function_name(layer.activation)
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


def _padding(sides: Sequence[tuple[int, int]], mode: str = "zeros") -> Json:
    """Of rows, and of columns: how much stands before and behind, or, below 0, is cut off."""
    (top, bottom), (left, right) = sides
    return {"type": "pad", "sides": [left, right, top, bottom], "mode": mode}


def _sums(maps: Array, kernel: Sequence[int], strides: Sequence[int]) -> Array:
    """Of the windows of a map, one axis after the other."""
    for axis, (size, stride) in enumerate(zip(kernel, strides, strict=True)):
        windows = np.lib.stride_tricks.sliding_window_view(maps, size, axis).sum(-1)
        maps = windows[::stride] if axis == 0 else windows[:, ::stride]
    return maps


def _is_uneven(sides: Sequence[tuple[int, int]]) -> bool:
    return any(before != behind for before, behind in sides)


#: numpy's names of paddings.
_NUMPY_PADDINGS = {"zeros": "constant", "replicate": "edge"}


def _window(layer: Any) -> tuple[list[int], list[int], list[int]]:
    kernel = getattr(layer, "kernel_size", None) or layer.pool_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    return [*kernel], [*layer.strides], [dilation] * 2 if isinstance(dilation, int) else [*dilation]


def _array(value: Any) -> Array:
    return np.asarray(keras.ops.convert_to_numpy(value), dtype=np.float32)


def _is_classifying(model: Any) -> bool:
    """Whether outputs without an activation may be scores of classes. A loss of Keras's says what they are."""
    loss = getattr(model, "loss", None)
    if isinstance(loss, dict):
        loss = loss.get(next(iter(model.output_names)))
    if isinstance(loss, list | tuple):
        loss = loss[0] if loss else None
    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    home, name = (getattr(loss if hasattr(loss, key) else type(loss), key) for key in ("__module__", "__name__"))
    return not str(home).startswith("keras.") or "categorical" in str(name).lower()


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
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in parts
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
