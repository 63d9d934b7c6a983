"""What needs neither Keras nor Trainyard: `python -m unittest discover -s clients/python/tests`."""

import ast
import io
import json
import os
import pathlib
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np

import trainyard
from trainyard.arrays import collect, write_npz
from trainyard.config import find_credentials
from trainyard.events import follow_events, read_events
from trainyard.live_model import keep_names
from trainyard.progress import ProgressView, bar_of, duration, metrics_text
from trainyard.transport import Transport

PACKAGE = pathlib.Path(trainyard.__file__).parent


class Syntax(unittest.TestCase):
    def test_python_3_6_reads_every_file(self):
        files = sorted(PACKAGE.glob('*.py'))
        self.assertGreater(len(files), 8)
        for file in files:
            ast.parse(file.read_text(), str(file), feature_version=(3, 6))


class Credentials(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp()
        with open(os.path.join(self.home, 'credentials.json'), 'w') as file:
            json.dump({'url': 'http://127.0.0.1:8123', 'api_key': 'ty_stored'}, file)
        self.environ = {'TRAINYARD_HOME': self.home}

    def test_arguments_before_the_environment_before_what_is_stored(self):
        self.assertEqual(find_credentials(environ=self.environ), ('http://127.0.0.1:8123', 'ty_stored'))
        environ = dict(self.environ, TRAINYARD_URL='http://other:1/', TRAINYARD_API_KEY='ty_env')
        self.assertEqual(find_credentials(environ=environ), ('http://other:1', 'ty_env'))
        self.assertEqual(find_credentials('http://given:2', 'ty_given', environ), ('http://given:2', 'ty_given'))

    def test_a_stored_key_goes_to_no_other_server(self):
        self.assertEqual(find_credentials('http://given:2', environ=self.environ), ('http://given:2', None))

    def test_without_anything_it_is_the_default_address(self):
        self.assertEqual(find_credentials(environ={'TRAINYARD_HOME': self.home + '/none'}), ('http://127.0.0.1:8000', None))


class Arrays(unittest.TestCase):
    def test_equal_arrays_have_one_path_and_equal_bytes(self):
        x, y = np.arange(6.0).reshape(3, 2), np.array([0, 1, 0])
        first, again = collect(x, y), collect(x.copy(), y.astype('i8'))
        self.assertEqual(first.path(), again.path())
        for other in (collect(x + 1, y), collect(x, y.astype('i4')), collect(y, x), collect(x.reshape(3, 2, 1), y)):
            self.assertNotEqual(first.path(), other.path())
        written = [io.BytesIO(), io.BytesIO()]
        for file, arrays in zip(written, (first, again)):
            write_npz(file, arrays.arrays)
        self.assertEqual(written[0].getvalue(), written[1].getvalue())
        with np.load(io.BytesIO(written[0].getvalue())) as archive:
            self.assertEqual(sorted(archive.files), ['x', 'y'])
            np.testing.assert_array_equal(archive['x'], x)

    def test_doubles_become_the_float32_of_keras_and_integers_stay(self):
        arrays = collect(np.zeros((2, 3)), np.array([1, 2], 'i8')).arrays
        self.assertEqual([array.dtype.str for array in arrays.values()], ['<f4', '<i8'])

    def test_bindings_of_lists_and_dictionaries(self):
        a = np.zeros((4, 2), 'f4')
        self.assertEqual(collect(a, [[0], [1], [0], [1]]).binding, {'x': 'x', 'y': 'y'})
        self.assertEqual(collect([a, a], {'out': a}).binding, {'x': ['x_0', 'x_1'], 'y': {'out': 'y_0'}})
        self.assertEqual(collect(a, [a, a], [a[:, 0], a[:, 0]], ['p', 'q']).binding['sample_weight'], {'p': 'w_0', 'q': 'w_1'})

    def test_the_last_rows_are_split_off(self):
        train, held = collect(np.arange(10.0), np.arange(10), np.ones(10)).split(0.25)
        self.assertEqual([list(part.arrays['y']) for part in (train, held)], [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9]])
        self.assertEqual(held.binding, {'x': 'x', 'y': 'y', 'sample_weight': 'w'})

    def test_what_is_no_array_is_refused_with_its_name(self):
        a = np.zeros((4, 2))
        cases = [
            ((None, a), 'x: expected arrays'),
            ((a, np.zeros(3)), r'x: 4, y: 3'),
            (({'in': iter([])}, a), r"x\['in'\]: expected arrays, received list_iterator"),
            ((a, np.array(['a'] * 4)), 'y: expected numbers'),
            ((np.float32(1), a), 'x: expected'),
            ((a, [a, a], [a[:, 0]] * 2), 'sample_weight: expected one array for each of the outputs None'),
        ]
        for arguments, message in cases:
            with self.assertRaisesRegex(trainyard.InvalidArgument, message):
                collect(*arguments)


