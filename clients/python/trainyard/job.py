"""A job: what it is, what comes of it, and what can be wished of it."""

import os
import shutil
import tempfile
import time
from io import BytesIO
from urllib.parse import quote

import numpy as np

from .arrays import as_rows, is_several, write_npz
from .errors import InvalidArgument, JobCancelled, JobFailed
from .events import TERMINAL, follow_events
from .live_model import LiveModel
from .progress import ProgressView, as_float

#: `metadata` of jobs whose best weights, and not the last ones, are what Keras would leave in the model.
RESTORES_BEST = 'restore_best_weights'
_NPZ = 'application/x-npz'
#: Seconds for which the server is asked to hold an answer until something happens.
_HELD = 30


class Job:
    """One of the project's jobs. What is read of it is as it was when it was last asked for; `refresh()` asks again.

    `history`, `epoch` and `params` are those of the `History` that Keras's `fit` answers.
    """

    def __init__(self, client, resource):
        self.client = client
        #: The job as the API tells it.
        self.resource = resource
        self._history = None

    def __repr__(self):
        return '<Job {} {}>'.format(self.id, self.status)

    id = property(lambda self: self.resource['id'])
    name = property(lambda self: self.resource['name'])
    status = property(lambda self: self.resource['status'])
    phase = property(lambda self: self.resource['phase'])
    progress = property(lambda self: self.resource['progress'])
    metadata = property(lambda self: self.resource['metadata'])
    latest_metrics = property(lambda self: self.resource['latest_metrics'])
    best = property(lambda self: self.resource['best'])
    stop_reason = property(lambda self: self.resource['stop_reason'])
    error = property(lambda self: self.resource['error'])
    warnings = property(lambda self: self.resource['warnings'])
    has_ended = property(lambda self: self.status in TERMINAL)

    def refresh(self):
        """Reads the job again."""
        self.resource = self.client.transport.json('GET', self._path())
        return self

    # What came of it

    history = property(lambda self: self._read_history()['history'])
    epoch = property(lambda self: self._read_history()['epoch'])
    params = property(lambda self: self._read_history()['params'])

    def _read_history(self):
        if self._history is not None:
            return self._history
        ended = self.has_ended
        answer = self.client.transport.json('GET', self._path('/history'))
        answer['history'] = {name: [as_float(value) for value in values] for name, values in answer['history'].items()}
        if ended:
            self._history = answer
        return answer

    def events(self, after=0):
        """Its events as they come, until it has ended; a broken connection is made again, and no event is missed."""
        return follow_events(self.client.transport, self.id, after)

    def resources(self):
        """What its processes took over time: dictionaries with `attempt`, `at`, `cpu_percent` of one core, `memory_mb`,
        `memory_limit_mb`, `gpu_memory_mb`, the oldest first. A job that has trained for less than a second has none."""
        return self.client.transport.json('GET', self._path('/resources'))['data']

    def checkpoints(self):
        """Its checkpoints, the oldest first, each a dictionary with `id`, `filename`, `epoch`, `metrics`, `labels`."""
        return list(self.client.pages(self._path('/checkpoints')))

    def download(self, ref='final', path=None):
        """Writes a checkpoint's file and answers its path.

        `ref` is an id, a filename, `best`, `latest`, `final` or `epoch-N`. A path that ends in `.keras` gets the archive that Keras 3
        opens, any other one the `.h5` file; without a path it is the checkpoint's filename, in the present folder.
        """
        path = os.fspath(path) if path is not None else self._filename(ref)
        params = {'format': 'keras'} if path.endswith('.keras') else None
        self.client.download(self._path('/checkpoints/{}/content'.format(quote(ref, safe=''))), path, params)
        return path

    def _filename(self, ref):
        for checkpoint in self.checkpoints():
            if ref in (checkpoint['id'], checkpoint['filename']) or ref in checkpoint['labels']:
                return os.path.basename(checkpoint['filename'])
        return '{}.h5'.format(os.path.basename(ref))

    def load_weights_into(self, model, ref=None):
        """Brings the weights of a checkpoint into a live model of the same architecture, and answers it.

        Without `ref` it is what Keras's `fit` would have left in the model: the final weights, or with
        EarlyStopping(restore_best_weights=True) the best ones.
        """
        if ref is None:
            if not self.refresh().has_ended:
                raise InvalidArgument('{} is {}: wait() for its end, or name the checkpoint to load, such as "latest"'.format(self.id, self.status))
            ref = 'best' if self.metadata.get(RESTORES_BEST) == 'true' and self.best else 'final'
        folder = tempfile.mkdtemp(prefix='trainyard-')
        try:
            LiveModel(model).load_weights(self.download(ref, os.path.join(folder, 'checkpoint.h5')))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return model

    def predict(self, x, checkpoint=None, batch_size=None, outputs=None):
        """What the service predicts for rows: an array, or a list of them for several outputs, as Keras's `predict` answers.

        `x` is an array, a list of arrays in the order of the model's inputs, or a dictionary by their names. `outputs='classes'`
        answers classes instead of probabilities.
        """
        if isinstance(x, dict):
            arrays = {name: as_rows(value, 'x[{!r}]'.format(name)) for name, value in x.items()}
        else:
            arrays = {'arr_{}'.format(index): as_rows(value, 'x[{}]'.format(index)) for index, value in enumerate(x if is_several(x) else [x])}
        body = BytesIO()
        write_npz(body, arrays)
        answer = self.client.transport.send(
            'POST',
            self._path('/predict'),
            data=body.getvalue(),
            params={'checkpoint': checkpoint, 'batch_size': batch_size, 'outputs': outputs},
            headers={'Content-Type': _NPZ, 'Accept': _NPZ},
            repeatable=True,
        )
        with np.load(BytesIO(answer.content)) as archive:
            predictions = [archive[name] for name in archive.files]
        return predictions[0] if len(predictions) == 1 else predictions

    # What is wished of it

    def stop(self):
        """Ends it after the batch that it trains, as Keras's `model.stop_training = True`: it succeeds."""
        return self._act('stop')

    def cancel(self, kill=False):
        """Ends it with a last checkpoint, or at once."""
        return self._act('cancel', {'mode': 'kill'} if kill else {})

    def pause(self):
        """Keeps its state, and frees the worker."""
        return self._act('pause')

    def resume(self):
        """Has a paused job go on."""
        return self._act('resume')

    def retry(self):
        """Has a failed or cancelled job go on from its last snapshot."""
        self._history = None
        return self._act('retry')

    def delete(self):
        """Deletes a job that has ended, its checkpoints and logs too."""
        self.client.transport.send('DELETE', self._path())

    def wait(self, timeout=None, verbose=0):
        """Waits for its end, shown as Keras shows `fit` where `verbose` is 1 or 2; answers the job.

        Raises JobFailed or JobCancelled when that is how it ended, TimeoutError after so many seconds. Ctrl-C leaves the job running.
        """
        if verbose:
            if timeout is not None:
                raise InvalidArgument('wait: expected a timeout or verbose, received both')
            if not self.follow(verbose):
                return self
        else:
            self._wait(timeout)
        if self.status == 'failed':
            raise JobFailed(self)
        if self.status == 'cancelled':
            raise JobCancelled(self)
        return self

    def _wait(self, timeout):
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self.refresh().has_ended:
            left = _HELD if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError('{} is {} after {} seconds; it goes on'.format(self.id, self.status, timeout))
            self.resource = self.client.transport.json('GET', self._path(), params={'wait': max(1, min(_HELD, int(left)))})
            if self.has_ended:
                return

    def follow(self, verbose=1):
        """Shows it until it ends. Ctrl-C ends the showing and leaves the job running; answers whether the job has ended."""
        fit = self.resource.get('fit') or self.resource.get('fit_generator') or {}
        view = ProgressView(fit.get('epochs'), verbose)
        try:
            for item in self.events():
                view.show(item)
            view.close()
            self.refresh()
            return True
        except KeyboardInterrupt:
            view.close()
            print('\nDetached: {0} goes on.\n  to see it again:  trainyard.job("{0}").wait(verbose=1)\n  to end it:        trainyard.job("{0}").stop()'.format(self.id))
            return False

    def _act(self, action, body=None):
        self.resource = self.client.transport.json('POST', self._path('/' + action), json=body or {})
        return self

    def _path(self, below=''):
        return '/v1/jobs/{}{}'.format(quote(self.id, safe=''), below)
