"""Writes the logs that the browser tests read: `python make_fixture.py ../../scripts/browser/fixtures`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

from convscope import tap


class Net(nn.Module):
    """A residual block with norms between layers with strides, groups and functions."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.conv1 = nn.Conv2d(4, 4, 3, padding=2, dilation=2, groups=2, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Any:
        x = F.relu(self.stem(x))
        out = self.bn1(self.conv1(x))
        out += x
        x = F.max_pool2d(self.relu(out), 2)
        return self.fc(x.mean([2, 3]))


class Functions(nn.Module):
    """What moves values, and what numbers do to them."""

    def __init__(self) -> None:
        super().__init__()
        self.pad = nn.ReflectionPad2d((1, 1, 2, 0))
        self.conv = nn.Conv2d(3, 8, 3)
        self.weight = nn.Parameter(torch.rand(8))
        self.bias = nn.Parameter(torch.rand(8))
        self.norm = nn.LayerNorm([8, 8, 8])
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Any:
        x = F.pad(self.conv(self.pad(x)), (1, 0, 0, 1))[:, :, 1:, 1:]
        one, two = x.chunk(2, dim=1)
        x = torch.cat([two - one, 1 - two * 0.5], 1)
        x = x.view(len(x), 2, 4, 8, 8).transpose(1, 2).reshape(x.shape)
        whole = x.norm(p=2, dim=(2, 3), keepdim=True)
        share = whole / (whole.mean(dim=1, keepdim=True) + 1e-6)
        x = x + torch.addcmul(self.bias.view(1, -1, 1, 1), self.weight.view(1, -1, 1, 1), x * share)
        x = F.pixel_unshuffle(F.pixel_shuffle(self.norm(F.hardtanh(x)), 2), 2)
        x = x * torch.sigmoid(x.amax(1, keepdim=True))
        return F.log_softmax(self.fc(x.mean([2, 3])), dim=1)


def functions(folder: Path) -> None:
    torch.manual_seed(1)
    writer = _writer(folder)
    net = Functions()
    nn.init.normal_(net.norm.weight)
    tap(net, writer, torch.randn(2, 3, 8, 8))
    writer.close()


def training(folder: Path) -> None:
    torch.manual_seed(0)
    net = Net()
    probe = torch.randn(2, 3, 16, 16)
    labels = torch.tensor([0, 2])
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    writer = _writer(folder)
    scope = tap(net, writer, probe, every=5, loss=lambda output: F.cross_entropy(output, labels))
    for step in range(1, 11):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(probe), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        writer.add_scalar("train/loss", loss.item(), step)
        scope.step()
    writer.close()


def _writer(folder: Path) -> SummaryWriter:
    for old in folder.glob("*tfevents*"):
        old.unlink()
    return SummaryWriter(str(folder))


if __name__ == "__main__":
    training(Path(sys.argv[1]) / "torch-tap")
    functions(Path(sys.argv[1]) / "torch-functions")
