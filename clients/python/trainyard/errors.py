"""What can go wrong, as classes. Each `ApiError` carries the server's code, and the place in the request that is meant."""


class TrainyardError(Exception):
    """The base of all errors of this package."""


class InvalidArgument(TrainyardError, ValueError):
    """What was given cannot be trained as it is: a model, arrays or a callback that cannot be expressed as a job."""


class ServerUnreachable(TrainyardError):
    """No answer, or none of this API's: the server is away, or something else listens there."""


class ApiError(TrainyardError):
    """The server answered with a problem (RFC 9457)."""

    def __init__(self, problem, status=None, retry_after=None):
        self.problem = problem
        self.status = problem.get('status', status)
        #: One of the codes of docs/errors.md: the same however the wording changes.
        self.code = problem.get('code')
        self.detail = problem.get('detail') or problem.get('title') or 'HTTP {}'.format(status)
        #: Single places that are wrong: `[{'pointer', 'code', 'detail'}]`.
        self.errors = problem.get('errors') or []
        #: The first of them: a JSON pointer into the request's body.
        self.pointer = self.errors[0].get('pointer') if self.errors else None
        self.request_id = problem.get('request_id')
        #: Whether the same request may succeed later.
        self.retryable = bool(problem.get('retryable'))
        #: Seconds after which to come back, where the server says so.
        self.retry_after = retry_after
        super().__init__(self._text())

    def _text(self):
        # The detail quotes the first place and counts the others.
        if len(self.errors) < 2:
            return '{} ({})'.format(self.detail, self.code)
        places = ['  {}: {}'.format(place.get('pointer'), place.get('detail')) for place in self.errors]
        return '\n'.join(['{} things are wrong ({}):'.format(len(places), self.code)] + places)


class Unauthenticated(ApiError):
    """401: a valid API key is needed."""


class Forbidden(ApiError):
    """403: the key does not allow this."""


class NotFound(ApiError):
    """404: there is no such thing, or it belongs to another project."""


class WrongStatus(ApiError):
    """409: the job's status does not allow this, or something else still needs it."""


class InvalidRequest(ApiError):
    """400, 413, 415, 422: something in the request is wrong; `pointer` says where."""


class TooManyRequests(ApiError):
    """429: come back after `retry_after` seconds."""


class ServerError(ApiError):
    """5xx: something is wrong on the server's side."""


_BY_STATUS = {401: Unauthenticated, 403: Forbidden, 404: NotFound, 409: WrongStatus, 429: TooManyRequests}


def api_error(problem, status, retry_after=None):
    """The error of an answer's problem, as the class of its status."""
    fallback = ServerError if status >= 500 else InvalidRequest
    return _BY_STATUS.get(status, fallback)(problem, status, retry_after)


class JobFailed(TrainyardError):
    """The job ended as `failed`: `code`, `pointer` and `detail` say why."""

    def __init__(self, job):
        error = job.error or {}
        self.job = job
        self.code = error.get('code')
        self.pointer = error.get('pointer')
        self.detail = error.get('message') or 'for an unknown reason'
        place = '{}: '.format(self.pointer) if self.pointer else ''
        super().__init__('{} failed: {}{} ({})'.format(job.id, place, self.detail, self.code))


class JobCancelled(TrainyardError):
    """The job was cancelled before its end."""

    def __init__(self, job):
        self.job = job
        super().__init__('{} was cancelled'.format(job.id))
