"""Writes the logs that the browser tests read: `python make_fixture.py ../../scripts/browser/fixtures/torch-tap`."""

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


def main(folder: Path) -> None:
    torch.manual_seed(0)
    net = Net()
    probe = torch.randn(2, 3, 16, 16)
    labels = torch.tensor([0, 2])
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    for old in folder.glob("*tfevents*"):
        old.unlink()
    writer = SummaryWriter(str(folder))
    scope = tap(net, writer, probe, every=5, loss=lambda output: F.cross_entropy(output, labels))
    for step in range(1, 11):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(probe), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        writer.add_scalar("train/loss", loss.item(), step)
        scope.step()
    writer.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
