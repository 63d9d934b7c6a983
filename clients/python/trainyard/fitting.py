"""`fit`: Keras's, on a server."""

from .arrays import collect, upload
from .callbacks import FitContext, translate
from .client import default_client
from .errors import InvalidArgument
from .job import RESTORES_BEST
from .live_model import LiveModel


def fit(
    model,
    x=None,
    y=None,
    batch_size=None,
    epochs=1,
    verbose=1,
    callbacks=None,
    validation_split=0.0,
    validation_data=None,
    shuffle=True,
    class_weight=None,
    sample_weight=None,
    initial_epoch=0,
    steps_per_epoch=None,
    validation_steps=None,
    name=None,
    metadata=None,
    seed=None,
    wait=True,
    client=None,
    **more
):
    """Trains a live, compiled Keras model on the server, from its present weights, and answers the job.

    The arguments up to `validation_steps` are those of Keras's `fit`, in its order. `name`, `metadata` and `seed` are the job's;
    so is whatever else the body of `POST /v1/jobs` knows (`resources`, `limits`, `priority`, `retention`, `webhook`).

    The live model stays as it is until `job.load_weights_into(model)`. With `wait=False` the job is answered at once; Ctrl-C
    while it is shown leaves it running, and answers it too.

    Raises InvalidArgument for what cannot be expressed, InvalidRequest for what the server refuses, JobFailed, JobCancelled.
    """
    client = client or default_client()
    live = LiveModel(model)
    live.expect_compiled()
    names = live.output_names
    train = collect(x, y, sample_weight, names)
    validation = _validation(validation_data, names)
    if validation is None and validation_split and class_weight is not None and live.version >= (2, 4, 0):
        # Jobs, as Keras did before 2.4, weigh the rows that they split off by their classes, too.
        train, validation = train.split(validation_split)
    translated = translate(callbacks, FitContext(int(initial_epoch), int(epochs), live.learning_rate))
    spec = dict(live.upload(client), **more)
    spec['data'] = {'train': upload(client, train)}
    if validation is not None:
        spec['data']['validation'] = upload(client, validation)
    spec['fit'] = _without_none(
        batch_size=_integer(batch_size),
        epochs=int(epochs),
        validation_split=float(validation_split or 0.0) if validation is None else 0.0,
        shuffle=shuffle if shuffle == 'batch' else bool(shuffle),
        class_weight=_class_weight(class_weight),
        initial_epoch=int(initial_epoch),
        steps_per_epoch=_integer(steps_per_epoch),
        validation_steps=_integer(validation_steps),
    )
    spec['callbacks'] = translated.callbacks
    if translated.restores_best:
        metadata = dict(metadata or {}, **{RESTORES_BEST: 'true'})
    spec.update(_without_none(name=name, metadata=metadata, seed=seed))
    job = client.submit(spec)
    verbose = 1 if verbose == 'auto' else int(verbose)
    if verbose:
        _tell(job, live.has_trained)
    return job.wait(verbose=verbose) if wait else job


def _tell(job, has_trained):
    print('{} on {}'.format(job.id, job.client.url))
    for warning in job.warnings:
        if warning['pointer'] == '/model' and not has_trained:
            continue  # that the optimizer's state is left behind, of which there is none
        print('warning: {}: {}'.format(warning['pointer'], warning['detail']))


def _validation(validation_data, output_names):
    if validation_data is None:
        return None
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
        raise InvalidArgument('validation_data: expected (x, y) or (x, y, sample_weight), received {}'.format(type(validation_data).__name__))
    return collect(*(list(validation_data) + [None])[:3], output_names=output_names, what='validation_data: ')


def _class_weight(class_weight):
    """By class, or by output and class; JSON's keys are text."""
    if class_weight is None:
        return None
    return {str(key): _class_weight(value) if isinstance(value, dict) else float(value) for key, value in class_weight.items()}


def _integer(value):
    """A count as JSON knows it: it may be NumPy's."""
    return None if value is None else int(value)


def _without_none(**values):
    return {name: value for name, value in values.items() if value is not None}
