"""Sweeps over single parts of Keras: optimizers, losses, metrics, layers, callbacks, loading by name, initializers."""

import traceback

from sweeps.by_name import by_name
from sweeps.callbacks import callbacks
from sweeps.inits_constraints import inits_constraints
from sweeps.layers import layers
from sweeps.losses import losses
from sweeps.metrics import metrics
from sweeps.optimizers import optimizers


def run(engine, out):
    for sweep in (optimizers, losses, metrics, layers, callbacks, by_name, inits_constraints):
        try:
            sweep(engine, out)
            print(engine.name, engine.dtype, 'sweep', sweep.__name__, 'ok', flush=True)
        except Exception:
            traceback.print_exc()
            print(engine.name, 'sweep', sweep.__name__, 'FAILED', flush=True)
