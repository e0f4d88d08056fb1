"""LeNet with the weights that featuremap ships, for PyTorch and as an ONNX file."""
import json
import struct

import numpy as np


def weights(path):
    """The arrays of a safetensors file by name."""
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + start : 8 + length + end], np.float32)
        arrays[name] = values.reshape(entry["shape"]).copy()
    return arrays


def torch_model(path):
    import torch
    from torch import nn

    class LeNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
            self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
            self.pool = nn.AvgPool2d(2)

        def forward(self, x):
            x = self.pool(torch.sigmoid(self.conv1(x)))
            x = self.pool(torch.sigmoid(self.conv2(x))).flatten(1)
            return self.fc3(torch.sigmoid(self.fc2(torch.sigmoid(self.fc1(x)))))

    model = LeNet()
    model.load_state_dict({name: torch.from_numpy(array) for name, array in weights(path).items()})
    return model


def write_onnx(path, target, with_conv1=False):
    """The network as an ONNX file for any batch; with conv1's maps as a second output where asked."""
    from onnx import TensorProto, checker, helper, numpy_helper, save

    arrays = weights(path)
    nodes, tensors = [], [numpy_helper.from_array(value, name) for name, value in arrays.items()]

    def add(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
    add("Conv", ["input", "conv1.weight", "conv1.bias"], "conv1", kernel_shape=[5, 5], pads=[2] * 4)
    add("Sigmoid", ["conv1"], "sigmoid1")
    add("AveragePool", ["sigmoid1"], "pool1", **pool)
    add("Conv", ["pool1", "conv2.weight", "conv2.bias"], "conv2", kernel_shape=[5, 5])
    add("Sigmoid", ["conv2"], "sigmoid2")
    add("AveragePool", ["sigmoid2"], "pool2", **pool)
    add("Flatten", ["pool2"], "flatten")
    last = "flatten"
    for number in (1, 2, 3):
        name = f"fc{number}"
        add("Gemm", [last, name + ".weight", name + ".bias"], name, transB=1)
        last = name
        if number < 3:
            last = f"sigmoid{number + 2}"
            add("Sigmoid", [name], last)
    outputs = [helper.make_tensor_value_info("fc3", TensorProto.FLOAT, ["n", 10])]
    if with_conv1:
        outputs.append(helper.make_tensor_value_info("conv1", TensorProto.FLOAT, ["n", 6, 28, 28]))
    picture = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 1, 28, 28])
    graph = helper.make_graph(nodes, "lenet", [picture], outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, target)


def session(path, threads):
    """ONNX Runtime's session for a file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
