"""A job's events, as a stream that survives broken connections."""

import json
import time

from .errors import ApiError, ServerUnreachable
from .transport import chunks

TERMINAL = ('succeeded', 'failed', 'cancelled')
#: The server says something every 15 seconds.
SILENCE = 45.0
LONGEST_PAUSE = 5.0


def read_events(body):
    """Reads a `text/event-stream` in chunks of bytes: yields `(event, data)` of each. An unfinished last event does not count."""
    rest = b''
    event, data = 'message', []
    for chunk in body:
        lines = (rest + chunk).split(b'\n')
        rest = lines.pop()
        for raw in lines:
            line = raw.rstrip(b'\r').decode('utf-8')
            name, _, value = line.partition(':')
            value = value[1:] if value.startswith(' ') else value
            if line == '':
                if data:
                    yield event, '\n'.join(data)
                event, data = 'message', []
            elif name == 'event':
                event = value
            elif name == 'data':
                data.append(value)


def follow_events(transport, job_id, after=0):
    """A job's events as they come, until it has ended.

    A connection that breaks is made again and goes on behind the last event (`Last-Event-ID`): none is missed, none comes twice.
    Besides the numbered events there are those of `type: 'progress'`.
    """
    path = '/v1/jobs/{}'.format(job_id)
    seen, failures = after, 0
    while True:
        try:
            for item in _stream(transport, path + '/events', seen):
                failures = 0
                seen = item.get('seq', seen)
                yield item
            # The stream came to its end: the job has ended, or the server closes.
            if transport.json('GET', path)['status'] in TERMINAL and not _has_more(transport, path, seen):
                return
        except ServerUnreachable:
            pass
        except ApiError as error:
            if not error.retryable:
                raise
        failures += 1
        time.sleep(min(0.25 * 2 ** (failures - 1), LONGEST_PAUSE))


def _has_more(transport, path, seen):
    return bool(transport.json('GET', path + '/events', params={'after': seen, 'limit': 1})['data'])


def _stream(transport, path, after):
    headers = {'Accept': 'text/event-stream', 'Last-Event-ID': str(after)}
    with transport.send('GET', path, headers=headers, stream=True, timeout=SILENCE, repeatable=False) as answer:
        for event, data in read_events(chunks(answer)):
            item = json.loads(data)
            if event == 'progress':
                item['type'] = 'progress'
            yield item
