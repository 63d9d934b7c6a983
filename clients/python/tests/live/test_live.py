"""`fit` with a real Keras against a running server: what Keras itself does with the same model and arrays is the reference.

    TRAINYARD_URL=… TRAINYARD_TEST_KERAS=keras python clients/python/tests/live/test_live.py docs/python.md

TRAINYARD_TEST_KERAS names the module that is Keras: `keras`, `tf_keras`, or several with commas. TRAINYARD_TEST_KERAS208 names a
folder with genuine Keras 2.0.8 and the module `keras208_shim`, which lets it run on today's TensorFlow: then that is it.
"""

import contextlib
import importlib
import io
import json
import os
import re
import signal
import sys
import threading
import time
import unittest

import numpy as np

import trainyard
from trainyard.live_model import keras_version

if os.environ.get('TRAINYARD_TEST_KERAS208'):
    sys.path.insert(0, os.environ['TRAINYARD_TEST_KERAS208'])
    import keras208_shim  # noqa: F401

    os.environ['TRAINYARD_TEST_KERAS'] = 'keras'
DOCS = sys.argv.pop(1)
RANDOM = np.random.RandomState(7)
ROWS = 64


def quietly(function, *arguments, **named):
    """The answer of a function, and what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        answer = function(*arguments, **named)
    return answer, printed.getvalue()


class WithKeras:
    """The tests, with Keras as `self.keras`."""

    module = None

    @classmethod
    def setUpClass(cls):
        cls.keras = importlib.import_module(cls.module)
        cls.version = keras_version(cls.keras.models.Sequential())
        # Keras 2.0.8 itself reads files with h5py 2 only.
        cls.reads_files = cls.version != (2, 0, 8)

    def learner(self, rate=0.1, metrics=('accuracy',)):
        """A small model that learns without chance: SGD, and rows that are not shuffled."""
        layers = self.keras.layers
        model = self.keras.models.Sequential([layers.Dense(8, activation='tanh', input_shape=(5,)), layers.Dense(1, activation='sigmoid')])
        self.compile(model, rate, loss='binary_crossentropy', metrics=list(metrics))
        return model

    def compile(self, model, rate, **arguments):
        sgd = self.keras.optimizers.SGD
        optimizer = sgd(lr=rate) if self.version < (2, 3) else sgd(learning_rate=rate)
        model.compile(optimizer=optimizer, **arguments)

    def data(self):
        x = RANDOM.rand(ROWS, 5)
        return x, (x.sum(axis=1) > 2.5).astype('float64')

    def assert_histories_agree(self, ours, theirs, places=1e-4):
        self.assertEqual(sorted(ours), sorted(theirs))
        for name, values in theirs.items():
            np.testing.assert_allclose(ours[name], values, atol=places, err_msg=name)

    def test_the_example_of_the_documentation(self):
        with open(DOCS) as file:
            code = re.search(r'```python\n(import keras.*?)```', file.read(), re.S).group(1)
        scope = {}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code.replace('import keras,', 'import {} as keras,'.format(self.module)), scope)
        self.assertLess(np.abs(scope['model'].predict(scope['x']) - scope['job'].predict(scope['x'])).max(), 1e-5)
        self.assertLess(scope['job'].history['loss'][-1], scope['job'].history['loss'][0])

    def test_history_and_weights_are_those_of_keras(self):
        model, (x, y) = self.learner(metrics=['accuracy', 'mse']), self.data()
        arguments = dict(batch_size=16, epochs=3, validation_split=0.25, shuffle=False, class_weight={0: 1.0, 1: 2.0})
        job, printed = quietly(trainyard.fit, model, x, y, name='history', **arguments)
        theirs, _ = quietly(model.fit, x, y, verbose=0, **arguments)
        self.assert_histories_agree(job.history, theirs.history)
        self.assertEqual((job.epoch, job.status, job.name), ([0, 1, 2], 'succeeded', 'history'))
        self.assertEqual(re.sub(r' - \d+s.*', '', printed).splitlines()[1:], [line for n in '123' for line in ('Epoch {}/3'.format(n), '3/3 [{}]'.format('=' * 30))])
        trained = [weights.copy() for weights in model.get_weights()]
        model.set_weights([np.zeros_like(weights) for weights in trained])
        job.load_weights_into(model)
        for ours, keras in zip(model.get_weights(), trained):
            np.testing.assert_allclose(ours, keras, atol=1e-5)

    def test_a_second_fit_goes_on_with_the_state_of_the_optimizer(self):
        model, (x, y) = self.learner(), self.data()
        model.compile(optimizer=self.keras.optimizers.Adam(), loss='binary_crossentropy', metrics=['accuracy'])
        arguments = dict(batch_size=16, epochs=2, shuffle=False, verbose=0)
        model.fit(x, y, **arguments)
        job = trainyard.fit(model, x, y, **arguments)
        self.assertEqual(job.warnings, [])
        self.assert_histories_agree(job.history, model.fit(x, y, **arguments).history)

    def test_several_inputs_and_outputs(self):
        layers = self.keras.layers
        one, two = layers.Input(shape=(3,), name='one'), layers.Input(shape=(2,), name='two')
        joined = layers.concatenate([layers.Dense(4, activation='tanh', name='d')(one), two])
        model_class = self.keras.models.Model
        model = model_class([one, two], [layers.Dense(1, name='main')(joined), layers.Dense(2, activation='softmax', name='aux')(joined)])
        losses, metrics = {'main': 'mse', 'aux': 'categorical_crossentropy'}, {'main': ['mae'], 'aux': ['accuracy']}
        self.compile(model, 0.05, loss=losses, loss_weights={'main': 1.0, 'aux': 0.5}, metrics=metrics)
        x = {'one': RANDOM.rand(ROWS, 3).astype('f4'), 'two': RANDOM.rand(ROWS, 2).astype('f4')}
        y = {'main': x['one'].sum(axis=1, keepdims=True), 'aux': np.eye(2, dtype='f4')[(x['two'][:, 0] > 0.5).astype(int)]}
        weights = {'main': np.linspace(0.5, 1.5, ROWS).astype('f4'), 'aux': np.ones(ROWS, 'f4')}
        held = {name: array[:16] for name, array in x.items()}, {name: array[:16] for name, array in y.items()}
        arguments = dict(epochs=2, batch_size=16, shuffle=False, verbose=0)
        job = trainyard.fit(model, x, y, sample_weight=weights, validation_data=held, **arguments)
        before = [array.copy() for array in model.get_weights()]
        listed = lambda named: [named['main'], named['aux']]  # noqa: E731 - Keras 3 wants of targets what the outputs are
        theirs = model.fit(x, listed(y), sample_weight=listed(weights), validation_data=(held[0], listed(held[1])), **arguments)
        self.assertEqual([name for name in theirs.history if name not in job.history], [], job.resource['compile'])
        # Keras 3 reports the outputs' losses as means of the weighted ones otherwise; the whole loss and the metrics are the same.
        shared = [name for name in theirs.history if not re.search(r'(main|aux)_loss$', name)]
        self.assert_histories_agree({name: job.history[name] for name in shared}, {name: theirs.history[name] for name in shared})
        model.set_weights(before)
        job.load_weights_into(model)
        for ours, keras in zip(job.predict(x), model.predict([x['one'], x['two']])):
            np.testing.assert_allclose(ours, keras, atol=1e-5)
        again = trainyard.fit(model, [x['one'], x['two']], listed(y), sample_weight=listed(weights), verbose=0, wait=False)
        self.assertEqual(again.wait().epoch, [0])

    def test_callbacks_act_in_the_epochs_of_this_keras(self):
        callbacks = self.keras.callbacks
        x, y = self.data()
        cases = [
            # At this rate nothing improves.
            (1e-9, [callbacks.ReduceLROnPlateau(monitor='loss', factor=0.5, patience=3, **self.least_change(1e-3))], 9),
            (1e-9, [callbacks.ReduceLROnPlateau(monitor='loss', factor=0.5, patience=1, cooldown=2, **self.least_change(1e-3))], 8),
            (1e-9, [callbacks.EarlyStopping(monitor='val_loss', patience=3, min_delta=1e-3)], 9),
            (0.1, [callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)), callbacks.EarlyStopping(monitor='val_loss', patience=0)], 4),
        ]
        models = [self.learner(rate) for rate, _, _ in cases]
        arguments = [dict(epochs=epochs, batch_size=16, shuffle=False, validation_split=0.25, callbacks=used, verbose=0) for _, used, epochs in cases]
        jobs = [trainyard.fit(model, x, y, wait=False, **given) for model, given in zip(models, arguments)]
        for model, given, job in zip(models, arguments, jobs):
            theirs = dict(model.fit(x, y, **given).history)
            if 'learning_rate' in theirs:
                theirs['lr'] = theirs.pop('learning_rate')  # as later Keras calls it
            job.wait()
            if not any(isinstance(callback, callbacks.ReduceLROnPlateau) for callback in given['callbacks']):
                theirs.pop('lr', None)
            self.assert_histories_agree(job.history, theirs)

    def least_change(self, value):
        return {'epsilon' if self.version < (2, 1, 6) else 'min_delta': value}

    def test_checkpoints_come_back(self):
        model, (x, y) = self.learner(), self.data()
        suffix = 'keras' if self.version >= (3,) else 'h5'
        monitored = self.metric('accuracy')
        keep = self.keras.callbacks.ModelCheckpoint('kept/{epoch:02d}-{%s:.2f}.%s' % (monitored, suffix), monitor=monitored, mode='max', save_best_only=True)
        log = self.keras.callbacks.CSVLogger('logs/{}.csv'.format(self.module))
        job = trainyard.fit(model, x, y, epochs=3, callbacks=[keep, log, self.keras.callbacks.TerminateOnNaN()], verbose=0, seed=1)
        names = [checkpoint['filename'] for checkpoint in job.checkpoints()]
        self.assertRegex(names[0], r'^00-0\.\d\d\.' + suffix)
        folder = os.environ['TMPDIR']
        path = job.download('best', os.path.join(folder, 'best.' + suffix))
        loaded = self.keras.models.load_model(path, compile=False) if self.reads_files else job.load_weights_into(self.learner(), 'best')
        np.testing.assert_allclose(loaded.predict(x[:4]), job.predict(x[:4], checkpoint='best'), atol=1e-5)
        trainyard.default_client().download_file('logs/{}.csv'.format(self.module), os.path.join(folder, 'log.csv'))
        with open(os.path.join(folder, 'log.csv')) as file:
            self.assertEqual(len(file.read().splitlines()), 4)

    def metric(self, name):
        return 'acc' if self.version < (2, 3) else name

    def test_best_weights_are_restored(self):
        callbacks = self.keras.callbacks
        if self.version < (2, 2, 3):
            self.skipTest('Keras has restore_best_weights since 2.2.3')
        # Epoch 1 unlearns what epoch 0 has learnt.
        model, (x, y) = self.learner(), self.data()
        rates = callbacks.LearningRateScheduler(lambda epoch, lr: [0.5, 50.0, 50.0][epoch])
        arguments = dict(epochs=3, shuffle=False, validation_split=0.25, verbose=0)
        arguments['callbacks'] = [rates, callbacks.EarlyStopping(monitor='val_loss', patience=2, restore_best_weights=True)]
        job = trainyard.fit(model, x, y, **arguments)
        model.fit(x, y, **arguments)
        theirs = model.predict(x)
        np.testing.assert_allclose(job.load_weights_into(self.learner()).predict(x), theirs, atol=1e-4)

    def test_accuracy_of_labels_that_are_numbers(self):
        """A model that has seen no data yet is saved, here and there: what `accuracy` means is not to be decided by that."""
        layers = self.keras.layers
        fresh = lambda: self.keras.models.Sequential([layers.Dense(8, activation='tanh', input_shape=(5,)), layers.Dense(3, activation='softmax')])  # noqa: E731
        model, x, y = fresh(), self.data()[0], RANDOM.randint(0, 3, ROWS)
        self.compile(model, 0.1, loss='sparse_categorical_crossentropy', metrics=['accuracy'])
        arguments = dict(epochs=2, batch_size=16, shuffle=False, verbose=0)
        job = trainyard.fit(model, x, y, **arguments)
        theirs = model.fit(x, y, **arguments)
        self.assert_histories_agree(job.history, theirs.history)
        self.assertGreater(max(max(values) for name, values in theirs.history.items() if name.startswith('acc')), 0.1)
        uncompiled = job.load_weights_into(fresh())
        np.testing.assert_allclose(uncompiled.predict(x), model.predict(x), atol=1e-4)
        if self.reads_files:
            path = os.path.join(os.environ['TMPDIR'], 'labels.keras' if self.version >= (3,) else 'labels.h5')
            loaded = self.keras.models.load_model(job.download('final', path))
            np.testing.assert_allclose(loaded.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), atol=1e-4)

    def test_what_cannot_be_sent_is_refused(self):
        model, (x, y) = self.learner(), self.data()
        callbacks = self.keras.callbacks
        with self.assertRaisesRegex(trainyard.InvalidArgument, r'callbacks\[1\]: LambdaCallback runs Python'):
            trainyard.fit(model, x, y, callbacks=[callbacks.TerminateOnNaN(), callbacks.LambdaCallback()])

        class Own(callbacks.EarlyStopping):
            pass

        with self.assertRaisesRegex(trainyard.InvalidArgument, r'callbacks\[0\]: Own runs Python'):
            trainyard.fit(model, x, y, callbacks=[Own()])
        with self.assertRaisesRegex(trainyard.InvalidArgument, 'expected a compiled model'):
            trainyard.fit(self.keras.models.Sequential([self.keras.layers.Dense(1, input_shape=(5,))]), x, y)

        def my_loss(truth, predicted):
            return self.keras.losses.mean_squared_error(truth, predicted)

        self.compile(model, 0.1, loss=my_loss)
        with self.assertRaises(trainyard.InvalidRequest) as caught:
            trainyard.fit(model, x, y)
        self.assertIn('my_loss', str(caught.exception))
        self.assertRegex(caught.exception.pointer, '^/(compile|model)')


class Jobs(unittest.TestCase):
    """What does not depend on the version of Keras; run with the first one."""

    def test_the_same_arrays_are_sent_once(self):
        case = CASES[0]()
        case.setUpClass()
        model, (x, y) = case.learner(), case.data()
        client = trainyard.default_client()
        sent = lambda: {file['path']: file['modified_at'] for file in client.pages('/v1/files', {'prefix': 'python/arrays/', 'limit': 1000})}  # noqa: E731
        uri = trainyard.fit(model, x, y, verbose=0).resource['data']['train']['uri']
        path = uri[len('files/'):]
        before = sent()[path]
        again = trainyard.fit(model, x.copy(), y, epochs=2, verbose=0)
        self.assertEqual(again.resource['data']['train']['uri'], uri)
        self.assertEqual(sent()[path], before)

    def test_ctrl_c_leaves_the_job_running(self):
        case = CASES[0]()
        case.setUpClass()
        model, (x, y) = case.learner(), case.data()
        job = trainyard.fit(model, x, y, epochs=1000000, batch_size=ROWS, wait=False, verbose=0)
        # A shell that starts this in its background has it ignore Ctrl-C.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        interrupted = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
        for event in job.events():
            if event['type'] == 'metrics':
                break
        interrupted.start()
        _, printed = quietly(job.wait, verbose=2)
        self.assertRegex(printed, r'Detached: {0} goes on[^$]*trainyard.job\("{0}"\).wait'.format(job.id))
        with self.assertRaisesRegex(trainyard.InvalidArgument, 'is running: wait'):
            job.load_weights_into(model)
        with self.assertRaises(TimeoutError):
            job.wait(timeout=0.2)
        deadline = time.monotonic() + 30
        while not job.resources() and time.monotonic() < deadline:
            time.sleep(0.2)
        sample = job.resources()[0]
        self.assertEqual(sample['attempt'], 1)
        self.assertGreater(sample['memory_mb'], 50)
        self.assertEqual(trainyard.job(job.id).stop().wait(timeout=60).stop_reason, 'user_stop')
        with self.assertRaises(trainyard.WrongStatus) as caught:
            job.pause()
        self.assertEqual(caught.exception.code, 'wrong_status')
        self.assertIn(job.id, [found.id for found in trainyard.jobs(status='succeeded', limit=50)])
        with self.assertRaises(trainyard.NotFound):
            trainyard.job('job_01AAAAAAAAAAAAAAAAAAAAAAAA')

    def test_a_job_that_fails_says_why(self):
        case = CASES[0]()
        case.setUpClass()
        model, (x, y) = case.learner(), case.data()
        x[3, 2] = np.nan
        with self.assertRaises(trainyard.JobFailed) as caught:
            trainyard.fit(model, x, y, callbacks=[{'class_name': 'TerminateOnNaN'}], verbose=0)
        self.assertTrue(caught.exception.code)
        self.assertEqual(caught.exception.job.status, 'failed')


def cases():
    for module in os.environ['TRAINYARD_TEST_KERAS'].split(','):
        yield type('With_' + module, (WithKeras, unittest.TestCase), {'module': module})


CASES = list(cases())
globals().update({case.__name__: case for case in CASES})

if __name__ == '__main__':
    result = unittest.main(exit=False, verbosity=0).result
    failed = len(result.failures) + len(result.errors)
    print(json.dumps({'run': result.testsRun, 'skipped': len(result.skipped), 'failed': failed}))
    sys.exit(failed > 0)
