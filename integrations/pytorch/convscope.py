"""Writes the feature maps of a PyTorch net into a TensorBoard log, for convscope.

    scope = tap(model, SummaryWriter("runs/first"), probe, every=100)
    for images, labels in loader:
        ...
        scope.step()

`tap` runs the probe pictures through the net at step 0 and at every `every`-th step. It writes what each layer
returned, the weights and biases, on request the gradients, and once a description of the net: its layers, their
parameters and who reads whom. `convscope serve --logdir runs` shows it.

A capture leaves no trace in the training: it runs in evaluation mode, without autocast and without gradients (or with
gradients that reach no parameter), and puts back the training mode of every module, all buffers and the state of the
random number generators. Hooks are attached during a capture only, so that steps between captures cost a comparison.

One file, so that it can be copied into a project. It needs torch 2.0 or newer, and tensorboard.
"""

from __future__ import annotations

import contextlib
import json
import math
import operator
import random
import re
import struct
import sys
import threading
import time
import warnings
import weakref
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.tensorboard import SummaryWriter

__all__ = ["Tap", "tap"]

MODEL_TAG = "convscope/model"
PROBE_INPUT_TAG = "probes/input"
PROBE_PICTURES_TAG = "probes/pictures"
PROBE_PREDICTIONS_TAG = "probes/predictions"
NET_INPUT = "input"

Every = int | Callable[[int], bool]
Loss = Callable[[Tensor], Tensor] | Literal["sum"]
Json = dict[str, Any]


def tap(
    model: nn.Module,
    writer: SummaryWriter,
    probe: Tensor | tuple[Any, ...],
    every: Every = 100,
    *,
    loss: Loss | None = None,
    layers: str | Callable[[str], bool] | None = None,
    pictures: Tensor | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    start: int = 0,
) -> Tap:
    """Taps a net, and captures it at once as step `start`.

    Args:
        model: the net. DataParallel, DistributedDataParallel and torch.compile wrappers are looked through.
        writer: a SummaryWriter of torch or tensorboardX. Closing it stays with the caller.
        probe: the pictures to watch, [N, C, H, W], normalised as the net wants them. The same ones at every capture.
            A net with further arguments, such as time steps or classes, gets a tuple: `(pictures, *arguments)`.
        every: capture at multiples of this step, or where this function of the step says so.
        loss: writes the gradient of this function of the net's output (or of its sum) with respect to the output of
            every convolution and linear layer. None writes no gradients, and saves their time.
        layers: writes only layers whose name this regular expression finds, or this function accepts. The description
            always has all of them.
        pictures: the probe before normalisation, for showing: [N, 1 or 3, H, W], floats in 0..1 or uint8. Without it,
            each picture of the probe is stretched from its darkest to its brightest value.
        optimizer: counts the steps of this optimizer. Without one, call `step()` after each.
        start: the number of updates that the net has behind it.

    Raises:
        ValueError: for a probe that is not [N, C, H, W], for `every` below 1, for other pictures than the probe has, and
            for a net with lazy layers that have no weights yet.
        TypeError: for a writer that is not a SummaryWriter.
    """
    return Tap(
        model,
        writer,
        probe,
        every,
        loss=loss,
        layers=layers,
        pictures=pictures,
        optimizer=optimizer,
        start=start,
    )


