"""Which server is asked, and with which key: the same places in which the `trainyard` command looks."""

import json
import os

DEFAULT_URL = 'http://127.0.0.1:8000'


def find_credentials(url=None, api_key=None, environ=None):
    """Answers `(url, api_key)`: arguments, else TRAINYARD_URL and TRAINYARD_API_KEY, else what the last `trainyard up` stored.

    A stored key is sent to no other address than the one that it was stored with.
    """
    environ = os.environ if environ is None else environ
    api_key = api_key or environ.get('TRAINYARD_API_KEY') or None
    url = url or environ.get('TRAINYARD_URL') or None
    if url is not None:
        return url.rstrip('/'), api_key
    stored = _read_stored(os.path.join(_home(environ), 'credentials.json'))
    return stored.get('url', DEFAULT_URL).rstrip('/'), api_key or stored.get('api_key')


def _home(environ):
    """The data directory of `trainyard up`."""
    given = environ.get('TRAINYARD_HOME')
    if given:
        return given
    if hasattr(os, 'getuid') and os.getuid() == 0:
        return '/var/lib/trainyard'  # root's own home is closed to the user as whom Postgres runs
    data = environ.get('XDG_DATA_HOME') or os.path.join(os.path.expanduser('~'), '.local', 'share')
    return os.path.join(data, 'trainyard')


def _read_stored(path):
    try:
        with open(path, encoding='utf-8') as file:
            return json.load(file)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return {}
