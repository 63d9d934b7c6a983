"""Where things are."""

import os
import tempfile

MAKE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.dirname(MAKE)
# What setup.sh made: genuine Keras 2.0.8 and 1.2.2, each with its shim beside it.
PEERS = os.environ.get('TRAINYARD_PEERS', os.path.expanduser('~/.cache/trainyard-peers'))
K208 = os.path.join(PEERS, 'k208')
K122 = os.path.join(PEERS, 'k122')
TMP = os.path.join(tempfile.gettempdir(), 'trainyard-goldens')
