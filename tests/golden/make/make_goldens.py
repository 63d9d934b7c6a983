#!/usr/bin/env python
"""Makes the reference data beside this folder again. Run it with the Python that setup.sh made.

    python make_goldens.py                       all engines one after the other, then the comparison: 8 to 10 minutes
    python make_goldens.py --engine k208 [--only c01,sweep] [--out FOLDER] [--dtype float64] [--bare]

Engines: k208 = genuine Keras 2.0.8 on TensorFlow 2.21 through compat.v1 (what counts),
         tfk  = tf-keras 2.21 (cross-check), k3 = Keras 3.15.1 (formats only).
"""

import argparse
import os
import traceback

from paths import GOLDEN


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--engine', choices=['k208', 'tfk', 'k3'])
    parser.add_argument('--dtype', default='float32')
    parser.add_argument('--out', default=GOLDEN)
    parser.add_argument('--only', help='beginnings of the names of cases, and "sweep" for the sweeps')
    parser.add_argument('--bare', action='store_true', help='write expected.json only')
    return parser.parse_args()


def environment(dtype):
    """Before TensorFlow is imported: on the CPU, reproducible, with the old Keras."""
    os.environ.update(
        TF_CPP_MIN_LOG_LEVEL='3',
        CUDA_VISIBLE_DEVICES='-1',
        TF_USE_LEGACY_KERAS='1',
        TF_ENABLE_ONEDNN_OPTS='1',
        PYTHONHASHSEED='0',
        K208_FLOATX=dtype,
    )


def run_engine(args):
    import sweeps
    import training
    from engines import load_engine

    engine = load_engine(args.engine, args.dtype)
    os.makedirs(args.out, exist_ok=True)
    if args.engine == 'k3':
        training.run_k3(engine, args.out)
        return
    only = args.only.split(',') if args.only else None
    for name in sorted(training.CASES):
        if only and not any(name.startswith(beginning) for beginning in only):
            continue
        try:
            training.run_case(engine, name, args.out, args.bare)
            print(args.engine, args.dtype, name, 'ok', flush=True)
        except Exception as error:
            print(args.engine, args.dtype, name, 'FAILED', type(error).__name__, str(error)[:300], flush=True)
            traceback.print_exc()
    if not only or 'sweep' in only:
        sweeps.run(engine, args.out)


if __name__ == '__main__':
    args = arguments()
    if args.engine:
        environment(args.dtype)
        run_engine(args)
    else:
        import compare_engines

        compare_engines.main()
