"""Run with `python -m unittest discover integrations/pytorch`; needs torch and tensorboard."""

from __future__ import annotations

import importlib.util
import json
import random
import tempfile
import threading
import unittest
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader  # type: ignore[import-untyped]
from tensorboard.util import tensor_util  # type: ignore[import-untyped]
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint
from torch.utils.tensorboard import SummaryWriter

from convscope import Tap, tap


class Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Any:
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        out += x
        return self.relu(out)


class Net(nn.Module):
    """With functions, dropout, layers in place and a layer that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.block = Block(4)
        self.fc = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Any:
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        x = torch.cat([self.block(x), F.avg_pool2d(x, 3, 1, 1)], 1)
        x = F.dropout(x.mean([2, 3]), 0.5, self.training)
        return self.fc(x)


class ConvNeXtBlock(nn.Module):
    """With layers that work on the last axis, and a scale of each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.wide = nn.Linear(channels, 2 * channels)
        self.act = nn.GELU()
        self.narrow = nn.Linear(2 * channels, channels, bias=False)
        self.gamma = nn.Parameter(torch.rand(channels))
        self.scale = nn.Parameter(torch.rand(channels, 1, 1))

    def forward(self, x: Tensor) -> Any:
        y = self.depthwise(x).permute(0, 2, 3, 1)
        y = self.gamma * self.narrow(self.act(self.wide(self.norm(y))))
        return x + self.scale * y.movedim(-1, 1)


def read(folder: str) -> dict[tuple[str, int], Any]:
    """What a log holds, by tag and step."""
    values: dict[tuple[str, int], Any] = {}
    for file in sorted(Path(folder).rglob("*tfevents*")):
        for event in EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                values[value.tag, event.step] = (
                    torch.from_numpy(tensor_util.make_ndarray(value.tensor).copy())
                    if value.tensor.dtype == 1
                    else value.tensor.string_val
                )
    return values


def train_distributed(rank: int, folder: str) -> None:
    """One of two processes that train a net together, with the tap and without it, each on its own pictures."""
    distributed = torch.distributed
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    torch.set_num_threads(1)
    for name in ("tapped", "plain"):
        torch.manual_seed(0)
        net = nn.parallel.DistributedDataParallel(Net())
        optimizer = torch.optim.SGD(net.parameters(), 0.1)
        torch.manual_seed(1 + rank)
        with SummaryWriter(f"{folder}/{name}{rank}") as writer:
            probe = torch.ones(2, 3, 16, 16)
            scope = tap(net, writer, probe, every=2, loss="sum") if name == "tapped" else None
            for _ in range(4):
                optimizer.zero_grad()
                F.cross_entropy(net(torch.randn(4, 3, 16, 16)), torch.tensor([0, 1, 2, 3])).backward()
                optimizer.step()
                if scope is not None:
                    scope.step()
        torch.save(net.module.state_dict(), f"{folder}/{name}{rank}.pt")
    distributed.destroy_process_group()