class Metrics(unittest.TestCase):
    def test_names_stay_those_that_were_asked_for(self):
        named = lambda name, fn: {'class_name': 'MeanMetricWrapper', 'config': {'name': name, 'fn': fn}}  # noqa: E731
        self.assertEqual(keep_names(['accuracy'], ['out']), [named('accuracy', 'accuracy')])
        self.assertEqual(keep_names({'main': ['mae']}, ['main', 'aux']), {'main': [named('mae', 'mae')]})
        # As tf-keras saves them once it has trained.
        trained = [[named('main_mae', 'mean_absolute_error')], [named('aux_accuracy', 'binary_accuracy')]]
        expected = [[named('mae', 'mean_absolute_error')], [named('accuracy', 'binary_accuracy')]]
        self.assertEqual(keep_names(trained, ['main', 'aux']), expected)
        self.assertEqual(keep_names([named('out_of', 'mse')], ['out']), [named('out_of', 'mse')])


class Progress(unittest.TestCase):
    def test_the_bar_is_that_of_keras(self):
        self.assertEqual(bar_of(3, 12), ' 3/12 [======>.......................]')
        self.assertEqual(bar_of(12, 12), '12/12 [{}]'.format('=' * 30))
        self.assertEqual(metrics_text({'loss': 0.31, 'acc': 5e-5, 'm': 'NaN'}), ' - loss: 0.3100 - acc: 5.0000e-05 - m: nan')
        self.assertEqual([duration(s) for s in (3.9, 65, 7205)], ['3s', '1:05', '2:00:05'])

    def test_without_a_terminal_epochs_have_a_line_each(self):
        stream = io.StringIO()
        view = ProgressView(2, 1, stream)
        view.show({'type': 'phase', 'data': {'phase': 'training'}, 'created_at': '2026-01-01T00:00:00.000Z'})
        view.show({'type': 'progress', 'progress': {'epoch': 0, 'epochs': 2, 'step': 3, 'steps_per_epoch': 4}, 'latest_metrics': {'loss': 1.0}})
        for epoch, second in ((0, 2), (1, 5)):
            data = {'epoch': epoch, 'step': 4 * epoch + 4, 'metrics': {'loss': 0.5}}
            view.show({'type': 'metrics', 'data': data, 'created_at': '2026-01-01T00:00:0{}.500Z'.format(second)})
        view.close()
        bar = '4/4 [{}]'.format('=' * 30)
        self.assertEqual(stream.getvalue(), 'Epoch 1/2\n{0} - 2s - loss: 0.5000\nEpoch 2/2\n{0} - 3s - loss: 0.5000\n'.format(bar))


class Streams(unittest.TestCase):
    def test_events_are_read_however_they_are_cut(self):
        text = b': still here\n\nid: 1\nevent: status\ndata: {"a": "\xc3\xa9"}\n\nevent: progress\r\ndata: 1\r\ndata: 2\r\n\r\ndata: unfinished'
        expected = [('status', '{"a": "\u00e9"}'), ('progress', '1\n2')]
        for size in (1, 7, 1000):
            self.assertEqual(list(read_events(text[i : i + size] for i in range(0, len(text), size))), expected)


