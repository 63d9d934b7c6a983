"""Arrays by a case's description. bench/src/trainyard/case-data.ts makes ours by the same."""

import numpy as np


def make_array(spec: dict, rows: int, random: np.random.RandomState) -> np.ndarray:
    """`uniform`: [0, 1); `integers`: [low, high); `binary`: 0 or 1; `one_hot`: over the last dimension."""
    shape, kind = [rows, *spec['shape']], spec['kind']
    if kind == 'uniform':
        return random.rand(*shape).astype(spec['dtype'])
    if kind == 'integers':
        return random.randint(spec['low'], spec['high'], shape).astype(spec['dtype'])
    if kind == 'binary':
        return random.randint(0, 2, shape).astype(spec['dtype'])
    if kind == 'one_hot':
        return np.eye(shape[-1], dtype=spec['dtype'])[random.randint(0, shape[-1], shape[:-1])]
    raise ValueError(f'data of kind {kind}: expected uniform, integers, binary or one_hot')
