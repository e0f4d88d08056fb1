"""Makes the files in ../Fixtures with PyTorch: the network of Dive into Deep Learning 6.6 with seeded Xavier
weights, one input with the outputs of all layers, the gradients of cross-entropy, the same network with ReLU and
max pooling, and steps of SGD.

    pip install torch safetensors
    python make_pytorch_fixtures.py
"""

from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

FOLDER = Path(__file__).parent.parent / "Fixtures"
# The names that featuremap gives the layers, in the order of the network.
NAMES = ["conv1", "sigmoid1", "pool1", "conv2", "sigmoid2", "pool2", "flatten", "fc1", "sigmoid3", "fc2",
         "sigmoid4", "fc3"]


class CustomNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.sigmoid1 = nn.Sigmoid()
        self.pool1 = nn.AvgPool2d(kernel_size=2, stride=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.sigmoid2 = nn.Sigmoid()
        self.pool2 = nn.AvgPool2d(kernel_size=2, stride=2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.sigmoid3 = nn.Sigmoid()
        self.fc2 = nn.Linear(120, 84)
        self.sigmoid4 = nn.Sigmoid()
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        outputs = {}
        for name in NAMES:
            x = getattr(self, name)(x)
            outputs[name] = x
        return outputs


def main():
    torch.manual_seed(20240607)
    torch.use_deterministic_algorithms(True)
    net = CustomNet()
    for parameter in net.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)
    save_file(net.state_dict(), FOLDER / "custom_net.safetensors")

    x = torch.rand(1, 1, 28, 28)
    label = torch.tensor([3])
    outputs = net(x)
    loss = nn.functional.cross_entropy(outputs["fc3"], label)
    loss.backward()
    arrays = {"input": x, "loss": loss.detach().reshape(1)}
    arrays.update({f"output.{name}": value.detach().clone() for name, value in outputs.items()})
    # fc1's weight has 48,000 gradients: the first five rows of 400 keep the file small.
    for name, parameter in net.named_parameters():
        gradient = parameter.grad
        arrays[f"gradient.{name}"] = gradient[:5].clone() if name == "fc1.weight" else gradient
    save_file(arrays, FOLDER / "custom_net_pass.safetensors")
    with_relu()
    steps()


def with_relu():
    """The same weights and input with ReLU for the sigmoid, and max for average pooling; some outputs only."""
    net = nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(1, 6, 5, padding=2), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(6, 16, 5), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2), flatten=nn.Flatten(),
        fc1=nn.Linear(400, 120), relu3=nn.ReLU(), fc2=nn.Linear(120, 84), relu4=nn.ReLU(),
        fc3=nn.Linear(84, 10)))
    net.load_state_dict(load_file(FOLDER / "custom_net.safetensors"))
    x = load_file(FOLDER / "custom_net_pass.safetensors")["input"]
    arrays = {}
    for name, layer in net.named_children():
        x = layer(x)
        if name in ("pool1", "relu2", "pool2", "fc3"):
            arrays[f"output.{name}"] = x.detach().clone()
    nn.functional.cross_entropy(x, torch.tensor([3])).backward()
    for name in ("conv1.weight", "conv1.bias", "conv2.weight", "fc2.bias", "fc3.weight"):
        arrays[f"gradient.{name}"] = net.get_parameter(name).grad
    save_file(arrays, FOLDER / "custom_net_relu.safetensors")


def steps():
    """Three SGD steps of a linear layer on a fixed batch, for each kind of momentum and decay."""
    arrays = {}
    torch.manual_seed(7)
    start = torch.randn(3, 4) * 0.5
    bias = torch.randn(3) * 0.1
    pixels = torch.randint(0, 256, (6, 1, 2, 2), dtype=torch.uint8)
    labels = torch.tensor([0, 1, 2, 2, 1, 0])
    arrays["start.weight"], arrays["start.bias"] = start, bias
    arrays["pixels"], arrays["labels"] = pixels.float(), labels.float()
    kinds = {
        "plain": dict(),
        "momentum": dict(momentum=0.9),
        "nesterov": dict(momentum=0.8, nesterov=True),
        "decay": dict(momentum=0.5, weight_decay=0.01),
    }
    for kind, settings in kinds.items():
        layer = nn.Linear(4, 3)
        layer.weight.data, layer.bias.data = start.clone(), bias.clone()
        optimizer = torch.optim.SGD(layer.parameters(), lr=0.3, **settings)
        for _ in range(3):
            optimizer.zero_grad()
            nn.functional.cross_entropy(layer(pixels.float().flatten(1) / 255), labels).backward()
            optimizer.step()
        arrays[f"{kind}.weight"], arrays[f"{kind}.bias"] = layer.weight.data, layer.bias.data
    save_file(arrays, FOLDER.parent.parent / "TrainingTests" / "Fixtures" / "sgd_steps.safetensors")


if __name__ == "__main__":
    main()
