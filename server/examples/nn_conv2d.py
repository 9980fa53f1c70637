"""The program of cifar10-pictures.ts in PyTorch. convscope opens its log in the same way.

    pip install torch tensorboard torchvision
    python nn_conv2d.py
"""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels=3, out_channels=6, kernel_size=3, stride=1, padding=0)

    def forward(self, x):
        return self.conv1(x)


def run(dataset, log_dir="runs/nn_conv2d", batch_size=64):
    """Logs every batch of (picture, label) pairs; pictures are float tensors [3, 32, 32] in 0..1."""
    net = Net()
    writer = SummaryWriter(log_dir)
    with torch.no_grad():
        writer.add_tensor("conv1/weight", net.conv1.weight, 0)
        writer.add_tensor("conv1/bias", net.conv1.bias, 0)
        for step, (pictures, _) in enumerate(DataLoader(dataset, batch_size=batch_size)):
            output = net(pictures)  # [64, 6, 30, 30]
            writer.add_images("nn_conv2d_input", pictures, step)
            # A picture has three channels, so the six of each output become two pictures.
            writer.add_images("nn_conv2d_output", torch.reshape(output, (-1, 3, 30, 30)), step)
            # All six channels: convscope shows any [N, C, H, W] tensor as feature maps.
            writer.add_tensor("conv1/output", output[:8], step)
    writer.close()


if __name__ == "__main__":
    from torchvision import datasets, transforms

    run(datasets.CIFAR10("data", train=False, transform=transforms.ToTensor(), download=True))
