"""The rows of the table."""
from contenders import KEEPS_MEMORY, Row


def rows(context):
    return network_rows(context) + filter_rows(context) + process_rows(context)


def network_rows(context):
    batch, pictures = (128, 100) if context.quick else (1024, 10_000)
    steps = 1 if context.quick else 48

    def torch(task, count):
        peers = [("PyTorch eager", "torch-eager"), ("PyTorch compiled", "torch-compile")]
        return [
            context.network(name + extra, task, peer, count, environment)
            for name, peer in peers
            for extra, environment in (("", {}), (", memory kept", KEEPS_MEMORY))
        ]

    return [
        Row("train", f"LeNet training, batch {batch:,}",
            [context.own("train", steps * batch)] + torch("train", batch), "examples/s"),
        Row("infer", f"LeNet on {pictures:,} images",
            [context.own("infer", pictures)] + torch("infer", pictures)
            + [context.network("ONNX Runtime", "infer", "onnx", pictures)], "images/s"),
        Row("image", "LeNet on one image",
            [context.own("image"),
             context.network("ONNX Runtime, 1 thread", "image", "onnx", 1, threads=1),
             context.network(f"ONNX Runtime, {context.threads} threads", "image", "onnx", 1),
             context.network("PyTorch eager", "image", "torch-eager", 1, threads=1),
             context.network("PyTorch compiled", "image", "torch-compile", 1, threads=1),
             context.network("OpenCV DNN", "image", "opencv", 1)]),
    ]


def filter_rows(context):
    size = "0.24 MP" if context.quick else "24 MP"
    titles = {"sobel": "Sobel magnitude", "7x7": "dense 7x7", "5x5": "Gauss 5x5"}
    return [
        Row(task, f"{title}, {size} RGB float", [context.own(task), context.filter(task), context.own_copy(task)])
        for task, title in titles.items()
    ]


def process_rows(context):
    threads = str(context.threads)
    photo, garments, garment = context.photo, context.garments, context.garment
    vips = {"VIPS_CONCURRENCY": threads}
    result = []
    for kind in ("jpg", "png"):
        outputs = {name: context.path(f"{name}.{kind}") for name in ("featuremap", "vips", "opencv", "opencv6")}
        quality = "[Q=90]" if kind == "jpg" else ""
        own = [context.featuremap, "apply", "sobel", photo, "-o", outputs["featuremap"], "--threads", threads]
        contenders = [
            context.process("featuremap", own),
            context.process("vips", ["vips", "sobel", photo, outputs["vips"] + quality], vips),
            context.script("OpenCV", "sobel.py", photo, outputs["opencv"], threads),
        ]
        if kind == "png":
            contenders.append(
                context.script("OpenCV, zlib 6", "sobel.py", photo, outputs["opencv6"], threads, "6"))
        else:
            outputs.pop("opencv6")
        for contender, path in zip(contenders, outputs.values()):
            contender.output = path
        title = f"apply sobel, JPEG to {'JPEG' if kind == 'jpg' else 'PNG'}"
        result.append(Row("jpeg-jpeg" if kind == "jpg" else "jpeg-png", title, contenders))
    onnx, conv1 = context.path("lenet.onnx"), context.path("conv1.onnx")
    own_maps = [context.featuremap, "run", garment, "--layer", "conv1", "-o", context.path("maps.png")]
    result += [
        Row("classify", "classify a folder of small PNGs", [
            context.process("featuremap", [context.featuremap, "classify", garments, "--threads", threads]),
            context.script("Pillow, ONNX Runtime", "classify.py", garments, onnx, threads, "pillow"),
            context.script("OpenCV, ONNX Runtime", "classify.py", garments, onnx, threads, "opencv"),
        ]),
        Row("run", "conv1's maps of a 28x28 PNG", [
            context.process("featuremap", own_maps),
            context.script("PyTorch", "conv1_maps.py", garment, context.weights, context.path("a.png"), "torch"),
            context.script("ONNX Runtime", "conv1_maps.py", garment, conv1, context.path("b.png"), "onnx"),
        ]),
        Row("version", "start: --version", [
            context.process("featuremap", [context.featuremap, "--version"]),
            context.process("vips", ["vips", "--version"]),
            context.process("import cv2", [context.python, "-c", "import cv2"]),
        ]),
    ]
    return result