class Tap:
    """A tapped net. Close it with `close()`, or use it as a context manager."""

    def __init__(
        self,
        model: nn.Module,
        writer: SummaryWriter,
        probe: Tensor | tuple[Any, ...],
        every: Every,
        *,
        loss: Loss | None,
        layers: str | Callable[[str], bool] | None,
        pictures: Tensor | None,
        optimizer: torch.optim.Optimizer | None,
        start: int,
    ) -> None:
        shown, *arguments = probe if isinstance(probe, tuple) and probe else (probe,)
        if not isinstance(shown, Tensor):
            raise TypeError(f"The probe must be a tensor of pictures [N, C, H, W], not {type(shown).__name__}.")
        if shown.dim() != 4 or 0 in shown.shape:
            raise ValueError(f"The probe must be pictures [N, C, H, W], not {list(shown.shape)}.")
        if not callable(every):
            # A number of numpy is one as well.
            every = operator.index(every)
        if isinstance(every, int) and every < 1:
            raise ValueError(f"every={every}: a capture at most at every step, so 1 or more.")
        if not (loss is None or loss == "sum" or callable(loss)):
            raise ValueError(f"loss={loss!r}: a function of the net's output, or \"sum\".")
        if not (layers is None or isinstance(layers, str) or callable(layers)):
            raise TypeError(f"layers must be a regular expression or a function, not {type(layers).__name__}.")
        if pictures is not None:
            if not isinstance(pictures, Tensor):
                raise TypeError(f"pictures must be a tensor [N, 1 or 3, H, W], not {type(pictures).__name__}.")
            if pictures.dim() != 4 or pictures.shape[1] not in (1, 3) or len(pictures) != len(shown):
                raise ValueError(
                    f"pictures must be [{len(shown)}, 1 or 3, H, W], as many as the probe has, not {list(pictures.shape)}."
                )
        if not hasattr(writer, "_get_file_writer"):
            raise TypeError(f"The writer must be a SummaryWriter, such as torch's, not {type(writer).__name__}.")
        self._model = _bare(model)
        self._writer = writer
        self._probe = shown.detach().to("cpu", copy=True)
        self._arguments = [one.detach().to("cpu", copy=True) if isinstance(one, Tensor) else one for one in arguments]
        self._every = every
        self._loss = loss
        self._wants = _matcher(layers)
        self._pictures = pictures
        self._step = start
        self._told: set[str] = set()
        self._description = ""
        _check_lazy_layers(self._model)
        self._is_open = _is_first_rank() and self._can_be_read()
        if self._is_open:
            reference = _newest_taps.get(writer)
            other = None if reference is None else reference()
            if other is not None and other._is_open and other._model is not self._model:
                self._warn(
                    "Two nets are tapped with one writer, and the log will mix them up: give each its own SummaryWriter, "
                    "with a folder of its own."
                )
            _newest_taps[writer] = weakref.ref(self)
        _hasten_checksums()
        self._counter: Any = None
        if self._is_open:
            self.capture(start)
            if optimizer is not None:
                self._counter = optimizer.register_step_post_hook(self._count)

    def __enter__(self) -> Tap:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the captures. The writer stays open."""
        self._is_open = False
        if self._counter is not None:
            self._counter.remove()
            self._counter = None

    def step(self, step: int | None = None) -> bool:
        """Call after each update, with its number or without: then it counts. Returns whether it captured.

        A capture that fails ends the captures with a warning: a viewer is no reason for a training to stop.
        """
        self._step = self._step + 1 if step is None else step
        if not self._is_open:
            return False
        every = self._every
        is_due = self._step % every == 0 if isinstance(every, int) else every(self._step)
        if not is_due:
            return False
        try:
            self.capture(self._step)
        except Exception as error:  # noqa: BLE001
            self.close()
            self._warn(f"The capture at step {self._step} failed, and there will be no more: {error!r}")
            return False
        return True

    def _count(self, *_: object) -> None:
        self.step()

    def capture(self, step: int | None = None) -> None:
        """Captures now, as `step` or as the current one."""
        at = self._step if step is None else step
        began = time.perf_counter()
        recording = _record(self._model, self._probe, self._arguments, self._loss, self._wants)
        for problem in recording.problems:
            self._warn(problem)
        described = recording.describe()
        description = json.dumps({"version": 1, **described})
        if description != self._description:
            # It changes where the net does, such as one that grows.
            self._description = description
            self._writer.add_text(MODEL_TAG, description, at)
            self._write(PROBE_INPUT_TAG, recording.probe, at)
            self._write_pictures(at)
        for tag, tensor in recording.records():
            self._write(tag, tensor, at)
        predictions = _probabilities(recording.output)
        if predictions is not None:
            self._write(PROBE_PREDICTIONS_TAG, predictions, at)
        self._writer.add_scalar("perf/capture_ms", (time.perf_counter() - began) * 1000, at)

    def _can_be_read(self) -> bool:
        for name, module in self._model.named_modules():
            place = f"{name} is" if name else "The net is"
            if isinstance(module, torch.jit.ScriptModule):
                self._warn(f"{place} a ScriptModule, which has no hooks. Nothing is captured: tap the net as it was.")
                return False
            if type(module).__name__ in ("FullyShardedDataParallel", "FSDPModule"):
                self._warn(f"{place} fully sharded: no process has all of its weights. Nothing is captured.")
                return False
        if any(parameter.is_meta for parameter in self._model.parameters()):
            self._warn("The net has no weights, but their shapes (the device meta). Nothing is captured.")
            return False
        if any(type(parameter.data).__name__ == "DTensor" for parameter in self._model.parameters()):
            self._warn("The net's parameters are sharded (DTensor): no process has all of them. Nothing is captured.")
            return False
        return True

    def _warn(self, problem: str) -> None:
        """Once for each problem."""
        if problem not in self._told:
            self._told.add(problem)
            warnings.warn(f"convscope: {problem}", stacklevel=4)

    def _write(self, tag: str, tensor: Tensor, step: int) -> None:
        _write_value(self._writer, tag, _tensor_proto(tensor), step)

    def _write_pictures(self, step: int) -> None:
        shown = self._probe if self._pictures is None else self._pictures.detach().cpu()
        if shown.shape[1] not in (1, 3):
            # No picture has this many channels. The page shows the first of them instead.
            shown = shown[:, :1]
        encoded = [_png(_bytes_of(one, stretch=self._pictures is None)) for one in shown]
        size = [str(shown.shape[3]).encode(), str(shown.shape[2]).encode()]
        _write_value(self._writer, PROBE_PICTURES_TAG, _strings_proto([*size, *encoded]), step, plugin="images")


#: By the writer. A tap holds its net, which is not to be kept.
_newest_taps: weakref.WeakKeyDictionary[SummaryWriter, weakref.ref[Tap]] = weakref.WeakKeyDictionary()


def _check_lazy_layers(model: nn.Module) -> None:
    """Raises ValueError where a layer makes its weights of the first batch: a capture must not be that."""
    for name, module in model.named_modules():
        if getattr(module, "has_uninitialized_params", bool)():
            raise ValueError(
                f"{_clean(name)} ({type(module).__name__}) has no weights before it has seen a batch: run one through the "
                "net, and tap it then."
            )


# ----------------------------------------------------------------------------------------------------- recording


@dataclass
class _Node:
    """A layer, or a function that the net calls outside of any layer."""

    name: str
    #: The nodes whose outputs it reads.
    inputs: list[str]
    #: Its description without name, inputs and shape.
    spec: Json
    shape: tuple[int, ...]
    #: Whether its output is [N, C, H, W] or [N, C] for N pictures, and not windows, heads or a mask of other axes.
    is_of_pictures: bool = True
    output: Tensor | None = None
    #: What it read, where the log has it nowhere else.
    own_input: Tensor | None = None
    parameters: dict[str, Tensor] = field(default_factory=dict)
    gradient: Tensor | None = None


#: Functions that may leave other axes than [N, C, H, W].
_MOVES_AXES = frozenset(
    ("reshape", "unflatten", "Unflatten", "flatten", "Flatten", "permute", "transpose", "movedim", "moveaxis", "unfold")
    + ("Fold", "Unfold", "fold", "squeeze", "unsqueeze", "stack", "einsum", "matmul", "bmm", "T", "mT", "unbind")
)

#: Layers that only read [N, C, H, W].
_OF_PICTURES = (
    *("conv2d", "convTranspose2d", "maxPool2d", "avgPool2d", "adaptiveAvgPool2d", "adaptiveMaxPool2d"),
    "batchNorm2d",
)

#: By which the page knows how much a layer may round.
_HALF_PRECISIONS = {torch.float16: "float16", torch.bfloat16: "bfloat16"}

#: Layers whose gradients are written.
_WEIGHTED = ("conv2d", "convTranspose2d", "dense")


@dataclass
class _Recording:
    model: nn.Module
    probe_shape: tuple[int, ...]
    nodes: dict[str, _Node] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    #: As the net read it.
    probe: Tensor = field(default_factory=lambda: torch.empty(0))
    #: What may be scores of classes.
    output: Tensor | None = None

    def describe(self) -> Json:
        layers: list[Json] = []
        for node in self.nodes.values():
            layer: Json = {
                "name": node.name,
                **node.spec,
                "inputs": node.inputs,
                "outputShape": _map_shape(node.shape),
            }
            if node.spec["type"] == "conv2d":
                layer["input"] = self._source(node)
            layers.append(layer)
        weight = next((one for one in self.model.parameters() if one.is_floating_point()), None)
        precision = None if weight is None else _HALF_PRECISIONS.get(weight.dtype)
        return {
            "name": type(self.model).__name__,
            **({} if precision is None else {"precision": precision}),
            "parameters": sum(parameter.numel() for parameter in self.model.parameters()),
            "inputShape": list(self.probe_shape[1:]),
            "layers": layers,
        }

    def _source(self, node: _Node) -> Json:
        """Where the log has the input of a convolution: mostly it is the output of another layer."""
        if node.own_input is not None:
            return {"from": "record", "tag": f"{node.name}/input", "operations": []}
        producer = self.producer(node.inputs)
        if producer == NET_INPUT:
            return {"from": "probes"}
        return {"from": "record", "tag": f"{producer}/output", "operations": []}

    def producer(self, inputs: list[str]) -> str | None:
        """The layer whose record holds what the first of the inputs says; undefined if there is none."""
        name = inputs[0] if inputs else None
        while name is not None and name in self.nodes and self.nodes[name].spec["type"] == "dropout":
            # It returns what it reads.
            name = self.nodes[name].inputs[0]
        is_recorded = name == NET_INPUT or (name in self.nodes and self.nodes[name].output is not None)
        return name if is_recorded else None

    def records(self) -> Iterator[tuple[str, Tensor]]:
        """What is to be written, by tag."""
        for node in self.nodes.values():
            of = {"input": node.own_input, "output": node.output, **node.parameters, "gradient": node.gradient}
            for role, tensor in of.items():
                if tensor is not None:
                    yield f"{node.name}/{role}", tensor


@torch.inference_mode(False)
def _record(
    model: nn.Module, probe: Tensor, arguments: list[Any], loss: Loss | None, wants: Callable[[str], bool]
) -> _Recording:
    parameter = next((one for one in model.parameters() if one.is_floating_point()), None)

    def placed(value: Any) -> Any:
        """A copy as the net wants it: a net may change what it reads in place."""
        if not isinstance(value, Tensor):
            return value
        if parameter is None:
            return value.clone()
        return value.to(parameter.device, parameter.dtype if value.is_floating_point() else value.dtype, copy=True)

    recorder = _Recorder(model, tuple(probe.shape), [placed(one) for one in arguments], wants)
    pictures = placed(probe)
    recorder.recording.probe = _copy(pictures)
    with _untouched(model, parameter), recorder.attached():
        if loss is None:
            with torch.no_grad():
                recorder.run(pictures)
        else:
            with torch.enable_grad():
                # Gradients with respect to the pictures pass all layers and reach no parameter.
                leaf = pictures.requires_grad_()
                output = recorder.run(leaf.view_as(leaf))
                if callable(loss):
                    total = loss(cast(Tensor, output))
                elif isinstance(output, Tensor):
                    total = output.sum()
                else:
                    raise TypeError(
                        f"The net returns {type(output).__name__}: give a loss that makes one number of it."
                    )
                torch.autograd.grad(total, leaf, allow_unused=True)
    return recorder.recording


class _Recorder(TorchFunctionMode):
    """Follows the tensors of one forward pass: through modules by hooks, through functions by a function mode."""

    def __init__(
        self, model: nn.Module, probe_shape: tuple[int, ...], arguments: list[Any], wants: Callable[[str], bool]
    ) -> None:
        super().__init__()
        self._model = model
        #: What the net takes besides pictures.
        self._arguments = arguments
        self._wants = wants
        self.recording = _Recording(model, probe_shape)
        #: The node that made a tensor, by the tensor's id. The tensor is kept, so that no other one gets its id.
        self._made: dict[int, tuple[Tensor, str]] = {}
        #: Ids of tensors [N, H, W, C], which a net made of [N, C, H, W] for layers that work on the last axis.
        self._channels_last: set[int] = set()
        #: Tensors [N, groups, C / groups, H, W] of maps, by id: how many groups, and whether the two axes are swapped.
        self._grouped: dict[int, tuple[int, bool]] = {}
        self._path: list[str] = []
        #: How deep the pass is inside layers that are read as a whole.
        self._inside = 0
        self._names = {id(module): _clean(name) for name, module in model.named_modules()}
        #: The one that runs the probe. Another may call the net at the same time, for example to evaluate it.
        self._thread = 0

    @contextlib.contextmanager
    def attached(self) -> Iterator[None]:
        handles: list[Any] = []
        try:
            for module in self._model.modules():
                handles.append(module.register_forward_pre_hook(self._enter, with_kwargs=True))
                handles.append(module.register_forward_hook(self._leave, with_kwargs=True))
            yield
        finally:
            for handle in handles:
                handle.remove()

    def run(self, pictures: Tensor) -> object:
        self._made[id(pictures)] = (pictures, NET_INPUT)
        self._thread = threading.get_ident()
        with self:
            output = self._model(pictures, *self._arguments)
        # Checkpointed layers are called once more for their gradients.
        self._thread = 0
        nodes = self.recording.nodes
        scores = _scores(output)
        made = nodes.get(self._made[id(scores)][1]) if id(scores) in self._made else None
        # After a sigmoid, each value is a probability of its own.
        is_activated = made is not None and made.spec["type"] == "activation"
        self.recording.output = None if is_activated else scores
        for name, module in self._model.named_modules():
            if (
                isinstance(module, nn.Conv2d | nn.ConvTranspose2d)
                and (_clean(name) or type(module).__name__) not in nodes
            ):
                self.recording.problems.append(f"{name} was not called for the probe, so that it has no maps.")
        return output

    def _enter(self, module: nn.Module, args: tuple[Any, ...], kwargs: Json) -> None:
        if threading.get_ident() != self._thread:
            return
        self._path.append(self._names.get(id(module), ""))
        if _is_layer(module):
            self._inside += 1

    def _leave(self, module: nn.Module, args: tuple[Any, ...], kwargs: Json, output: object) -> None:
        if threading.get_ident() != self._thread:
            return
        path = self._path.pop()
        if not _is_layer(module):
            return
        if self._inside > 1:
            self._inside -= 1
            return
        # While it counts as inside, calls of this function are not followed.
        spec, parameters = _spec_of_module(module, args, is_last=self._are_channels_last(args))
        self._add(path or type(module).__name__, spec, parameters, [*args, *kwargs.values()], output)
        self._inside -= 1

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Json | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        output = func(*args, **kwargs)
        if self._inside > 0:
            return output
        read = [tensor for tensor in _tensors([*args, *kwargs.values()]) if id(tensor) in self._made]
        result = _first_tensor(output)
        if not read or result is None or not (result.is_floating_point() or result.is_complex()):
            return output
        self._inside += 1
        function = getattr(func, "__name__", "function").strip("_")
        name = _FUNCTION_NAMES.get(function, function)
        moved = _moved_channels(name, args, kwargs, is_last=id(read[0]) in self._channels_last)
        path = self._path[-1] if self._path else ""
        if self._regroup(path, name, args, kwargs, result):
            pass
        elif name in _SPLITS:
            self._split(f"{path}.slice" if path else "slice", read[0], _tensors([output]))
        elif name in _PASSED or moved is not None or _is_vector(name, read[0], result):
            self._made[id(result)] = (result, self._made[id(read[0])][1])
            if moved is True or (moved is None and id(read[0]) in self._channels_last):
                self._channels_last.add(id(result))
        else:
            is_last = self._are_channels_last(args)
            # The description has no words for complex numbers, but they have been made from maps, and maps from them.
            is_complex = any(tensor.is_complex() for tensor in [*read, result])
            unknown: _Spec = ({"type": "other", "kind": name}, {})
            spec, parameters = unknown if is_complex else _spec_of_function(name, args, kwargs, result, is_last=is_last)
            # The other tensor only has the shape to expand to.
            values = args[:1] if name == "expand_as" else [*args, *kwargs.values()]
            self._add(f"{path}.{name}" if path else name, spec, parameters, values, output)
        self._inside -= 1
        return output

    def _regroup(self, path: str, name: str, args: tuple[Any, ...], kwargs: Json, result: Tensor) -> bool:
        """Follows channels that are shuffled by three changes of the shape. Returns whether this is one of them."""
        read = args[0] if args else None
        if not isinstance(read, Tensor) or id(read) not in self._made or id(read) in self._channels_last:
            return False
        groups, is_swapped = self._grouped.get(id(read), (0, False))
        before, after = list(read.shape), list(result.shape)
        if groups == 0:
            is_grouped = name in ("reshape", "unflatten") and len(before) == 4 and len(after) == 5
            if not is_grouped or before != [after[0], after[1] * after[2], *after[3:]]:
                return False
            self._grouped[id(result)] = (after[1], False)
        elif name in _PASSED or _swaps_groups(name, args[1:], kwargs):
            self._grouped[id(result)] = (groups, is_swapped != (name not in _PASSED))
        elif name in ("reshape", "flatten") and after == [before[0], before[1] * before[2], *before[3:]]:
            if is_swapped:
                shuffle = f"{path}.shuffle" if path else "shuffle"
                self._add(shuffle, {"type": "channelShuffle", "groups": groups}, {}, [read], result, is_regrouped=True)
                return True
        else:
            return False
        self._made[id(result)] = (result, self._made[id(read)][1])
        return True

    def _split(self, name: str, read: Tensor, parts: list[Tensor]) -> None:
        """Each part is a layer, from which other layers read."""
        first = 0
        rest = [len(read), *read.shape[2:]]
        is_of_channels = read.dim() == 4 and id(read) not in self._channels_last
        for part in parts:
            if not is_of_channels or [len(part), *part.shape[2:]] != rest:
                self._add(name, {"type": "other", "kind": "split"}, {}, [read], part)
            else:
                self._add(name, {"type": "slice", "first": first}, {}, [read], part)
                first += part.shape[1]

    def _are_channels_last(self, args: Sequence[Any]) -> bool:
        """Whether all tensors that layers have made are [N, H, W, C]."""
        made = [tensor for tensor in _tensors(args) if id(tensor) in self._made]
        return bool(made) and all(id(tensor) in self._channels_last for tensor in made)

    def _add(
        self,
        name: str,
        spec: Json,
        parameters: dict[str, Tensor],
        args: Sequence[Any],
        output: object,
        *,
        is_regrouped: bool = False,
    ) -> None:
        result = _first_tensor(output)
        if result is None:
            return
        unique = f"{name}_" if name == NET_INPUT else name
        count = 1
        while unique in self.recording.nodes:
            unique, count = f"{name}_{count}", count + 1
        made = [tensor for tensor in _tensors(args) if id(tensor) in self._made]
        inputs = [self._made[id(tensor)][1] for tensor in made]
        is_last = self._are_channels_last(args)
        is_grouped = not is_regrouped and any(id(tensor) in self._grouped for tensor in made)
        if is_grouped or (not is_last and any(id(tensor) in self._channels_last for tensor in made)):
            spec = {"type": "other", "kind": spec.get("kind", spec["type"])}
        is_last = is_last and spec["type"] != "other"
        # The page shows all of them as [N, C, H, W].
        turned = _channels_first if is_last else (lambda tensor: tensor)
        read = [turned(tensor) for tensor in made or _tensors(args)]
        shown = turned(result)
        is_whole = len(inputs) == (len(_tensors(args)) if spec["type"] == "concat" else 2)
        if spec["type"] in ("add", "multiply", "divide", "maximum", "minimum", "concat") and not is_whole:
            # It reads what no layer made as well.
            spec = {"type": "other", "kind": spec["type"]}
        if spec["type"] == "conv2d":
            shape = tuple(read[0].shape)
            if _PAD in spec:
                inputs, shape = self._pad(unique, inputs, read[0], *spec[_PAD])
            spec = {**{key: value for key, value in spec.items() if key != _PAD}, "inputShape": _map_shape(shape)}
        node = _Node(unique, inputs, spec, tuple(shown.shape), self._is_of_pictures(spec, inputs, shown))
        if self._wants(unique):
            node.output = _as_maps(shown) if node.is_of_pictures and spec["type"] != "dropout" else None
            node.parameters = {role: _copy(parameter) for role, parameter in parameters.items()}
            if spec["type"] == "conv2d" and self.recording.producer(inputs) is None:
                node.own_input = _as_maps(read[0])
            if spec["type"] in _WEIGHTED and result.requires_grad and node.is_of_pictures:

                def keep(gradient: Tensor, node: _Node = node) -> None:
                    node.gradient = _as_maps(turned(gradient))

                # A hook that is there before an in-place activation sees the gradient before it.
                result.register_hook(keep)  # type: ignore[no-untyped-call]
        self.recording.nodes[unique] = node
        for tensor in _tensors([output]):
            self._made[id(tensor)] = (tensor, unique)
            if is_last:
                self._channels_last.add(id(tensor))

    def _is_of_pictures(self, spec: Json, inputs: list[str], shown: Tensor) -> bool:
        """Whether its axes are those of maps: attention makes windows, tokens and heads of maps, and maps of them again."""
        if spec["type"] in _OF_PICTURES:
            return True
        if spec["type"] == "dense" and shown.dim() != 2:
            return False
        count = shown.shape[0] if shown.dim() > 0 else 0
        nodes = self.recording.nodes
        before = [nodes[name] for name in inputs if name in nodes]
        if spec.get("kind") in _MOVES_AXES:
            # Of a vector a net makes what it likes; of anything else maps that are as large as earlier ones.
            size = tuple(shown.shape[2:])
            is_known = size == self.recording.probe_shape[2:] or any(
                node.is_of_pictures and node.shape[2:] == size for node in nodes.values()
            )
            is_of_vector = any(len(node.shape) == 2 for node in before)
            return count == self.recording.probe_shape[0] and (is_of_vector or is_known)
        if not before:
            return count == self.recording.probe_shape[0]
        return any(node.is_of_pictures and node.shape[:1] == (count,) for node in before)

    def _pad(
        self, name: str, inputs: list[str], read: Tensor, sides: list[int], mode: str
    ) -> tuple[list[str], tuple[int, ...]]:
        """Adds what a convolution pads by itself as a layer before it."""
        with torch.no_grad():
            padded = nn.functional.pad(read.detach(), sides, mode="constant" if mode == "zeros" else mode)
        node = _Node(f"{name}.pad", inputs, {"type": "pad", "sides": sides, "mode": mode}, tuple(padded.shape))
        # Kept whichever layers are wanted, if the convolution is.
        if self._wants(name):
            node.output = _as_maps(padded)
        self.recording.nodes[node.name] = node
        return [node.name], node.shape


@contextlib.contextmanager
def _untouched(model: nn.Module, parameter: Tensor | None) -> Iterator[None]:
    """Evaluation mode in full precision, after which everything is as before."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.detach().clone(), buffer._version) for buffer in model.buffers()]
    numpy = sys.modules.get("numpy")
    numpy_state = numpy.random.get_state() if numpy is not None else None
    python_state = random.getstate()
    device = torch.device("cpu") if parameter is None else parameter.device
    graphics = [device] if device.type == "cuda" else []
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(devices=graphics))
        stack.enter_context(torch.autocast(device.type, enabled=False))
        if hasattr(torch.compiler, "set_stance") and _is_compiled(model):
            # Compiled code has no hooks.
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        if device.type == "cuda":
            stack.enter_context(_without_tf32())
        try:
            # Not model.eval(): a net may have made something of its own of it.
            for module, _ in modes:
                module.training = False
            yield
        finally:
            for module, mode in modes:
                module.training = mode
            with torch.no_grad():
                for buffer, before, version in buffers:
                    if buffer._version != version:
                        buffer.copy_(before)
            random.setstate(python_state)
            if numpy is not None:
                numpy.random.set_state(numpy_state)