class TapTest(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(0)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.writer = SummaryWriter(self.folder)
        self.addCleanup(self.writer.close)
        self.probe = torch.randn(2, 3, 16, 16)

    def logged(self) -> dict[tuple[str, int], Any]:
        self.writer.flush()
        return read(self.folder)

    def description(self, model: nn.Module, **options: Any) -> dict[str, Any]:
        tap(model, self.writer, self.probe, **options)
        ((text,),) = (value for (tag, _), value in self.logged().items() if tag.startswith("convscope/model"))
        return dict(json.loads(text))

    def layers(self, model: nn.Module, **options: Any) -> dict[str, dict[str, Any]]:
        return {layer["name"]: layer for layer in self.description(model, **options)["layers"]}

    def test_describes_modules_and_functions_and_who_reads_whom(self) -> None:
        layers = self.layers(Net())
        self.assertEqual(
            {name: (layer["type"], layer["inputs"]) for name, layer in layers.items()},
            {
                "conv": ("conv2d", ["input"]),
                "relu": ("activation", ["conv"]),
                "max_pool2d": ("maxPool2d", ["relu"]),
                "block.conv1": ("conv2d", ["max_pool2d"]),
                "block.bn1": ("batchNorm2d", ["block.conv1"]),
                "block.relu": ("activation", ["block.bn1"]),
                "block.conv2": ("conv2d", ["block.relu"]),
                "block.bn2": ("batchNorm2d", ["block.conv2"]),
                "block.add": ("add", ["block.bn2", "max_pool2d"]),
                "block.relu_1": ("activation", ["block.add"]),
                "avg_pool2d": ("avgPool2d", ["max_pool2d"]),
                "cat": ("concat", ["block.relu_1", "avg_pool2d"]),
                "mean": ("adaptiveAvgPool2d", ["cat"]),
                "fc": ("dense", ["mean"]),
            },
        )
        self.assertEqual(layers["conv"]["input"], {"from": "probes"})
        self.assertEqual((layers["conv"]["inputShape"], layers["conv"]["outputShape"]), ([3, 16, 16], [4, 8, 8]))
        self.assertEqual(
            layers["block.conv1"]["input"], {"from": "record", "tag": "max_pool2d/output", "operations": []}
        )

    def test_states_the_parameters_of_layers(self) -> None:
        layers = self.layers(
            nn.Sequential(
                nn.Conv2d(3, 6, (3, 5), stride=(1, 2), padding=(2, 1), dilation=(2, 1), groups=3),
                nn.LeakyReLU(0.2),
                nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1),
                nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
                nn.Conv2d(4, 4, 3, padding="same", padding_mode="reflect", bias=False),
                nn.GELU(approximate="tanh"),
                nn.LPPool2d(2, 2),
                nn.Flatten(),
            )
        )
        first = layers["0"]
        self.assertEqual((first["kernel"], first["stride"], first["padding"]), ([3, 5], [1, 2], [2, 1]))
        self.assertEqual((first["dilation"], first["groups"], first["bias"]), ([2, 1], 3, True))
        self.assertEqual(layers["1"]["negativeSlope"], 0.2)
        self.assertEqual((layers["2"]["outputPadding"], layers["2"]["outChannels"]), ([1, 1], 4))
        self.assertEqual((layers["3"]["ceilMode"], layers["3"]["countIncludePad"]), (True, False))
        self.assertEqual((layers["4"]["padding"], layers["4"]["paddingMode"]), ([1, 1], "reflect"))
        self.assertEqual(layers["5"]["kind"], "geluTanh")
        self.assertEqual((layers["6"]["type"], layers["6"]["kind"]), ("other", "LPPool2d"))
        self.assertEqual(layers["7"]["type"], "flatten")

    def test_states_prelu_and_softmax_over_channels(self) -> None:
        net = nn.Sequential(
            nn.Conv2d(3, 4, 3),
            nn.PReLU(4),
            nn.Softmax2d(),
            nn.Softmax(dim=3),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.PReLU(),
            nn.Softmax(dim=1),
        )
        layers = self.layers(net)
        self.assertEqual(
            [layers[str(place)]["type"] for place in range(8)],
            ["conv2d", "prelu", "softmax", "other", "adaptiveAvgPool2d", "flatten", "prelu", "softmax"],
        )
        log = self.logged()
        self.assertEqual((log["1/weight", 0].shape, log["6/weight", 0].shape), ((4,), (1,)))
        torch.testing.assert_close(log["7/output", 0][:, :, 0, 0], net(self.probe).detach())

    def test_states_norms_of_one_picture_gates_and_upsampling(self) -> None:
        class Gated(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.norm = nn.GroupNorm(3, 6)
                self.gate = nn.Conv2d(6, 6, 1)
                self.instance = nn.InstanceNorm2d(6)
                self.running = nn.InstanceNorm2d(6, affine=True, track_running_stats=True)
                self.up = nn.Upsample(scale_factor=2, mode="bilinear")
                self.conv = nn.Conv2d(3, 6, 3)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x = self.norm(self.conv(x))
                x = x * torch.sigmoid(self.gate(F.adaptive_avg_pool2d(x, 1)))
                x = self.running(self.instance(x)) * 0.5
                x = F.interpolate(self.up(x), size=(9, 30))
                x = F.group_norm(F.interpolate(x, scale_factor=1.5), 1)
                x = F.interpolate(F.interpolate(x, scale_factor=1.3), size=5, mode="bicubic")
                return x.mul_(torch.ones(6, 5, 5))

        layers = self.layers(Gated())
        types = [(name, layer["type"]) for name, layer in layers.items()]
        self.assertEqual(
            types,
            [
                ("conv", "conv2d"),
                ("norm", "groupNorm"),
                ("adaptive_avg_pool2d", "adaptiveAvgPool2d"),
                ("gate", "conv2d"),
                ("sigmoid", "activation"),
                ("mul", "multiply"),
                ("instance", "groupNorm"),
                ("running", "batchNorm2d"),
                ("mul_1", "scale"),
                ("up", "upsample"),
                ("interpolate", "upsample"),
                ("interpolate_1", "other"),
                ("group_norm", "groupNorm"),
                ("interpolate_2", "other"),
                ("interpolate_3", "other"),
                ("mul_2", "other"),
            ],
        )
        self.assertEqual((layers["norm"]["groups"], layers["norm"]["affine"]), (3, True))
        self.assertEqual((layers["instance"]["groups"], layers["instance"]["affine"]), (6, False))
        self.assertEqual(layers["mul"]["inputs"], ["norm", "sigmoid"])
        self.assertEqual((layers["up"]["mode"], layers["up"]["alignCorners"]), ("bilinear", False))
        self.assertEqual((layers["interpolate"]["mode"], layers["interpolate"]["outputShape"]), ("nearest", [6, 9, 30]))

    def test_states_sums_whose_rows_columns_or_channels_are_repeated(self) -> None:
        class Embedded(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(3, 6, 3)
                self.time = nn.Linear(6, 6)
                self.narrow = nn.Conv2d(6, 1, 1)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x = self.conv(x)
                x = x + self.time(x.mean((2, 3)))[:, :, None, None]
                x -= self.narrow(x)
                x = x + x[:1]
                return x + x.mean((0, 2, 3))[None, :, None, None]

        layers = self.layers(Embedded())
        self.assertEqual(layers["add"]["type"], "add")
        self.assertEqual(layers["add"]["inputs"], ["conv", "time"])
        self.assertEqual((layers["sub"]["type"], layers["sub"]["factors"]), ("add", [1, -1]))
        # What repeats the pictures has no words.
        self.assertEqual([layers[name]["type"] for name in ("add_1", "add_2")], ["other", "other"])

    def test_does_not_name_what_only_stands_in_for_a_layer(self) -> None:
        layers = self.layers(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Identity(), nn.ReLU()))
        self.assertEqual([(name, layer["inputs"]) for name, layer in layers.items()], [("0", ["input"]), ("2", ["0"])])

    def test_takes_only_what_is_of_pictures_for_maps(self) -> None:
        class Windows(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 1)
                self.twice = nn.Conv2d(4, 4, 1)
                self.act = nn.ReLU()

            def forward(self, x: torch.Tensor) -> Any:
                x = self.conv(x)
                mask = x.new_zeros((9, 9)) + x.new_ones((9, 9))
                # Four windows of 8×8 of each picture, as attention within windows reads them.
                windows = x.reshape(len(x), 4, 2, 8, 2, 8).permute(0, 2, 4, 1, 3, 5).reshape(-1, 4, 8, 8)
                scores = windows * windows
                pairs = self.act(self.twice(torch.cat([x, x])))
                return pairs + scores.sum() + mask.sum()

        self.layers(Windows())
        shapes = {tag: values.shape for (tag, _), values in self.logged().items() if tag.endswith("/output")}
        count = len(self.probe)
        self.assertEqual(shapes["conv/output"], (count, 4, 16, 16))
        self.assertEqual(shapes["act/output"], (2 * count, 4, 16, 16))
        self.assertEqual([tag for tag in shapes if tag.split("/")[0] in ("mul", "add", "new_zeros", "reshape_1")], [])

    def test_tells_maps_from_the_heads_and_tokens_of_attention(self) -> None:
        class Attention(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(3, 8, 4, stride=4)
                self.linear = nn.Linear(8, 8)
                self.fc = nn.Linear(8, 32)

            def forward(self, x: torch.Tensor) -> Any:
                x = self.conv(x)
                n, c, h, w = x.shape
                heads = x.reshape(n, 2, c // 2, h * w).transpose(2, 3)
                heads = F.scaled_dot_product_attention(heads, heads, heads)
                tokens = self.linear(heads.transpose(1, 2).reshape(n, h * w, c))
                x = x + tokens.transpose(1, 2).reshape(n, c, h, w)
                x = torch.stack([x, -x], 2).flatten(1, 2)
                return self.fc(x[:, ::2].mean((2, 3))).unflatten(1, (2, 4, 4))

        self.layers(Attention())
        shapes = {tag: values.shape[1:] for (tag, _), values in self.logged().items() if tag.endswith("/output")}
        maps = {name: shapes.get(f"{name}/output") for name in ("conv", "reshape_2", "add", "flatten", "unflatten")}
        self.assertEqual(
            maps,
            {"conv": (8, 4, 4), "reshape_2": (8, 4, 4), "add": (8, 4, 4), "flatten": (16, 4, 4), "unflatten": (2, 4, 4)},
        )
        not_maps = ("reshape", "transpose", "scaled_dot_product_attention", "transpose_1", "reshape_1", "linear")
        self.assertEqual([name for name in not_maps if f"{name}/output" in shapes], [])

    def test_watches_nets_with_more_arguments_than_the_pictures(self) -> None:
        class Diffusion(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(3, 6, 3)
                self.time = nn.Linear(1, 6)
                self.classes = nn.Embedding(10, 6)

            def forward(self, x: torch.Tensor, time: torch.Tensor, label: torch.Tensor, scale: float) -> Any:
                embedded = self.time(time.mul_(scale)) + self.classes(label)
                return self.conv(x) + embedded[:, :, None, None]

        net = Diffusion()
        times, labels = torch.tensor([[0.1], [0.7]], dtype=torch.float64), torch.tensor([3, 9])
        scope = tap(net, self.writer, (self.probe[:2], times, labels, 2.0), loss="sum")
        scope.capture(1)
        log = self.logged()
        with torch.no_grad():
            expected = net(self.probe[:2], times.float(), labels, 2.0)
        for step in (0, 1):
            torch.testing.assert_close(log["add_1/output", step], expected)
        self.assertEqual(times.tolist(), [[0.1], [0.7]])

    def test_states_what_is_made_of_maps_by_way_of_complex_numbers(self) -> None:
        class Fourier(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 3, padding=1)
                self.last = nn.Conv2d(4, 2, 1)

            def forward(self, x: torch.Tensor) -> Any:
                return self.last(torch.fft.irfft2(torch.fft.rfft2(self.conv(x)) * 0.5, s=x.shape[2:]))

        layers = self.layers(Fourier())
        self.assertEqual(
            [(name, layer["type"], layer["inputs"]) for name, layer in layers.items()],
            [
                ("conv", "conv2d", ["input"]),
                ("fft_rfft2", "other", ["conv"]),
                ("mul", "other", ["fft_rfft2"]),
                ("fft_irfft2", "other", ["mul"]),
                ("last", "conv2d", ["fft_irfft2"]),
            ],
        )
        log = self.logged()
        self.assertNotIn(("fft_rfft2/output", 0), log)
        torch.testing.assert_close(log["fft_irfft2/output", 0], log["conv/output", 0] * 0.5)

    def test_states_layers_that_read_the_channels_on_the_last_axis(self) -> None:
        block = ConvNeXtBlock(3)
        head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(3, bias=False), nn.Linear(3, 2))
        described = self.description(nn.Sequential(block, head))
        layers = {one["name"]: one for one in described["layers"]}
        chain = ["0.depthwise", "0.norm", "0.wide", "0.act", "0.narrow", "0.mul", "0.mul_1", "0.add"]
        self.assertEqual(list(layers)[: len(chain)], chain)
        for before, name in zip(["input", *chain], chain[:-1], strict=False):
            self.assertEqual(layers[name]["inputs"], [before])
        self.assertEqual(layers["0.add"]["inputs"], ["input", "0.mul_1"])
        types = ["conv2d", "layerNorm", "conv2d", "activation", "conv2d", "conv2d", "conv2d", "add"]
        self.assertEqual([layers[name]["type"] for name in chain], types)
        self.assertEqual(layers["0.wide"]["outputShape"], [6, 16, 16])
        self.assertEqual((layers["0.norm"]["eps"], layers["0.norm"]["affine"]), (1e-6, True))
        self.assertEqual([layers[f"0.{name}"]["groups"] for name in ("wide", "mul", "mul_1")], [1, 3, 3])
        self.assertEqual(layers["1.2"]["type"], "layerNorm")
        logged = self.logged()
        torch.testing.assert_close(logged["1.2/bias", 0], torch.zeros(3))
        depthwise = logged["0.depthwise/output", 0]
        with torch.no_grad():
            normed = block.norm(depthwise.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        torch.testing.assert_close(logged["0.norm/output", 0], normed)
        # What is described as a convolution is one.
        for name, of in (("wide", "norm"), ("narrow", "act"), ("mul", "narrow"), ("mul_1", "mul")):
            weight, bias = logged[f"0.{name}/weight", 0], logged.get((f"0.{name}/bias", 0))
            output = F.conv2d(logged[f"0.{of}/output", 0], weight, bias, groups=layers[f"0.{name}"]["groups"])
            torch.testing.assert_close(logged[f"0.{name}/output", 0], output)

    def test_states_what_moves_values_and_what_numbers_do_to_them(self) -> None:
        class Moved(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.pad = nn.ReflectionPad2d((1, 2, 0, 3))
                self.conv = nn.Conv2d(3, 8, 3)
                self.alpha = nn.Parameter(torch.tensor(0.5))
                self.norm = nn.LayerNorm([8, 17, 17])
                self.head = nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.LogSoftmax(dim=1))

            def forward(self, x: Tensor) -> Any:
                x = self.conv(self.pad(x))[:, :, 1:, :-1]
                x = F.pad(x, (1, 0, 0, 1), value=0.25)
                one, two = x.chunk(2, dim=1)
                x = torch.cat([two - one, 1 - two], 1)
                batch, channels, height, width = x.shape
                x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(x.shape)
                x = self.norm(F.hardtanh(x * self.alpha / 2)).clamp(min=-1)
                gate = x.mean((2, 3)).view(batch, channels, 1, 1)
                x = F.pixel_unshuffle(F.pixel_shuffle(x * gate.expand_as(x), 2), 2)
                return self.head(torch.add(x, x, alpha=-0.5))

        layers = self.layers(Moved())
        stated = {
            "pad": {"type": "pad", "sides": [1, 2, 0, 3], "mode": "reflect"},
            "slice": {"type": "pad", "sides": [0, -1, -1, 0], "mode": "zeros"},
            "pad_1": {"type": "pad", "sides": [1, 0, 0, 1], "mode": "zeros", "value": 0.25},
            "slice_1": {"type": "slice", "first": 0},
            "slice_2": {"type": "slice", "first": 4},
            "sub": {"type": "add", "factors": [1, -1]},
            "rsub": {"type": "scale", "factor": -1, "offset": 1},
            "shuffle": {"type": "channelShuffle", "groups": 2},
            "mul": {"type": "conv2d", "groups": 8},
            "div": {"type": "scale", "factor": 0.5, "offset": 0},
            "hardtanh": {"type": "activation", "kind": "clamp", "min": -1, "max": 1},
            "norm": {"type": "layerNorm", "over": "picture"},
            "clamp": {"type": "activation", "kind": "clamp", "min": -1},
            "mean": {"type": "adaptiveAvgPool2d", "inputs": ["clamp"]},
            "expand_as": {"type": "upsample", "mode": "nearest", "inputs": ["mean"]},
            "mul_1": {"type": "multiply", "inputs": ["clamp", "expand_as"]},
            "pixel_shuffle": {"type": "pixelShuffle", "factor": 2},
            "pixel_unshuffle": {"type": "pixelUnshuffle", "factor": 2},
            "add": {"type": "add", "factors": [1, -0.5], "inputs": ["pixel_unshuffle", "pixel_unshuffle"]},
            "head.0": {"type": "reduce", "of": "max", "over": "pixels"},
            "head.2": {"type": "logSoftmax"},
        }
        for name, expected in stated.items():
            self.assertEqual({key: layers[name][key] for key in expected}, expected, name)

    def test_states_global_response_normalisation_however_it_is_written(self) -> None:
        class Response(nn.Module):
            """Of ConvNeXt V2, as its authors and as timm write it."""

            def __init__(self) -> None:
                super().__init__()
                self.gamma = nn.Parameter(torch.rand(1, 1, 1, 4))
                self.beta = nn.Parameter(torch.rand(1, 1, 1, 4))
                self.weight = nn.Parameter(torch.rand(4))
                self.bias = nn.Parameter(torch.rand(4))
                self.conv = nn.Conv2d(3, 4, 1)

            def forward(self, x: Tensor) -> Any:
                x = self.conv(x).permute(0, 2, 3, 1)
                whole = torch.norm(x, p=2, dim=(1, 2), keepdim=True)
                share = whole / (whole.mean(dim=-1, keepdim=True) + 1e-6)
                x = (self.gamma * (x * share) + self.beta + x).permute(0, 3, 1, 2)
                whole = x.norm(p=2, dim=(2, 3), keepdim=True)
                share = whole / (whole.mean(dim=1, keepdim=True) + 1e-6)
                return x + torch.addcmul(self.bias.view(1, -1, 1, 1), self.weight.view(1, -1, 1, 1), x * share)

        layers = list(self.layers(Response()).values())
        parts = ["reduce", "reduce", "scale", "divide", "multiply"]
        self.assertEqual(
            [layer["type"] for layer in layers],
            ["conv2d", *parts, "conv2d", "conv2d", "add", *parts, "conv2d", "add"],
        )
        self.assertEqual([layer["outputShape"] for layer in layers[1:4]], [[4, 1, 1], [1, 1, 1], [1, 1, 1]])
        logged = self.logged()
        for scaled, name in (("mul", "mul_1"), ("mul_1", "add_1"), ("mul_2", "addcmul")):
            weight, bias = logged[f"{name}/weight", 0], logged.get((f"{name}/bias", 0))
            output = F.conv2d(logged[f"{scaled}/output", 0], weight, bias, groups=4)
            torch.testing.assert_close(logged[f"{name}/output", 0], output)

    def test_states_adaptive_pools(self) -> None:
        class Adaptive(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.mean = nn.AdaptiveAvgPool2d((11, 7))
                self.most = nn.AdaptiveMaxPool2d((5, 3), return_indices=True)

            def forward(self, x: Tensor) -> Any:
                x, _ = self.most(self.mean(x))
                return F.adaptive_max_pool2d(x, (2, 2)).flatten(1)

        layers = self.layers(Adaptive())
        self.assertEqual(
            [(name, layers[name]["type"], layers[name]["outputShape"]) for name in [*layers][:3]],
            [
                ("mean", "adaptiveAvgPool2d", [3, 11, 7]),
                ("most", "adaptiveMaxPool2d", [3, 5, 3]),
                ("adaptive_max_pool2d", "adaptiveMaxPool2d", [3, 2, 2]),
            ],
        )
        logged = self.logged()
        pooled = F.adaptive_max_pool2d(logged["mean/output", 0], (5, 3))
        torch.testing.assert_close(logged["most/output", 0], pooled)

    def test_states_the_maximum_and_minimum_of_two_maps_however_they_are_written(self) -> None:
        class Extremes(nn.Module):
            """Maxout, and a gate of each channel that bounds it."""

            def __init__(self) -> None:
                super().__init__()
                self.one = nn.Conv2d(3, 4, 1)
                self.two = nn.Conv2d(3, 4, 1)
                self.three = nn.Conv2d(4, 4, 1)

            def forward(self, x: Tensor) -> Any:
                x = torch.maximum(self.one(x), self.two(x))
                x = torch.max(x, self.three(x)).min(other=x.mean((2, 3), keepdim=True))
                last = x.permute(0, 2, 3, 1)
                x = torch.minimum(last, -last).permute(0, 3, 1, 2)
                return torch.maximum(x, torch.zeros(()))

        layers = self.layers(Extremes())
        kinds = [(name, one["type"], one["inputs"]) for name, one in layers.items() if "im" in name or "m" == name[0]]
        self.assertEqual(
            kinds,
            [
                ("maximum", "maximum", ["one", "two"]),
                ("max", "maximum", ["maximum", "three"]),
                ("mean", "adaptiveAvgPool2d", ["maximum"]),
                ("min", "minimum", ["max", "mean"]),
                ("minimum", "minimum", ["min", "neg"]),
                ("maximum_1", "other", ["minimum"]),
            ],
        )
        logged = self.logged()
        out = {name: logged[f"{name}/output", 0] for name in layers}
        torch.testing.assert_close(out["max"], torch.maximum(out["maximum"], out["three"]))
        torch.testing.assert_close(out["min"], torch.minimum(out["max"], out["mean"]))
        torch.testing.assert_close(out["minimum"], torch.minimum(out["min"], out["neg"]))

    def test_says_of_no_layer_what_holds_only_for_channels_on_the_second_axis(self) -> None:
        class Mixed(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(3, 16, 1)

            def forward(self, x: Tensor) -> Any:
                first = self.conv(x)
                last = first.permute(0, 2, 3, 1)
                # Of the same shape, but not the same axes.
                return (first + last, last.softmax(1), F.layer_norm(first, (16, 16)), first.permute(0, 3, 2, 1))

        layers = self.description(Mixed())["layers"]
        self.assertEqual([one["type"] for one in layers], ["conv2d", "other", "other", "other", "other"])

    def test_pads_before_an_even_kernel_with_padding_same(self) -> None:
        for mode in ("zeros", "reflect", "circular"):
            with self.subTest(mode), tempfile.TemporaryDirectory() as folder, SummaryWriter(folder) as writer:
                conv = nn.Conv2d(3, 2, (2, 4), padding="same", padding_mode=mode, dilation=(1, 3))
                net = nn.Sequential(conv, nn.ReLU())
                tap(net, writer, self.probe)
                writer.flush()
                log = read(folder)
                ((text,),) = (value for (tag, _), value in log.items() if tag.startswith("convscope/model"))
                layers = {layer["name"]: layer for layer in json.loads(text)["layers"]}
                self.assertEqual((layers["0.pad"]["type"], layers["0.pad"]["inputs"]), ("pad", ["input"]))
                self.assertEqual((layers["0"]["type"], layers["0"]["padding"]), ("conv2d", [0, 0]))
                self.assertEqual(layers["0"]["inputs"], ["0.pad"])
                self.assertEqual(layers["0"]["inputShape"], [3, 17, 25])
                self.assertEqual(
                    layers["0"]["input"], {"from": "record", "tag": "0.pad/output", "operations": []}
                )
                expected = F.conv2d(log["0.pad/output", 0], conv.weight, conv.bias, dilation=(1, 3)).detach()
                torch.testing.assert_close(log["0/output", 0], expected)
                torch.testing.assert_close(log["0/output", 0], conv(self.probe).detach())

    def test_writes_what_convolves_to_what_it_writes(self) -> None:
        net = Net()
        tap(net, self.writer, self.probe)
        log = self.logged()
        torch.testing.assert_close(log["probes/input", 0], self.probe)
        expected = F.conv2d(self.probe, net.conv.weight, net.conv.bias, 2, 1)
        torch.testing.assert_close(log["conv/output", 0], expected)
        torch.testing.assert_close(log["conv/weight", 0], net.conv.weight.detach())
        inner = F.conv2d(log["max_pool2d/output", 0], log["block.conv1/weight", 0], None, 1, 1)
        torch.testing.assert_close(log["block.conv1/output", 0], inner)
        # The ReLU behind works in place; what is logged is from before it.
        self.assertLess(float(log["block.bn1/output", 0].min()), 0)
        net.eval()
        torch.testing.assert_close(log["probes/predictions", 0], net(self.probe).softmax(1))

    def test_leaves_no_trace_in_the_training(self) -> None:
        def train(with_tap: bool) -> tuple[list[Tensor], list[Tensor | None], Tensor, float]:
            torch.manual_seed(1)
            random.seed(1)
            net = Net()
            net.block.bn2.eval()
            optimizer = torch.optim.SGD(net.parameters(), 0.1)
            scope = tap(net, self.writer, self.probe, every=1, loss="sum") if with_tap else None
            for _ in range(3):
                optimizer.zero_grad()
                net(torch.randn(4, 3, 16, 16)).square().mean().backward()
                optimizer.step()
                if scope is not None:
                    scope.step()
            self.assertTrue(net.training and net.block.bn1.training and not net.block.bn2.training)
            self.assertFalse(any(module._forward_hooks or module._forward_pre_hooks for module in net.modules()))
            state = [value.clone() for value in net.state_dict().values()]
            return state, [one.grad for one in net.parameters()], torch.rand(1), random.random()

        for with_tap, without in zip(train(True), train(False), strict=True):
            if isinstance(with_tap, list) and isinstance(without, list):
                for one, other in zip(with_tap, without, strict=True):
                    self.assertTrue(one is other is None or torch.equal(one, other))
            else:
                self.assertEqual(with_tap, without)

    def test_restores_buffers_that_change_in_evaluation_too(self) -> None:
        class Counting(nn.Module):
            calls: Tensor

            def __init__(self) -> None:
                super().__init__()
                self.register_buffer("calls", torch.zeros(1))
                self.conv = nn.Conv2d(3, 2, 1)

            def forward(self, x: Tensor) -> Any:
                self.calls += 1
                return self.conv(x)

        net = Counting()
        tap(net, self.writer, self.probe)
        self.assertEqual(float(net.calls), 0)

    def test_writes_gradients_before_activations_in_place(self) -> None:
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 1, 3))
        for parameter in net.parameters():
            parameter.requires_grad_(False)
        tap(net, self.writer, self.probe, loss=lambda output: output.square().sum())
        hidden = net[0](self.probe).requires_grad_()
        (expected,) = torch.autograd.grad(net[2](hidden.relu()).square().sum(), hidden)
        torch.testing.assert_close(self.logged()["0/gradient", 0], expected)

    def test_captures_at_every_nth_step_and_where_asked(self) -> None:
        net = nn.Conv2d(3, 2, 3)
        with tap(net, self.writer, self.probe, every=3, start=6) as scope:
            self.assertEqual([scope.step() for _ in range(4)], [False, False, True, False])
            self.assertTrue(scope.step(12))
            scope.capture(13)
        self.assertFalse(scope.step(15))
        steps = sorted(step for tag, step in self.logged() if tag == "Conv2d/output")
        self.assertEqual(steps, [6, 9, 12, 13])

    def test_counts_the_steps_of_an_optimizer(self) -> None:
        net = nn.Conv2d(3, 2, 3)
        optimizer = torch.optim.SGD(net.parameters(), 0.1)
        scope = tap(net, self.writer, self.probe, every=2, optimizer=optimizer)
        for _ in range(5):
            net(self.probe).sum().backward()
            optimizer.step()
        scope.close()
        optimizer.step()
        steps = sorted(step for tag, step in self.logged() if tag == "Conv2d/weight")
        self.assertEqual(steps, [0, 2, 4])

    def test_writes_only_the_layers_that_are_wanted(self) -> None:
        description = self.description(Net(), layers=r"^block\.conv")
        self.assertEqual(len(description["layers"]), 14)
        tags = {tag.rsplit("/", 1)[0] for tag, _ in self.logged() if tag.endswith("/output")}
        self.assertEqual(tags, {"block.conv1", "block.conv2"})
        # Its producer is not in the log, so that its own input is.
        self.assertIn(("block.conv1/input", 0), self.logged())

    def test_logs_the_input_that_no_layer_wrote(self) -> None:
        class Sliced(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(2, 2, 1)

            def forward(self, x: Tensor) -> Any:
                return self.conv(x[:, :2])

        layers = self.layers(Sliced())
        tag = layers["conv"]["input"]["tag"]
        torch.testing.assert_close(self.logged()[tag, 0], self.probe[:, :2])

    def test_looks_through_data_parallel_and_compiled_nets(self) -> None:
        net = Net()
        plain = self.layers(net)
        wrapped: list[Callable[[Any], Any]] = [
            nn.DataParallel,
            lambda one: torch.compile(one, backend="eager"),
        ]
        for wrap in wrapped:
            with tempfile.TemporaryDirectory() as folder:
                self.folder, self.writer = folder, SummaryWriter(folder)
                self.assertEqual(self.layers(wrap(net)), plain)
                self.writer.close()

    @unittest.skipUnless(torch.distributed.is_available(), "this torch cannot train in several processes")
    def test_writes_in_the_first_of_the_processes_that_train_a_net_together(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            torch.multiprocessing.spawn(train_distributed, (folder,), nprocs=2)
            names = ("tapped0", "tapped1", "plain0", "plain1")
            tapped, *others = (torch.load(f"{folder}/{name}.pt", weights_only=True) for name in names)
            log, silent = read(f"{folder}/tapped0"), read(f"{folder}/tapped1")
        self.assertEqual(silent, {})
        self.assertEqual(sorted({step for _, step in log}), [0, 2, 4])
        self.assertEqual({tag for tag, _ in log if "module" in tag}, set())
        torch.testing.assert_close(log["conv/weight", 4], tapped["conv.weight"])
        self.assertIn(("conv/gradient", 4), log)
        # The tap changes nothing of the training. Running statistics are those of a process's own pictures.
        for other in others:
            for name in ("conv.weight", "block.conv1.weight", "fc.bias"):
                torch.testing.assert_close(tapped[name], other[name], rtol=0, atol=0)
        torch.testing.assert_close(tapped["block.bn1.running_mean"], others[1]["block.bn1.running_mean"])

    def test_leaves_a_compiled_net_compiled(self) -> None:
        compiled = 0

        def backend(graph: torch.fx.GraphModule, _: list[Tensor]) -> Callable[..., Any]:
            nonlocal compiled
            compiled += 1
            return graph.forward

        for make in (
            lambda one: torch.compile(one, backend=backend),
            lambda one: (one.compile(backend=backend), one)[1],
        ):
            torch.compiler.reset()
            compiled = 0
            net = Net().eval()
            model: Any = make(net)
            with torch.no_grad():
                before = model(self.probe)
                first = compiled
                with tempfile.TemporaryDirectory() as folder:
                    writer = SummaryWriter(folder)
                    tap(model, writer, self.probe)
                    writer.close()
                    self.assertIn(("block.conv2/output", 0), read(folder))
                self.assertTrue(torch.equal(model(self.probe), before))
            self.assertGreater(first, 0)
            self.assertEqual(compiled, first)

    def test_captures_in_full_precision_under_autocast_and_channels_last(self) -> None:
        net = Net().to(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tap(net, self.writer, self.probe)
        expected = F.conv2d(self.probe, net.conv.weight, net.conv.bias, 2, 1)
        torch.testing.assert_close(self.logged()["conv/output", 0], expected)

    def test_says_once_what_cannot_be_captured(self) -> None:
        class Unused(Net):
            def __init__(self) -> None:
                super().__init__()
                self.spare = nn.Conv2d(3, 3, 1)

        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            scope = tap(Unused(), self.writer, self.probe, every=1)
            scope.step()
            scripted = torch.jit.trace(nn.Conv2d(3, 2, 1), self.probe)  # type: ignore[no-untyped-call]
            tap(scripted, self.writer, self.probe)
        messages = [str(one.message) for one in told if "convscope" in str(one.message)]
        self.assertEqual(len([one for one in messages if "spare was not called" in one]), 1)
        self.assertEqual(len([one for one in messages if "ScriptModule" in one]), 1)

    def test_a_failing_capture_does_not_stop_the_training(self) -> None:
        net = nn.Sequential(nn.Conv2d(3, 2, 3))
        scope: Tap = tap(net, self.writer, self.probe, every=1)
        net[0] = nn.Conv2d(5, 2, 3)
        with self.assertWarnsRegex(UserWarning, "there will be no more"):
            self.assertFalse(scope.step())
        self.assertFalse(scope.step())

    @unittest.skipIf(importlib.util.find_spec("tensorboardX") is None, "tensorboardX is not installed")
    def test_writes_with_tensorboardx(self) -> None:
        from tensorboardX import SummaryWriter as OtherWriter  # type: ignore[import-not-found, unused-ignore]

        with OtherWriter(f"{self.folder}/other") as writer:
            tap(Net(), writer, self.probe)
        log = read(f"{self.folder}/other")
        self.assertIn(("convscope/model/text_summary", 0), log)
        torch.testing.assert_close(log["probes/input", 0], self.probe)
        self.assertEqual(log["conv/output", 0].shape, torch.Size([2, 4, 8, 8]))

    def test_says_what_is_wrong_with_its_arguments(self) -> None:
        probe = self.probe
        for error, message, arguments in (
            (TypeError, "interpreted as an integer", {"every": 2.5}),
            (ValueError, "loss='mean'", {"loss": "mean"}),
            (TypeError, "layers must be", {"layers": ["conv"]}),
            (TypeError, "pictures must be a tensor", {"pictures": probe.numpy()}),
            (ValueError, "as many as the probe has", {"pictures": probe[:1]}),
        ):
            with self.assertRaisesRegex(error, message):
                tap(Net(), self.writer, probe, **arguments)

    def test_counts_with_numbers_of_numpy(self) -> None:
        scope = tap(Net(), self.writer, self.probe, every=np.int64(2))  # type: ignore[arg-type]
        self.assertEqual([scope.step() for _ in range(4)], [False, True, False, True])

    def test_leaves_the_first_batch_to_layers_that_make_their_weights_of_it(self) -> None:
        model = nn.Sequential(nn.LazyConv2d(4, 3), nn.ReLU())
        with self.assertRaisesRegex(ValueError, r"0 \(LazyConv2d\) has no weights before it has seen a batch"):
            tap(model, self.writer, self.probe)
        self.assertIsInstance(model[0].weight, nn.UninitializedParameter)
        model(self.probe)
        tap(model, self.writer, self.probe)
        self.assertIn(("0/output", 0), self.logged())

    def test_captures_gradients_in_inference_mode_too(self) -> None:
        model = Net()
        with torch.inference_mode():
            tap(model, self.writer, self.probe, loss="sum")
        self.assertIn(("conv/gradient", 0), self.logged())

    def test_says_that_a_net_on_the_device_meta_has_no_values(self) -> None:
        with torch.device("meta"):
            model = Net()
        with self.assertWarnsRegex(UserWarning, "no weights, but their shapes"):
            tap(model, self.writer, self.probe)

    def test_says_that_two_nets_share_a_writer(self) -> None:
        first = tap(Net(), self.writer, self.probe)
        with self.assertWarnsRegex(UserWarning, "Two nets are tapped with one writer"):
            tap(Net(), self.writer, self.probe).close()
        first.close()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tap(Net(), self.writer, self.probe)

    def test_states_a_layer_once_that_is_computed_again_for_its_gradient(self) -> None:
        class Checkpointed(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.block = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))

            def forward(self, x: Tensor) -> Any:
                return checkpoint(self.block, x, use_reentrant=False)

        self.assertEqual([*self.layers(Checkpointed(), loss="sum")], ["block.0", "block.1", "block.2"])
        self.assertTrue((self.logged()["block.2/gradient", 0] == 1).all())

    def test_leaves_out_what_other_threads_compute_meanwhile(self) -> None:
        class Busy(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 3)
                self.other = nn.Conv2d(3, 4, 3)

            def forward(self, x: Tensor) -> Any:
                thread = threading.Thread(target=lambda: self.other(x.detach().clone()))
                thread.start()
                thread.join()
                return self.conv(x)

        with self.assertWarnsRegex(UserWarning, "other was not called for the probe"):
            found = self.layers(Busy())
        self.assertEqual([*found], ["conv"])

    def test_calls_only_scores_of_classes_predictions(self) -> None:
        class Named(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.net = Net()

            def forward(self, x: Tensor) -> Any:
                return {"features": x.mean((2, 3)), "logits": self.net(x)}

        for step, (model, classes) in enumerate(
            ((Net(), 5), (nn.Sequential(Net(), nn.Softmax(1)), 5), (nn.Sequential(Net(), nn.Sigmoid()), 0), (Named(), 5))
        ):
            tap(model, self.writer, self.probe, start=step).close()
            written = self.logged().get(("probes/predictions", step))
            self.assertEqual(0 if written is None else written.shape[1], classes, step)

    def test_names_a_concatenation_with_what_no_layer_made(self) -> None:
        class Constant(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv = nn.Conv2d(4, 4, 3)

            def forward(self, x: Tensor, more: Tensor) -> Any:
                return self.conv(torch.cat([x, more], 1))

        self.probe = (self.probe, self.probe[:, :1])  # type: ignore[assignment]
        self.assertEqual([layer["type"] for layer in self.layers(Constant()).values()], ["other", "conv2d"])

    def test_states_a_batch_norm_of_vectors(self) -> None:
        model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(3, affine=False), nn.Linear(3, 5))
        self.assertEqual(self.layers(model)["2"]["type"], "batchNorm2d")
        log = self.logged()
        running = log["2/running_mean", 0], log["2/running_var", 0]
        torch.testing.assert_close(log["2/output", 0], F.batch_norm(log["1/output", 0], *running))

    def test_states_half_precision_and_writes_the_probe_as_the_net_reads_it(self) -> None:
        probe = self.probe
        self.assertNotIn("precision", self.description(Net(), start=1))
        tap(Net().bfloat16(), self.writer, probe).close()
        (text,) = self.logged()["convscope/model/text_summary", 0]
        self.assertEqual(json.loads(text)["precision"], "bfloat16")
        torch.testing.assert_close(self.logged()["probes/input", 0], probe.bfloat16().float(), rtol=0, atol=0)

    def test_checksums_are_those_of_tensorboard(self) -> None:
        import convscope

        self.assertEqual(convscope._crc32c(b"123456789"), 0xE3069283)
        generator = random.Random(0)
        for size in (4096, 4097, 5000, 8191, 65536, 100_003):
            data = generator.randbytes(size)
            self.assertEqual(convscope._masked_crc32c(data), convscope._slow_masked_crc32c(data), size)

    def test_refuses_what_is_no_batch_of_pictures(self) -> None:
        with self.assertRaisesRegex(ValueError, r"\[N, C, H, W\], not \[3, 16, 16\]"):
            tap(Net(), self.writer, self.probe[0])
        with self.assertRaisesRegex(TypeError, r"\[N, C, H, W\], not str"):
            tap(nn.Conv2d(3, 4, 3), self.writer, ("picture.png",))
        with self.assertRaisesRegex(ValueError, "every=0"):
            tap(Net(), self.writer, self.probe, every=0)
        with self.assertRaisesRegex(TypeError, "SummaryWriter"):
            tap(Net(), object(), self.probe)  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()
