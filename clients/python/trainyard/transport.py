"""HTTP: one place that adds the key, tries again, and makes errors of problems."""

import time
import uuid

import requests

from .errors import ApiError, ServerUnreachable, api_error

#: Seconds before each further try of a request that may be repeated.
PAUSES = (0.2, 1.0, 3.0)
#: The longest `Retry-After` that is waited for; beyond it the caller is told.
LONGEST_RETRY_AFTER = 30.0


class Transport:
    """Sends requests to one server."""

    def __init__(self, url, api_key=None, timeout=60.0, connect_timeout=10.0):
        self.url = url
        self.timeout = timeout
        self.connect_timeout = connect_timeout
        self._session = requests.Session()
        # As `auth`: a header alone would give way to what a .netrc says of the host.
        self._session.auth = _Bearer(api_key)

    def send(self, method, path, repeatable=None, json=None, data=None, params=None, headers=None, timeout=None, stream=False):
        """The answer to a request, once its headers are there.

        `data` is bytes, or a function that opens what is sent, anew for each try. `repeatable` says whether the request may be sent
        again when the connection fails or the server asks for patience; by default those that change nothing may.

        Raises ApiError when the server refuses, ServerUnreachable when there is no answer.
        """
        if repeatable is None:
            repeatable = method in ('GET', 'PUT', 'DELETE')
        for pause in PAUSES + (None,):
            try:
                return self._once(method, path, json, data, params, headers, timeout, stream)
            except (ApiError, ServerUnreachable) as error:
                wait = _patience(error, pause)
                if not repeatable or wait is None:
                    raise
                time.sleep(wait)

    def json(self, method, path, **options):
        """The JSON of an answer."""
        return self.send(method, path, **options).json()

    def create(self, path, body, idempotency_key=None):
        """POSTs what must happen once only: under a key, so that it is safe to try again."""
        headers = {'Idempotency-Key': idempotency_key or uuid.uuid4().hex}
        return self.json('POST', path, json=body, headers=headers, repeatable=True)

    def _once(self, method, path, json, data, params, headers, timeout, stream):
        opened = data() if callable(data) else data
        given = {name: value for name, value in (params or {}).items() if value is not None}
        sent = {'Accept': 'application/json'}
        sent.update(headers or {})
        try:
            answer = self._session.request(
                method,
                self.url + path,
                params=given,
                json=json,
                data=opened,
                headers=sent,
                timeout=(self.connect_timeout, timeout or self.timeout),
                stream=stream,
            )
        except requests.exceptions.RequestException as error:
            raise ServerUnreachable(
                'no Trainyard server answers at {}: start one with `trainyard up`, or set TRAINYARD_URL ({})'.format(self.url, error)
            ) from error
        finally:
            if callable(data):
                opened.close()
        if answer.status_code >= 400:
            raise _problem(answer, self.url)
        return answer


def chunks(answer, size=None):
    """The bytes of an answer that was asked for as a stream. Raises ServerUnreachable where it breaks off."""
    try:
        for chunk in answer.iter_content(chunk_size=size):
            yield chunk
    except requests.exceptions.RequestException as error:
        raise ServerUnreachable('the answer broke off: {}'.format(error)) from error


class _Bearer(requests.auth.AuthBase):
    def __init__(self, api_key):
        self._api_key = api_key

    def __call__(self, request):
        if self._api_key is not None:
            request.headers['Authorization'] = 'Bearer ' + self._api_key
        return request


def _patience(error, pause):
    """Seconds after which to try again; None where it would be of no use."""
    if pause is None:
        return None
    if isinstance(error, ServerUnreachable):
        return pause
    if not error.retryable:
        return None
    wait = max(pause, error.retry_after or 0.0)
    return wait if wait <= LONGEST_RETRY_AFTER else None


def _problem(answer, url):
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or 'code' not in problem:
        return ServerUnreachable('{} answered {}, and not as Trainyard does: {}'.format(url, answer.status_code, answer.text[:200]))
    try:
        retry_after = float(answer.headers.get('Retry-After', ''))
    except ValueError:
        retry_after = None
    return api_error(problem, answer.status_code, retry_after)
