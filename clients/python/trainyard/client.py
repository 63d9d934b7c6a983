"""The server, and what is there besides jobs."""

import os
from urllib.parse import quote

from .config import find_credentials
from .job import Job
from .transport import Transport, chunks

_CHUNK = 1 << 20


class Client:
    """One server, asked with one key. What is not given comes from the environment, or from what `trainyard up` stored."""

    def __init__(self, url=None, api_key=None, timeout=60.0):
        url, api_key = find_credentials(url, api_key)
        self.url = url
        self.transport = Transport(url, api_key, timeout)

    def submit(self, spec, idempotency_key=None):
        """Creates a job from a spec (the body of `POST /v1/jobs`). Safe against broken connections: it is created once."""
        return Job(self, self.transport.create('/v1/jobs', spec, idempotency_key))

    def job(self, job_id):
        """The job of this id. Raises NotFound."""
        return Job(self, self.transport.json('GET', '/v1/jobs/{}'.format(quote(job_id, safe=''))))

    def jobs(self, status=None, name=None, metadata=None, limit=None):
        """Yields the project's jobs, the newest first; of a status, with a part of a name, with metadata; at most `limit`."""
        params = {'status': status, 'name': name}
        params.update(('metadata[{}]'.format(key), value) for key, value in (metadata or {}).items())
        for count, resource in enumerate(self.pages('/v1/jobs', params)):
            if limit is not None and count >= limit:
                return
            yield Job(self, resource)

    def pages(self, path, params=None):
        """Yields what a list has, page after page."""
        after = None
        while True:
            page = self.transport.json('GET', path, params=dict(params or {}, after=after))
            for item in page['data']:
                yield item
            if not page['has_more']:
                return
            after = page['last_id']

    def has_file(self, path):
        """Whether the project has a file of this path."""
        found = self.transport.json('GET', '/v1/files', params={'prefix': path, 'limit': 1})['data']
        return bool(found) and found[0]['path'] == path

    def upload_file(self, local, path):
        """Stores a local file among the project's, streamed; sources name it `files/<path>`."""
        headers = {'Content-Type': 'application/octet-stream'}
        return self.transport.json('PUT', '/v1/files/' + quote(path), data=lambda: open(local, 'rb'), headers=headers)

    def download_file(self, path, local):
        """Writes one of the project's files to a local path."""
        self.download('/v1/files/' + quote(path), local)

    def delete_file(self, path):
        """Deletes one of the project's files."""
        self.transport.send('DELETE', '/v1/files/' + quote(path))

    def download(self, path, local, params=None):
        """Writes what is at a path of the API to a local path, which appears when it is whole."""
        partial = local + '.part'
        try:
            with self.transport.send('GET', path, params=params, headers={'Accept': '*/*'}, stream=True) as answer:
                with open(partial, 'wb') as file:
                    for chunk in chunks(answer, _CHUNK):
                        file.write(chunk)
            os.replace(partial, local)
        finally:
            if os.path.exists(partial):
                os.remove(partial)


_default = None


def default_client():
    """The client of the package's functions, made when the first of them is called."""
    global _default
    if _default is None:
        _default = Client()
    return _default


def configure(url=None, api_key=None, timeout=60.0):
    """Sets the server that the package's functions ask, and answers its client."""
    global _default
    _default = Client(url, api_key, timeout)
    return _default
