"""A training as Keras's `fit` shows it, drawn from a job's events."""

import datetime
import math
import sys
import time

WIDTH = 30


class ProgressView:
    """Told of a job's events in their order, and of its progress in between. `verbose` as Keras's: 1 a bar, 2 a line an epoch.

    Where the output is no terminal (and no notebook), epochs' final lines are all that is written.
    """

    def __init__(self, epochs, verbose=1, stream=None):
        self._epochs = epochs
        self._verbose = verbose
        self._stream = stream or sys.stdout
        self._is_live = verbose == 1 and (self._stream.isatty() or 'ipykernel' in sys.modules)
        self._drawn = 0
        self._opened = None
        self._steps = None
        self._first_step = 0
        self._epoch_began = None
        self._epoch_seen = time.time()

    def show(self, item):
        """Shows one item of the stream."""
        if self._verbose == 0:
            return
        handler = getattr(self, '_on_' + item['type'], None)
        if handler is not None:
            handler(item)

    def close(self):
        """Removes what is unfinished."""
        self._draw('')

    def _on_progress(self, item):
        progress = item['progress']
        if not progress:
            return
        self._epochs = progress['epochs']
        self._steps = progress['steps_per_epoch']
        done = progress['step'] - self._first_step
        if done <= 0 or progress['epoch'] >= self._epochs or self._opened is not None and progress['epoch'] < self._opened:
            return
        self._open(progress['epoch'])
        if self._is_live:
            training = {name: value for name, value in item['latest_metrics'].items() if not name.startswith('val_')}
            self._draw(self._running_line(done, training))

    def _on_metrics(self, event):
        data = event['data']
        self._open(data['epoch'])
        self._draw('')
        steps = data['step'] - self._first_step or self._steps or 0
        ended = _seconds_of(event['created_at'])
        took = ended - (ended if self._epoch_began is None else self._epoch_began)
        bar = '{} - '.format(bar_of(steps, steps)) if steps and self._verbose == 1 else ' - ' if self._verbose == 2 else ''
        self._write('{}{}{}\n'.format(bar, duration(took), metrics_text(data['metrics'])))
        self._epoch_began, self._epoch_seen = ended, time.time()
        self._first_step = data['step']

    def _on_phase(self, event):
        if event['data']['phase'] == 'training' and self._epoch_began is None:
            self._epoch_began, self._epoch_seen = _seconds_of(event['created_at']), time.time()

    def _on_rewound(self, event):
        self._draw('')
        data = event['data']
        self._write('Attempt {} goes on from step {} (epoch {})\n'.format(event['attempt'], data['step'], data['epoch'] + 1))
        self._first_step, self._opened, self._epoch_began = data['step'], None, None

    def _on_log(self, event):
        data = event['data']
        if data['level'] in ('warning', 'error'):
            self._draw('')
            self._write('{}: {}\n'.format(data['level'], data['message']))

    def _on_status(self, event):
        data = event['data']
        if data['status'] == 'queued' and data['previous'] == 'running':
            self._draw('')
            self._write('Queued again: {}\n'.format(data.get('reason') or 'the attempt ended'))
        elif data['status'] in ('queued', 'paused') and self._is_live:
            self._draw(data['status'])

    def _open(self, epoch):
        if self._opened == epoch:
            return
        self._opened = epoch
        self._draw('')
        self._write('Epoch {}/{}\n'.format(epoch + 1, self._epochs))

    def _running_line(self, done, metrics):
        if not self._steps:
            return '{} steps{}'.format(done, metrics_text(metrics))
        rest = (time.time() - self._epoch_seen) / done * (self._steps - done)
        return '{} - ETA: {}{}'.format(bar_of(done, self._steps), duration(rest), metrics_text(metrics))

    def _draw(self, line):
        """Puts a line in the place of the one that is unfinished."""
        if not line and not self._drawn:
            return
        self._write('\r{}\r{}'.format(' ' * self._drawn, line))
        self._drawn = len(line)

    def _write(self, text):
        self._stream.write(text)
        self._stream.flush()


def bar_of(step, steps):
    """`32/100 [========>.....................]`"""
    counter = str(step).rjust(len(str(steps)))
    if step >= steps:
        return '{}/{} [{}]'.format(counter, steps, '=' * WIDTH)
    done = WIDTH * step // steps
    arrow = '=' * (done - 1) + '>' if done > 0 else ''
    return '{}/{} [{}{}]'.format(counter, steps, arrow, '.' * (WIDTH - done))


def metrics_text(metrics):
    """` - loss: 0.3100 - acc: 0.8800`: four decimals, or an exponent where these would show nothing."""
    return ''.join(' - {}: {}'.format(name, _number(value)) for name, value in metrics.items() if value is not None)


def _number(value):
    value = as_float(value)
    return '%.4f' % value if math.isnan(value) or abs(value) > 1e-3 else '%.4e' % value


def as_float(value):
    """A metric's value: JSON has no NaN and no infinities, the API writes them as text."""
    return None if value is None else float(value)


def duration(seconds):
    """`3s`, `1:05`, `2:00:05`"""
    whole = max(0, int(seconds))
    if whole < 60:
        return '{}s'.format(whole)
    minutes, rest = divmod(whole, 60)
    return '{}:{:02d}'.format(minutes, rest) if minutes < 60 else '{}:{:02d}:{:02d}'.format(minutes // 60, minutes % 60, rest)


def _seconds_of(timestamp):
    moment = datetime.datetime.strptime(timestamp.rstrip('Z').split('.')[0], '%Y-%m-%dT%H:%M:%S')
    fraction = float('0.' + (timestamp.rstrip('Z').split('.') + ['0'])[1])
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp() + fraction
