"""Train live Keras models on a Trainyard server.

    import trainyard

    job = trainyard.fit(model, x, y, epochs=10, validation_split=0.1)
    job.load_weights_into(model)

The server and its key are arguments of `Client` or `configure`, or the environment's TRAINYARD_URL and TRAINYARD_API_KEY, or
what `trainyard up` stored on this machine.
"""

from .client import Client, configure, default_client
from .errors import (
    ApiError,
    Forbidden,
    InvalidArgument,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    NotFound,
    ServerError,
    ServerUnreachable,
    TooManyRequests,
    TrainyardError,
    Unauthenticated,
    WrongStatus,
)
from .fitting import fit
from .job import Job

__version__ = '0.1.0'

__all__ = [
    'ApiError',
    'Client',
    'Forbidden',
    'InvalidArgument',
    'InvalidRequest',
    'Job',
    'JobCancelled',
    'JobFailed',
    'NotFound',
    'ServerError',
    'ServerUnreachable',
    'TooManyRequests',
    'TrainyardError',
    'Unauthenticated',
    'WrongStatus',
    'configure',
    'fit',
    'job',
    'jobs',
    'submit',
]


def submit(spec, idempotency_key=None):
    """Creates a job from a spec, the body of `POST /v1/jobs`, and answers it at once."""
    return default_client().submit(spec, idempotency_key=idempotency_key)


def job(job_id):
    """The job of this id."""
    return default_client().job(job_id)


def jobs(**filters):
    """The project's jobs, the newest first: `jobs(status='running', name='digits', metadata={'team': 'nlp'}, limit=20)`."""
    return default_client().jobs(**filters)
