"""Logs step by step through the SummaryWriter of PACKAGE. After every step it flushes, prints as JSON what it has logged,
and waits for a line. Arguments: PACKAGE FOLDER STEPS."""
import json
import math
import sys


def scalars_of(step):
    return {
        "train/loss": 1 / (1 + step),
        # Never 0: TensorFlow would log the constant 0.0 again where it is given -0.0, which equals it.
        "train/accuracy": (1 + step) / 10,
        "odd": [math.nan, math.inf, -math.inf, 1e-30, -0.0][step % 5],
    }


def tensorflow_writer(folder):
    import tensorflow as tf

    writer = tf.summary.create_file_writer(folder)

    def log(step):
        with writer.as_default():
            for tag, value in scalars_of(step).items():
                tf.summary.scalar(tag, value, step=step)
        writer.flush()

    return log, writer.close


def torch_writer(package, folder):
    if package == "torch":
        from torch.utils.tensorboard import SummaryWriter
    else:
        from tensorboardX import SummaryWriter
    # tensorboardX does not wait in flush() for the thread that writes; with 0 seconds that thread flushes every event.
    writer = SummaryWriter(folder, flush_secs=0)

    def log(step):
        for tag, value in scalars_of(step).items():
            writer.add_scalar(tag, value, step)
        writer.add_text("note", f"step {step}", step)
        writer.flush()

    return log, writer.close


package, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
log, close = tensorflow_writer(folder) if package == "tensorflow" else torch_writer(package, folder)
for step in range(steps):
    log(step)
    values = {tag: repr(value) for tag, value in scalars_of(step).items()}
    print(json.dumps({"step": step, "values": values}), flush=True)
    sys.stdin.readline()
close()
