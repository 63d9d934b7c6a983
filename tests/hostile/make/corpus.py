"""The files of the corpus as they are made: writes each one and notes it for manifest.json and controls.json."""
import gzip
import json
import os

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# A file that the tool puts there before it reads anything; no file of the corpus may make a reader open it.
CANARY = '/tmp/trainyard-refuse-canary.h5'


WRITTEN = object()


class Corpus:
    def __init__(self):
        self.refused = []
        self.loaded = []

    # `content=WRITTEN`: the file is there already.
    def hostile(self, file, kind, why, content=WRITTEN, **more):
        self._note(self.refused, {'file': file, 'kind': kind, 'why': why, 'expect': 'refused', **more}, content)

    def control(self, file, kind, why, content=WRITTEN, **more):
        self._note(self.loaded, {'file': file, 'kind': kind, 'why': why, **more}, content)

    def _note(self, entries, entry, content):
        if any(known['file'] == entry['file'] and known['kind'] == entry['kind'] for known in self.refused + self.loaded):
            raise ValueError('twice: ' + entry['file'])
        entries.append(entry)
        if content is not WRITTEN:
            write(entry['file'], content)

    def save(self):
        for name, entries in [('manifest', self.refused), ('controls', self.loaded)]:
            lines = ',\n'.join('  ' + json.dumps(entry, ensure_ascii=False) for entry in sorted(entries, key=lambda entry: entry['file']))
            write(name + '.json', '[\n' + lines + '\n]\n')
        print('%d files to refuse, %d to load' % (len(self.refused), len(self.loaded)))


def write(file, content):
    """Text as UTF-8, anything but text and bytes as JSON; a name that ends in .gz (but .csv.gz) is compressed, and the tool expands it."""
    if not isinstance(content, (str, bytes)):
        content = json.dumps(content)
    if isinstance(content, str):
        content = content.encode()
    if file.endswith('.gz') and not file.endswith('.csv.gz'):
        content = gzip.compress(content, mtime=0)
    path = os.path.join(FOLDER, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as out:
        out.write(content)
