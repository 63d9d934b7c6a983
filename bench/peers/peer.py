#!/usr/bin/env python3
"""A peer as a process: one JSON request a line on standard input, one JSON answer a line on standard output.

    peer.py --peer k208|tfk|k3_auto|k3_nojit|k3_jax --packages FOLDER [--versions]

Requests: {"op": "load", "case": …, "spawned_at": …}, {"op": "warm_up", "seconds": 1}, {"op": "fit"}, {"op": "predict", "rows": 1, "calls": 50}.
Answers: {"ok": …} or {"error": "…"}. The process ends with its input. `--versions` prints what would be used, and ends.
"""

import argparse
import json
import sys

from protocol import open_answers, serve, use_packages


def adapter_of(peer: str):
    from adapters import keras3, keras208, tf_keras_2

    adapters = {
        'k208': keras208,
        'tfk': tf_keras_2,
        'k3_auto': keras3.Keras3('tensorflow', 'auto'),
        'k3_nojit': keras3.Keras3('tensorflow', False),
        'k3_jax': keras3.Keras3('jax', 'auto'),
    }
    if peer not in adapters:
        raise SystemExit(f'--peer: expected one of {", ".join(adapters)}, received {peer}')
    return adapters[peer]


class Peer:
    def __init__(self, adapter, versions: dict):
        self.adapter = adapter
        self.versions = versions
        self.contender = None

    def answer(self, request: dict) -> dict:
        operation = request['op']
        if operation == 'load':
            from contender import Contender

            self.contender = Contender(self.adapter, self.versions, request['case'], request['spawned_at'])
            return self.contender.describe()
        if operation == 'warm_up':
            return self.contender.warm_up(request['seconds'])
        if operation == 'fit':
            return self.contender.fit()
        if operation == 'predict':
            return self.contender.predict(request['rows'], request['calls'])
        raise ValueError(f'op: expected load, warm_up, fit or predict, received {operation}')


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--peer', required=True)
    parser.add_argument('--packages', required=True, help='the folder that install-peers.mjs made')
    parser.add_argument('--versions', action='store_true')
    arguments = parser.parse_args()
    answers = open_answers()
    use_packages(arguments.packages)
    adapter = adapter_of(arguments.peer)
    versions = {'python': sys.version.split()[0], **adapter.load(arguments.packages)}
    if arguments.versions:
        answers.write(json.dumps(versions) + '\n')
        return
    serve(Peer(adapter, versions).answer, answers)


if __name__ == '__main__':
    main()
