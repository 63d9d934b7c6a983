#!/usr/bin/env python3
"""One of the peers that serve models, as its users run it: Keras 3 on TensorFlow behind FastAPI, MLServer or BentoML.

    server.py --server fastapi|mlserver|mlserver_batching|bentoml --port N --packages FOLDER --folder FOLDER --models JSON

`--models`: a list of {"name", "file", "dtype", "row"}: saved models, and the type and shape of their rows. `--folder`: where a
server may write what it is configured by. It serves until it is ended. `--versions` prints what would be used, and ends.
"""

import argparse
import json
import os
import sys


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--server', required=True)
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--packages', required=True, help='the folder that install-serving-peers.mjs made')
    parser.add_argument('--folder')
    parser.add_argument('--models', default='[]')
    parser.add_argument('--versions', action='store_true')
    arguments = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    servers = {'fastapi': 'fastapi_server', 'mlserver': 'mlserver_server', 'mlserver_batching': 'mlserver_server', 'bentoml': 'bentoml_server'}
    if arguments.server not in servers:
        raise SystemExit(f'--server: expected one of {", ".join(servers)}, received {arguments.server}')
    site = os.path.join(arguments.packages, 'bentoml' if arguments.server == 'bentoml' else 'mlserver')
    # For processes that a server starts, too.
    os.environ.update(PYTHONPATH=os.pathsep.join([site, here]), TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1', KERAS_BACKEND='tensorflow')
    sys.path.insert(0, site)
    server = __import__(servers[arguments.server])
    if arguments.versions:
        print(json.dumps({'python': sys.version.split()[0], **server.versions()}))
    else:
        server.serve(json.loads(arguments.models), arguments.port, arguments.folder, arguments.server)


if __name__ == '__main__':
    main()