class Server:
    """An HTTP server that gives each request the next of its answers: (status, headers, body), or None to hang up."""

    def __init__(self, answers):
        self.requests = []
        remaining = list(answers)

        class Handler(BaseHTTPRequestHandler):
            def answer(handler):
                length = int(handler.headers.get('Content-Length') or 0)
                self.requests.append((handler.command, handler.path, dict(handler.headers), handler.rfile.read(length)))
                following = remaining.pop(0)
                if following is None:
                    handler.close_connection = True
                    return
                status, headers, body = following
                handler.send_response(status)
                for name, value in headers.items():
                    handler.send_header(name, value)
                handler.send_header('Content-Length', str(len(body)))
                handler.end_headers()
                handler.wfile.write(body)

            do_GET = do_POST = do_PUT = answer

            def log_message(handler, *arguments):
                pass

        self.server = HTTPServer(('127.0.0.1', 0), Handler)
        self.url = 'http://127.0.0.1:{}'.format(self.server.server_port)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def problem(status, code, retryable=False, errors=()):
    body = {'status': status, 'code': code, 'detail': 'what happened', 'retryable': retryable, 'errors': list(errors), 'request_id': 'req_1'}
    return (status, {'Content-Type': 'application/problem+json', 'Retry-After': '0'}, json.dumps(body).encode())


OK = (200, {}, b'{"ok": true}')


class Requests(unittest.TestCase):
    def test_a_creation_is_tried_again_under_one_key(self):
        with Server([None, problem(503, 'database_unavailable', retryable=True), OK]) as server:
            self.assertEqual(Transport(server.url, 'ty_1').create('/v1/jobs', {'a': 1}), {'ok': True})
            self.assertEqual(len({headers['Idempotency-Key'] for _, _, headers, _ in server.requests}), 1)
            self.assertEqual({headers['Authorization'] for _, _, headers, _ in server.requests}, {'Bearer ty_1'})
            self.assertEqual({body for _, _, _, body in server.requests}, {b'{"a": 1}'})

    def test_an_action_is_not(self):
        with Server([None]) as server:
            with self.assertRaises(trainyard.ServerUnreachable):
                Transport(server.url).json('POST', '/v1/jobs/job_1/stop', json={})
            self.assertEqual(len(server.requests), 1)

    def test_a_file_is_opened_anew_for_each_try(self):
        with Server([None, OK]) as server:
            Transport(server.url).json('PUT', '/v1/files/a', data=lambda: io.BytesIO(b'content'))
            self.assertEqual(server.requests[-1][3], b'content')

    def test_problems_are_errors_of_their_kind(self):
        places = [{'pointer': '/fit/epochs', 'code': 'invalid_value', 'detail': 'expected a number'}, {'pointer': '/x', 'code': 'unknown_field', 'detail': 'unknown'}]
        kinds = {401: trainyard.Unauthenticated, 403: trainyard.Forbidden, 404: trainyard.NotFound, 409: trainyard.WrongStatus, 422: trainyard.InvalidRequest, 500: trainyard.ServerError}
        for status, kind in kinds.items():
            with Server([problem(status, 'some_code', errors=places)]) as server:
                with self.assertRaises(kind) as caught:
                    Transport(server.url).json('GET', '/')
                error = caught.exception
                self.assertEqual((error.status, error.code, error.pointer, error.request_id), (status, 'some_code', '/fit/epochs', 'req_1'))
                self.assertIn('/x: unknown', str(error))

    def test_an_answer_of_something_else_is_none(self):
        with Server([(404, {}, b'<html>')]) as server:
            with self.assertRaisesRegex(trainyard.ServerUnreachable, 'answered 404, and not as Trainyard does'):
                Transport(server.url).json('POST', '/v1/jobs', json={})

    def test_events_go_on_behind_the_last_one(self):
        event = lambda seq: 'id: {0}\nevent: log\ndata: {{"type": "log", "seq": {0}}}\n\n'.format(seq).encode()  # noqa: E731
        # A stream that is cut in the middle of an event, one that is refused for a moment, and the rest.
        running, ended = ((200, {}, json.dumps({'status': status}).encode()) for status in ('running', 'succeeded'))
        answers = [(200, {}, event(1) + event(2)[:20]), running, problem(503, 'database_unavailable', retryable=True), (200, {}, event(2)), ended, (200, {}, b'{"data": []}')]
        with Server(answers) as server:
            self.assertEqual([item['seq'] for item in follow_events(Transport(server.url), 'job_1')], [1, 2])
            self.assertEqual([headers['Last-Event-ID'] for _, path, headers, _ in server.requests if path.endswith('/events')], ['0', '1', '1'])


if __name__ == '__main__':
    unittest.main()
