"""Prints what TensorBoard's own reader finds in a logdir: one JSON object a value, nothing sampled, nothing purged."""
import hashlib
import json
import os
import sys

import numpy as np
from tensorboard.backend.event_processing import plugin_event_accumulator as accumulator
from tensorboard.plugins.hparams import metadata as hparams_metadata
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.util import tensor_util


def number(value):
    value = float(value)
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def details(plugin, content, tensor_proto):
    if plugin == "hparams":
        return hparams(content)
    tensor = tensor_util.make_ndarray(tensor_proto)
    if plugin == "scalars":
        return {"value": number(tensor.item())}
    if plugin == "histograms":
        return {"buckets": [[number(x) for x in row] for row in tensor]}
    if plugin == "images":
        image_metadata.parse_plugin_metadata(content)
        width, height, *pictures = list(tensor)
        return {
            "width": int(width),
            "height": int(height),
            "sha256": [hashlib.sha256(picture).hexdigest() for picture in pictures],
        }
    if plugin == "text":
        return {"shape": list(tensor.shape), "strings": [x.decode("utf-8") for x in tensor.flatten()]}
    if tensor.dtype == object:
        return {"shape": list(tensor.shape)}
    return {"shape": list(tensor.shape), "values": [number(x) for x in tensor.flatten()]}


def hparams(content):
    for part, parse in (
        ("session-start", hparams_metadata.parse_session_start_info_plugin_data),
        ("session-end", hparams_metadata.parse_session_end_info_plugin_data),
        ("experiment", hparams_metadata.parse_experiment_plugin_data),
    ):
        try:
            data = parse(content)
        except Exception:  # the plugin's own way to say that it is another part
            continue
        values = {}
        if part == "session-start":
            for name, value in data.hparams.items():
                kind = value.WhichOneof("kind")
                values[name] = getattr(value, kind) if kind else None
        return {"part": part, "values": values}
    return {"part": "unknown"}


def main(logdir):
    for folder, _, files in sorted(os.walk(logdir)):
        if not any("tfevents" in name for name in files):
            continue
        events = accumulator.EventAccumulator(folder, size_guidance={accumulator.TENSORS: 0}, purge_orphaned_data=False)
        events.Reload()
        run = os.path.relpath(folder, logdir).replace(os.sep, "/")
        for tag in sorted(events.Tags()[accumulator.TENSORS]):
            plugin_data = events.SummaryMetadata(tag).plugin_data
            for event in events.Tensors(tag):
                line = {"run": run, "tag": tag, "plugin": plugin_data.plugin_name}
                line.update({"step": event.step, "wallTime": number(event.wall_time)})
                line.update(details(plugin_data.plugin_name, plugin_data.content, event.tensor_proto))
                print(json.dumps(line, ensure_ascii=False))


main(sys.argv[1])