@contextlib.contextmanager
def _without_tf32() -> Iterator[None]:
    """A viewer computes the values again, and TF32 keeps 10 bits of each factor."""
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    before = (cudnn.allow_tf32, matmul.allow_tf32)
    cudnn.allow_tf32, matmul.allow_tf32 = False, False
    try:
        yield
    finally:
        cudnn.allow_tf32, matmul.allow_tf32 = before


# --------------------------------------------------------------------------------------------- what a layer computes

_Spec = tuple[Json, dict[str, Tensor]]

#: In the description of a convolution, until the layer is added that pads what it reads.
_PAD = "pad"

#: Functions that return the values that they read.
_PASSED = frozenset(
    ("detach", "clone", "contiguous", "to", "float", "half", "bfloat16", "type", "requires_grad", "dropout")
    + ("dropout2d", "view_as", "alias", "cuda", "cpu", "alpha_dropout", "feature_dropout")
)
#: Functions that return parts of what they read.
_SPLITS = frozenset(("chunk", "split", "split_with_sizes", "tensor_split", "unsafe_chunk", "unsafe_split"))
#: Methods, operators and versions in place by the name of their function.
_FUNCTION_NAMES = {
    "iadd": "add",
    "radd": "add",
    "isub": "sub",
    "subtract": "sub",
    "imul": "mul",
    "rmul": "mul",
    "multiply": "mul",
    "truediv": "div",
    "itruediv": "div",
    "divide": "div",
    "true_divide": "div",
    "rtruediv": "rdiv",
    "negative": "neg",
    "clip": "clamp",
    "linalg_vector_norm": "norm",
    "vector_norm": "norm",
    "getitem": "slice",
    "narrow": "slice",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "upsample": "interpolate",
    "upsample_nearest": "interpolate",
    "concat": "cat",
    "concatenate": "cat",
    "view": "reshape",
    "max_pool2d_with_indices": "max_pool2d",
}
_ACTIVATIONS = {
    "relu": "relu",
    "relu6": "relu6",
    "leaky_relu": "leakyRelu",
    "elu": "elu",
    "gelu": "gelu",
    "silu": "silu",
    "mish": "mish",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "hardswish": "hardswish",
    "hardsigmoid": "hardsigmoid",
    "selu": "selu",
}
_ACTIVATION_MODULES: dict[type[nn.Module], str] = {
    nn.ReLU: "relu",
    nn.ReLU6: "relu6",
    nn.LeakyReLU: "leakyRelu",
    nn.ELU: "elu",
    nn.GELU: "gelu",
    nn.SiLU: "silu",
    nn.Mish: "mish",
    nn.Sigmoid: "sigmoid",
    nn.Tanh: "tanh",
    nn.Softplus: "softplus",
    nn.Hardswish: "hardswish",
    nn.Hardsigmoid: "hardsigmoid",
    nn.SELU: "selu",
}
#: By the mode of `nn.functional.pad`.
_PADDING_MODES = {"constant": "zeros", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
_PADDING_MODULES: dict[type[nn.Module], str] = {
    nn.ZeroPad2d: "constant",
    nn.ConstantPad2d: "constant",
    nn.ReflectionPad2d: "reflect",
    nn.ReplicationPad2d: "replicate",
    nn.CircularPad2d: "circular",
}
#: Functions of one value, or of one value of each input, which do not regard the order of the axes.
_ELEMENTWISE = frozenset(
    ("add", "sub", "rsub", "mul", "div", "rdiv", "neg", "maximum", "minimum")
    + ("clamp", "clamp_min", "clamp_max", "hardtanh", *_ACTIVATIONS)
)


def _is_layer(module: nn.Module) -> bool:
    """Whether a module is read as a whole: those of torch.nn that are not containers, and do something."""
    if isinstance(module, nn.Identity):
        return False
    home = type(module).__module__
    return home.startswith("torch.nn.") and not home.startswith(("torch.nn.modules.container", "torch.nn.parallel"))


def _spec_of_module(module: nn.Module, args: tuple[Any, ...], *, is_last: bool) -> _Spec:
    kind = type(module).__name__
    other: Json = {"type": "other", "kind": kind}
    own: dict[str, Tensor] = dict(module.named_parameters(recurse=False))
    if isinstance(module, nn.LayerNorm):
        spec = _layer_norm(_first_tensor(args), list(module.normalized_shape), module.eps, own, is_last=is_last)
        return spec or (other, own)
    if is_last:
        if isinstance(module, nn.Linear):
            return _pointwise(module.weight, module.bias)
        if not isinstance(module, (nn.Identity, nn.Dropout, nn.AlphaDropout, nn.Hardtanh, *_ACTIVATION_MODULES)):
            # It reads the axes in another order than the page shows them.
            return other, own
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        # A parametrised weight is not a parameter, but an attribute.
        own = {"weight": module.weight, **({} if module.bias is None else {"bias": module.bias})}
    if isinstance(module, nn.Conv2d):
        return _conv(own, module.stride, module.padding, module.dilation, module.groups, module.padding_mode)
    if isinstance(module, nn.ConvTranspose2d):
        # A call may state the output's size, which becomes output padding.
        outputs = len(args) > 1
        padding = cast(tuple[int, int], module.padding)
        return (
            (other, own)
            if outputs
            else _transposed(own, module.stride, padding, module.output_padding, module.dilation, module.groups)
        )
    if isinstance(module, nn.Linear):
        return _dense(own)
    read = _first_tensor(args)
    if isinstance(module, nn.BatchNorm2d | nn.SyncBatchNorm | nn.BatchNorm1d):
        is_sequence = isinstance(module, nn.BatchNorm1d) and (read is None or read.dim() != 2)
        if is_sequence or module.running_mean is None or module.running_var is None:
            return other, own
        running = {"running_mean": module.running_mean, "running_var": module.running_var}
        return {"type": "batchNorm2d", "eps": module.eps, "affine": module.affine}, {**own, **running}
    if isinstance(module, nn.GroupNorm):
        return _group_norm(module.num_groups, module.eps, module.affine), own
    if isinstance(module, nn.InstanceNorm2d):
        if module.running_mean is None or module.running_var is None:
            return _group_norm(module.num_features, module.eps, module.affine), own
        # With running statistics, it is a batch norm in evaluation.
        running = {"running_mean": module.running_mean, "running_var": module.running_var}
        return {"type": "batchNorm2d", "eps": module.eps, "affine": module.affine}, {**own, **running}
    if isinstance(module, nn.Upsample):
        size = module.size
        if size is None and read is not None and module.scale_factor is not None:
            size = _scaled(read, module.scale_factor, module.recompute_scale_factor)
        return _upsample(kind, size, module.mode, module.align_corners), {}
    if isinstance(module, nn.MaxPool2d):
        return _max_pool(module.kernel_size, module.stride, module.padding, module.dilation, module.ceil_mode), {}
    if isinstance(module, nn.AvgPool2d) and module.divisor_override is None:
        return _avg_pool(
            module.kernel_size, module.stride, module.padding, module.ceil_mode, module.count_include_pad
        ), {}
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return {"type": "adaptiveAvgPool2d"}, {}
    if isinstance(module, nn.AdaptiveMaxPool2d):
        is_of_picture = _pair(module.output_size) == [1, 1]
        return (_reduce("max", "pixels") if is_of_picture else {"type": "adaptiveMaxPool2d"}), {}
    if type(module) in _PADDING_MODULES:
        sides = cast(Any, module).padding
        return _padding(sides, _PADDING_MODULES[type(module)], getattr(module, "value", 0)) or other, {}
    if isinstance(module, nn.PixelShuffle):
        return {"type": "pixelShuffle", "factor": module.upscale_factor}, {}
    if isinstance(module, nn.PixelUnshuffle):
        return {"type": "pixelUnshuffle", "factor": module.downscale_factor}, {}
    if isinstance(module, nn.ChannelShuffle):
        return {"type": "channelShuffle", "groups": module.groups}, {}
    if type(module) is nn.Hardtanh:
        return _clamp(module.min_val, module.max_val), {}
    if isinstance(module, nn.Flatten) and module.start_dim == 1 and module.end_dim == -1:
        return {"type": "flatten"}, {}
    if isinstance(module, nn.PReLU):
        return {"type": "prelu"}, own
    if isinstance(module, nn.Softmax | nn.Softmax2d):
        dimension = getattr(module, "dim", 1)
        return ({"type": "softmax"} if _is_of_channels(dimension, args) else other), {}
    if isinstance(module, nn.LogSoftmax):
        return ({"type": "logSoftmax"} if _is_of_channels(module.dim, args) else other), {}
    if isinstance(module, nn.Identity | nn.Dropout | nn.Dropout2d | nn.AlphaDropout | nn.FeatureAlphaDropout):
        return {"type": "dropout"}, {}
    activation = _ACTIVATION_MODULES.get(type(module))
    if activation is None:
        return other, own
    return _activation(
        activation,
        negative_slope=getattr(module, "negative_slope", None),
        alpha=getattr(module, "alpha", None),
        approximate=getattr(module, "approximate", None),
        beta=getattr(module, "beta", 1),
        threshold=getattr(module, "threshold", 20),
    ), {}


def _spec_of_function(
    name: str, args: tuple[Any, ...], kwargs: Json, result: Tensor, *, is_last: bool
) -> _Spec:
    other: Json = {"type": "other", "kind": name}

    def given(place: int, key: str, default: Any = None) -> Any:
        return kwargs[key] if key in kwargs else args[place] if len(args) > place else default

    if name == "layer_norm":
        own = {"weight": given(2, "weight"), "bias": given(3, "bias")}
        own = {role: parameter for role, parameter in own.items() if parameter is not None}
        read = _first_tensor(args)
        spec = _layer_norm(read, list(given(1, "normalized_shape")), given(4, "eps", 1e-5), own, is_last=is_last)
        return spec or (other, own)
    if name in ("mul", "add"):
        one = _of_channels(name, given(0, "input"), given(1, "other"), result, is_last=is_last)
        if one is not None:
            return one if kwargs.get("alpha", 1) == 1 else (other, {})
    if name == "addcmul":
        spec = _addcmul(given(0, "input"), given(1, "tensor1"), given(2, "tensor2"), result, is_last=is_last)
        return (other, {}) if spec is None or kwargs.get("value", 1) != 1 else spec
    if name in ("max", "min") and isinstance(given(1, "other"), Tensor):
        name = f"{name}imum"
    if name in _REDUCTIONS:
        reduced = _reduction(name, given, args[0], result, is_last=is_last)
        if reduced is not None:
            return reduced, {}
    if is_last:
        if name == "linear":
            return _pointwise(given(1, "weight"), given(2, "bias"))
        if name not in _ELEMENTWISE:
            # It reads the axes in another order than the page shows them.
            return other, {}
    if name in ("conv2d", "conv_transpose2d", "linear"):
        own = {"weight": given(1, "weight"), "bias": given(2, "bias")}
        own = {role: parameter for role, parameter in own.items() if parameter is not None}
        if name == "linear":
            return _dense(own)
        if name == "conv2d":
            return _conv(
                own, given(3, "stride", 1), given(4, "padding", 0), given(5, "dilation", 1), given(6, "groups", 1)
            )
        return _transposed(
            own,
            given(3, "stride", 1),
            given(4, "padding", 0),
            given(5, "output_padding", 0),
            given(7, "dilation", 1),
            given(6, "groups", 1),
        )
    if name in _ACTIVATIONS:
        return _activation(
            _ACTIVATIONS[name],
            negative_slope=given(1, "negative_slope", 0.01) if name == "leaky_relu" else None,
            alpha=given(1, "alpha", 1.0) if name == "elu" else None,
            approximate=kwargs.get("approximate"),
            beta=given(1, "beta", 1) if name == "softplus" else 1,
            threshold=given(2, "threshold", 20) if name == "softplus" else 20,
        ), {}
    if name == "prelu":
        return {"type": "prelu"}, {"weight": given(1, "weight")}
    if name == "softmax":
        return ({"type": "softmax"} if _is_of_channels(given(1, "dim"), args) else other), {}
    if name == "log_softmax":
        return ({"type": "logSoftmax"} if _is_of_channels(given(1, "dim"), args) else other), {}
    if name in ("add", "sub", "rsub", "mul", "div", "rdiv", "neg"):
        return _arithmetic(name, given(0, "input"), given(1, "other"), kwargs, result) or other, {}
    if name in ("maximum", "minimum"):
        return ({"type": name} if _is_elementwise(given(0, "input"), given(1, "other"), result) else other), {}
    if name in ("clamp", "clamp_min", "clamp_max", "hardtanh"):
        low, high = given(1, "min"), given(2, "max")
        if name == "hardtanh":
            low, high = given(1, "min_val", -1.0), given(2, "max_val", 1.0)
        elif name == "clamp_max":
            low, high = None, given(1, "max")
        is_constant = all(isinstance(one, int | float | None) for one in (low, high))
        return (_clamp(low, high) if is_constant else other), {}
    if name == "pad":
        return _padding(given(1, "pad"), given(2, "mode", "constant"), given(3, "value", 0)) or other, {}
    if name == "slice":
        return _slice(args, kwargs, result) or other, {}
    if name in ("pixel_shuffle", "pixel_unshuffle"):
        kind = "pixelShuffle" if name == "pixel_shuffle" else "pixelUnshuffle"
        return {"type": kind, "factor": given(1, "upscale_factor" if kind == "pixelShuffle" else "downscale_factor")}, {}
    if name in ("channel_shuffle", "native_channel_shuffle"):
        return {"type": "channelShuffle", "groups": given(1, "groups")}, {}
    if name == "group_norm":
        own = {"weight": given(2, "weight"), "bias": given(3, "bias")}
        if (own["weight"] is None) != (own["bias"] is None):
            return other, {}
        own = {role: parameter for role, parameter in own.items() if parameter is not None}
        return _group_norm(given(1, "num_groups"), given(4, "eps", 1e-5), bool(own)), own
    if name == "interpolate":
        size = given(1, "size")
        if size is None:
            size = _scaled(args[0], given(2, "scale_factor"), given(5, "recompute_scale_factor"))
        mode = given(3, "mode", "nearest")
        if given(6, "antialias", False):
            return other, {}
        return _upsample(name, size, mode, given(4, "align_corners")), {}
    if name == "cat":
        return ({"type": "concat"} if given(1, "dim", 0) in (1, 1 - result.dim()) else other), {}
    if name in ("expand", "expand_as", "broadcast_to"):
        read = args[0]
        is_of_pixel = read.dim() == 4 and list(read.shape[2:]) == [1, 1] and read.shape[:2] == result.shape[:2]
        return (_upsample(name, list(result.shape[2:]), "nearest", None) if is_of_pixel else other), {}
    if name in ("flatten", "reshape"):
        return ({"type": "flatten"} if result.dim() == 2 and result.shape[0] == args[0].shape[0] else other), {}
    if name == "adaptive_avg_pool2d":
        return {"type": "adaptiveAvgPool2d"}, {}
    if name == "adaptive_max_pool2d":
        is_of_picture = list(result.shape[2:]) == [1, 1]
        return (_reduce("max", "pixels") if is_of_picture else {"type": "adaptiveMaxPool2d"}), {}
    if name == "max_pool2d":
        return _max_pool(
            given(1, "kernel_size"),
            given(2, "stride"),
            given(3, "padding", 0),
            given(4, "dilation", 1),
            given(5, "ceil_mode", False),
        ), {}
    if name == "avg_pool2d" and given(6, "divisor_override") is None:
        return _avg_pool(
            given(1, "kernel_size"),
            given(2, "stride"),
            given(3, "padding", 0),
            given(4, "ceil_mode", False),
            given(5, "count_include_pad", True),
        ), {}
    return other, {}


def _is_vector(name: str, read: Tensor, result: Tensor) -> bool:
    """Whether a vector becomes maps of one pixel, which the log has as the same."""
    shape = [*read.shape, 1, 1]
    return name in ("reshape", "unflatten", "slice", "unsqueeze") and read.dim() == 2 and list(result.shape) == shape


def _swaps_groups(name: str, args: Sequence[Any], kwargs: Json) -> bool:
    """Whether it swaps the axes 1 and 2 of five."""
    order: Any = list(args) or list(kwargs.values())
    if name == "transpose":
        return sorted(axis % 5 for axis in order) == [1, 2]
    order = order[0] if name == "permute" and isinstance(order[0], list | tuple) else order
    return name == "permute" and [axis % 5 for axis in order] == [0, 2, 1, 3, 4]


def _moved_channels(name: str, args: tuple[Any, ...], kwargs: Json, *, is_last: bool) -> bool | None:
    """Whether channels are last after a change of the axes that only moves them; None if it is no such change."""
    if name not in ("permute", "moveaxis", "movedim") or not isinstance(args[0], Tensor) or args[0].dim() != 4:
        return None
    order: Any = list(args[1:]) or list(kwargs.values())
    if name == "permute":
        axes = list(order[0]) if isinstance(order[0], list | tuple) else order
        axes = [axis % 4 for axis in axes]
    else:
        if not all(isinstance(axis, int) for axis in order):
            return None
        source, target = (axis % 4 for axis in order)
        axes = [axis for axis in range(4) if axis != source]
        axes.insert(target, source)
    return {(0, 2, 3, 1): True, (0, 3, 1, 2): False}.get(tuple(axes)) if is_last == (axes[1] == 3) else None


def _channels_first(tensor: Tensor) -> Tensor:
    return tensor.permute(0, 3, 1, 2) if tensor.dim() == 4 else tensor


def _layer_norm(
    read: Tensor | None, shape: list[int], eps: float, own: dict[str, Tensor], *, is_last: bool
) -> _Spec | None:
    """Over the channels of each pixel, or over the whole picture. None if it is over other axes."""
    if read is None:
        return None
    if own and not is_last and read.dim() == 4 and shape == list(read.shape[1:]):
        own = {"weight": own.get("weight", read.new_ones(shape)), "bias": own.get("bias", read.new_zeros(shape))}
        return {"type": "layerNorm", "over": "picture", "eps": eps, "affine": True}, own
    if len(shape) == 1 and (is_last or read.dim() == 2):
        if own:
            size = (shape[0],)
            ones, zeros = read.new_ones(size), read.new_zeros(size)
            own = {"weight": own.get("weight", ones), "bias": own.get("bias", zeros)}
        return {"type": "layerNorm", "eps": eps, "affine": bool(own)}, own
    if not own and not is_last and read.dim() == 4 and shape == list(read.shape[1:]):
        return _group_norm(1, eps, False), {}
    return None


def _pointwise(weight: Tensor, bias: Tensor | None) -> _Spec:
    """A linear layer of the channels of each pixel, which is a convolution of 1×1."""
    own = {"weight": weight[:, :, None, None], **({} if bias is None else {"bias": bias})}
    return _conv(own, 1, 0, 1, 1)


def _by_channel(value: Any, result: Tensor, *, is_last: bool) -> Tensor | None:
    """A parameter as one number for each channel; None for what is not one."""
    if not _is_parameter(value) or result.dim() != 4:
        return None
    channels = result.shape[3 if is_last else 1]
    if value.numel() == 1:
        return cast(Tensor, value.detach().reshape(1).expand(channels))
    shape = [1] * (4 - value.dim()) + list(value.shape)
    return value.detach().reshape(channels) if shape == _channel_shape(channels, is_last=is_last) else None


def _is_parameter(value: object) -> bool:
    """Whether it is a parameter of the net, or a view of one."""
    return isinstance(value, Tensor) and isinstance(value if value._base is None else value._base, nn.Parameter)


def _channel_shape(channels: int, *, is_last: bool) -> list[int]:
    return [1, 1, 1, channels] if is_last else [1, channels, 1, 1]


def _of_channels(name: str, one: Any, two: Any, result: Tensor, *, is_last: bool) -> _Spec | None:
    """A product or sum with one parameter for each channel, which is a depthwise convolution of 1×1."""
    found = (_by_channel(value, result, is_last=is_last) for value in (one, two))
    own = next((value for value in found if value is not None), None)
    if own is None:
        return None
    return _depthwise(own, None) if name == "mul" else _depthwise(torch.ones_like(own), own)


def _addcmul(shift: Any, one: Any, two: Any, result: Tensor, *, is_last: bool) -> _Spec | None:
    """A scale and a shift for each channel."""
    bias = _by_channel(shift, result, is_last=is_last)
    found = (_by_channel(value, result, is_last=is_last) for value in (one, two))
    weight = next((value for value in found if value is not None), None)
    return None if bias is None or weight is None else _depthwise(weight, bias)


def _depthwise(weight: Tensor, bias: Tensor | None) -> _Spec:
    own = {"weight": weight.reshape(-1, 1, 1, 1), **({} if bias is None else {"bias": bias})}
    return _conv(own, 1, 0, 1, len(weight))


def _arithmetic(name: str, one: Any, two: Any, kwargs: Json, result: Tensor) -> Json | None:
    """Of two maps, or of maps and a number. None for what the description has no words for."""
    alpha = kwargs.get("alpha", 1)
    if kwargs.get("rounding_mode") is not None or not isinstance(alpha, int | float):
        return None
    if name == "neg":
        return _scale(-1, 0)
    if isinstance(one, Tensor) and isinstance(two, Tensor):
        if name in ("mul", "div"):
            kind = "multiply" if name == "mul" else "divide"
            return {"type": kind} if _is_elementwise(one, two, result) else None
        factors = {"add": [1, alpha], "sub": [1, -alpha], "rsub": [-alpha, 1]}.get(name)
        if factors is None or not (one.shape == two.shape or _is_elementwise(one, two, result)):
            return None
        return {"type": "add"} if factors == [1, 1] else {"type": "add", "factors": factors}
    maps, number = (one, two) if isinstance(one, Tensor) else (two, one)
    if not isinstance(number, int | float) or not isinstance(maps, Tensor):
        return None
    if maps is two and name in ("sub", "div"):
        # A number minus maps, or divided by them.
        name = f"r{name}"
    if name == "mul":
        return _scale(number, 0)
    if name == "div":
        return _scale(1 / number, 0) if number else None
    offsets = {"add": (1, alpha * number), "sub": (1, -alpha * number), "rsub": (-alpha, number)}
    return _scale(*offsets[name]) if name in offsets else None


def _scale(factor: float, offset: float) -> Json | None:
    """None for what JSON has no numbers for."""
    is_finite = math.isfinite(factor) and math.isfinite(offset)
    return {"type": "scale", "factor": factor, "offset": offset} if is_finite else None


def _clamp(low: float | None, high: float | None) -> Json:
    bounds = {"min": low, "max": high}
    return {
        "type": "activation",
        "kind": "clamp",
        **{name: value for name, value in bounds.items() if value is not None and math.isfinite(value)},
    }


def _padding(sides: Any, mode: str, value: float | None) -> Json | None:
    """None for a padding of other axes than rows and columns."""
    around = [sides] * 4 if isinstance(sides, int) else [int(side) for side in sides]
    around += [0, 0] if len(around) == 2 else []
    if len(around) != 4 or mode not in _PADDING_MODES:
        return None
    spec: Json = {"type": "pad", "sides": around, "mode": _PADDING_MODES[mode]}
    if not value:
        return spec
    return {**spec, "value": value} if math.isfinite(value) else None


def _slice(args: tuple[Any, ...], kwargs: Json, result: Tensor) -> Json | None:
    """Some channels one after the other, or a part of the picture. None for what picks otherwise."""
    read = args[0]
    if not isinstance(read, Tensor) or read.dim() != 4 or result.dim() != 4:
        return None
    values = [*args[1:], *kwargs.values()]
    if len(values) == 3 and all(isinstance(value, int) for value in values):
        axis, start, length = values
        picks = [slice(None)] * 4
        picks[axis] = slice(start, start + length) if start >= 0 else slice(start, start + length or None)
    else:
        picks = list(values[0]) if isinstance(values[0], tuple) else values[:1]
        if Ellipsis in [pick for pick in picks if not isinstance(pick, Tensor)]:
            at = picks.index(Ellipsis)
            picks[at : at + 1] = [slice(None)] * (5 - len(picks))
        picks += [slice(None)] * (4 - len(picks))
    if len(picks) != 4 or not all(isinstance(pick, slice) for pick in picks):
        return None
    ranges = [range(*pick.indices(size)) for pick, size in zip(picks, read.shape, strict=True)]
    if any(one.step != 1 for one in ranges) or len(ranges[0]) != len(read):
        return None
    _, channels, rows, columns = ranges
    is_whole = [rows.start, len(rows), columns.start, len(columns)] == [0, read.shape[2], 0, read.shape[3]]
    if is_whole:
        return {"type": "slice", "first": channels.start}
    if len(channels) != read.shape[1]:
        return None
    sides = [-columns.start, columns.stop - read.shape[3], -rows.start, rows.stop - read.shape[2]]
    return {"type": "pad", "sides": sides, "mode": "zeros"}


#: By the name of the function.
_REDUCTIONS = {"mean": "mean", "sum": "sum", "amax": "max", "max": "max", "norm": "norm"}


def _reduce(of: str, over: str) -> Json:
    return {"type": "reduce", "of": of, "over": over}


def _reduction(name: str, given: Callable[..., Any], read: Tensor, result: Tensor, *, is_last: bool) -> Json | None:
    """Over all channels or all pixels. None for other axes."""
    order = 0 if name != "norm" else 1
    axes = given(1 + order, "dim")
    keeps = given(2 + order, "keepdim", False)
    if name == "norm" and (given(1, "p", given(1, "ord", 2)) not in (2, 2.0, "fro") or given(4, "dtype") is not None):
        return None
    axes = [axes] if isinstance(axes, int) else axes
    if read.dim() != 4 or not isinstance(axes, list | tuple):
        return None
    over = sorted(axis % 4 for axis in axes)
    pixels, channels = ([1, 2], [3]) if is_last else ([2, 3], [1])
    if over == pixels and (keeps or not is_last):
        return {"type": "adaptiveAvgPool2d"} if name == "mean" else _reduce(_REDUCTIONS[name], "pixels")
    return _reduce(_REDUCTIONS[name], "channels") if over == channels and keeps else None


def _is_elementwise(one: Tensor, two: Tensor, result: Tensor) -> bool:
    """Whether rows, columns and channels may be repeated, but pictures are not."""
    return one.dim() == two.dim() == result.dim() in (2, 4) and len({len(t) for t in (one, two, result)}) == 1


def _group_norm(groups: int, eps: float, affine: bool) -> Json:
    return {"type": "groupNorm", "groups": groups, "eps": eps, "affine": affine}


def _scaled(read: Tensor, factor: Any, recompute: bool | None) -> Any:
    """The size that a factor leads to; None if places in the picture do not follow from the size."""
    factors = [factor, factor] if isinstance(factor, int | float) else list(factor or ())
    sizes = [size * one for size, one in zip(read.shape[2:], factors, strict=False)]
    return sizes if recompute or all(float(size).is_integer() for size in sizes) else None


def _upsample(kind: str, size: Any, mode: str, align_corners: bool | None) -> Json:
    if size is None or mode not in ("nearest", "bilinear"):
        return {"type": "other", "kind": kind}
    return {"type": "upsample", "mode": mode, "alignCorners": bool(align_corners)}


def _is_of_channels(dimension: int | None, args: tuple[Any, ...]) -> bool:
    """Whether an axis is that of the channels of [N, C, H, W] or [N, C]."""
    read = _first_tensor(args)
    return read is not None and read.dim() in (2, 4) and dimension in (1, 1 - read.dim())


def _conv(
    own: dict[str, Tensor], stride: Any, padding: Any, dilation: Any, groups: int, mode: str = "zeros"
) -> _Spec:
    outputs, inputs, *kernel = own["weight"].shape
    widths = [d * (k - 1) for d, k in zip(_pair(dilation), kernel, strict=True)]
    before: Json = {}
    if padding == "valid":
        padding = 0
    elif padding == "same":
        if any(width % 2 for width in widths):
            # Right and bottom get more, which a description cannot say of a convolution: a layer of its own pads.
            left, right = widths[1] // 2, widths[1] - widths[1] // 2
            before = {_PAD: ([left, right, widths[0] // 2, widths[0] - widths[0] // 2], mode)}
            padding, mode = 0, "zeros"
        else:
            padding = [width // 2 for width in widths]
    return {
        **before,
        "type": "conv2d",
        "inChannels": inputs * groups,
        "outChannels": outputs,
        "kernel": kernel,
        "stride": _pair(stride),
        "padding": _pair(padding),
        "dilation": _pair(dilation),
        "groups": groups,
        "paddingMode": mode,
        "bias": "bias" in own,
        "activation": "none",
    }, own


def _transposed(
    own: dict[str, Tensor], stride: Any, padding: Any, output_padding: Any, dilation: Any, groups: int
) -> _Spec:
    inputs, outputs, *kernel = own["weight"].shape
    return {
        "type": "convTranspose2d",
        "inChannels": inputs,
        "outChannels": outputs * groups,
        "kernel": kernel,
        "stride": _pair(stride),
        "padding": _pair(padding),
        "outputPadding": _pair(output_padding),
        "dilation": _pair(dilation),
        "groups": groups,
        "bias": "bias" in own,
        "activation": "none",
    }, own


def _dense(own: dict[str, Tensor]) -> _Spec:
    outputs, inputs = own["weight"].shape
    return {
        "type": "dense",
        "inFeatures": inputs,
        "outFeatures": outputs,
        "bias": "bias" in own,
        "activation": "none",
    }, own


def _max_pool(kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Json:
    return {
        "type": "maxPool2d",
        "kernel": _pair(kernel),
        "stride": _pair(stride or kernel),
        "padding": _pair(padding),
        "dilation": _pair(dilation),
        "ceilMode": ceil_mode,
    }


def _avg_pool(kernel: Any, stride: Any, padding: Any, ceil_mode: bool, count_include_pad: bool) -> Json:
    return {
        "type": "avgPool2d",
        "kernel": _pair(kernel),
        "stride": _pair(stride or kernel),
        "padding": _pair(padding),
        "ceilMode": ceil_mode,
        "countIncludePad": count_include_pad,
    }


def _activation(
    kind: str,
    *,
    negative_slope: float | None,
    alpha: float | None,
    approximate: str | None,
    beta: float,
    threshold: float,
) -> Json:
    if kind == "softplus" and (beta, threshold) != (1, 20):
        return {"type": "other", "kind": "Softplus"}
    spec: Json = {"type": "activation", "kind": "geluTanh" if approximate == "tanh" else kind}
    if kind == "leakyRelu" and negative_slope is not None:
        spec["negativeSlope"] = negative_slope
    if kind == "elu" and alpha is not None:
        spec["alpha"] = alpha
    return spec


# ------------------------------------------------------------------------------------------------------- small things


def _bare(model: nn.Module) -> nn.Module:
    """The net inside the wrappers for several devices and for compiled code."""
    while True:
        if isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel):
            model = model.module
        elif isinstance(inner := getattr(model, "_orig_mod", None), nn.Module):
            model = inner
        else:
            return model


def _clean(name: str) -> str:
    """The name of a module without the wrappers between."""
    return ".".join(part for part in name.split(".") if part != "_orig_mod")


def _is_compiled(model: nn.Module) -> bool:
    return any(
        hasattr(module, "_orig_mod") or getattr(module, "_compiled_call_impl", None) is not None
        for module in model.modules()
    )


def _is_first_rank() -> bool:
    distributed = torch.distributed
    return not (distributed.is_available() and distributed.is_initialized()) or distributed.get_rank() == 0


def _matcher(layers: str | Callable[[str], bool] | None) -> Callable[[str], bool]:
    if layers is None:
        return lambda _: True
    if callable(layers):
        return layers
    pattern = re.compile(layers)
    return lambda name: pattern.search(name) is not None


def _tensors(values: Sequence[Any]) -> list[Tensor]:
    """The tensors among the values, and in lists of them."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(_tensors(value))
        elif isinstance(value, dict):
            found.extend(_tensors(list(value.values())))
    return found


def _first_tensor(value: object) -> Tensor | None:
    found = _tensors([value])
    return found[0] if found else None


def _pair(value: Any) -> list[int]:
    if isinstance(value, int):
        return [value, value]
    both = [int(one) for one in value]
    return both * 2 if len(both) == 1 else both


def _map_shape(shape: tuple[int, ...]) -> list[int]:
    """Of one picture: [channels, height, width]. Sequences [N, L, D] count as L channels of D values."""
    rest = shape[1:]
    return [*rest, 1, 1, 1][:3] if len(rest) <= 3 else [rest[0], rest[1], math.prod(rest[2:])]


def _copy(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", torch.float32, copy=True).contiguous()


def _as_maps(tensor: Tensor) -> Tensor | None:
    """A copy as [N, C, H, W]; a vector of n values is [N, n, 1, 1]. None for what is neither, and for complex numbers."""
    if tensor.is_complex():
        return None
    if tensor.dim() == 2:
        return _copy(tensor)[:, :, None, None]
    return _copy(tensor) if tensor.dim() == 4 else None


def _scores(output: object) -> Tensor | None:
    """What of the output of a net may be scores of classes: of several named tensors the one that is called so."""
    if not isinstance(output, dict):
        return _first_tensor(output)
    found = [one for one in output.values() if isinstance(one, Tensor)]
    named = [output[key] for key in ("logits", "out") if isinstance(output.get(key), Tensor)]
    return named[0] if named else found[0] if len(found) == 1 else None


def _probabilities(output: Tensor | None) -> Tensor | None:
    """The net's output as probabilities [N, class]. None if it is not a vector of more than one value."""
    if output is None or output.dim() != 2 or output.shape[1] < 2 or not output.is_floating_point():
        return None
    values = _copy(output)
    sums = values.sum(1)
    is_softmax = bool((values >= 0).all()) and torch.allclose(sums, torch.ones_like(sums), atol=1e-3)
    return values if is_softmax else values.softmax(1)


def _bytes_of(picture: Tensor, *, stretch: bool) -> Tensor:
    """[C, H, W] in uint8."""
    if picture.dtype == torch.uint8:
        return picture
    values = picture.float().nan_to_num()
    if stretch:
        low, high = values.min(), values.max()
        values = (values - low) / (high - low).clamp_min(1e-12)
    return (values.clamp(0, 1) * 255).round().to(torch.uint8)


def _png(picture: Tensor) -> bytes:
    channels, height, width = picture.shape
    rows = picture.permute(1, 2, 0).reshape(height, width * channels).contiguous().numpy()
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in parts
    )


# ------------------------------------------------------------------------------------------------------------ the log
# SummaryWriter.add_tensor makes a Python float of each value: a second for 10 million. This writes their bytes.


def _tensor_proto(tensor: Tensor) -> Any:
    from tensorboard.compat.proto import tensor_pb2, types_pb2  # type: ignore[import-untyped]

    return tensor_pb2.TensorProto(
        dtype=types_pb2.DT_FLOAT,
        tensor_shape=_shape_proto(tensor.shape),
        tensor_content=tensor.contiguous().numpy().astype("<f4", copy=False).tobytes(),
    )


def _strings_proto(strings: list[bytes]) -> Any:
    from tensorboard.compat.proto import tensor_pb2, types_pb2

    return tensor_pb2.TensorProto(
        dtype=types_pb2.DT_STRING, tensor_shape=_shape_proto([len(strings)]), string_val=strings
    )


def _shape_proto(shape: Sequence[int]) -> Any:
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto  # type: ignore[import-untyped]

    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in shape])


def _write_value(writer: SummaryWriter, tag: str, tensor: Any, step: int, plugin: str = "") -> None:
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata  # type: ignore[import-untyped]

    value = Summary.Value(tag=tag, tensor=tensor)
    if plugin:
        value.metadata.CopyFrom(SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name=plugin)))
    summary = Summary(value=[value])
    if type(writer).__module__.startswith("tensorboardX"):
        # It has classes of its own for the same messages.
        summary = sys.modules["tensorboardX.proto.summary_pb2"].Summary.FromString(summary.SerializeToString())
    writer._get_file_writer().add_summary(summary, step)  # type: ignore[no-untyped-call]


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
