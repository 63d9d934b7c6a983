"""What genuine Keras 2.0.8's preprocessing computes: Tokenizer, pad_sequences, ImageDataGenerator: s22_preprocessing/.

What came after 2.0.8 (oov_token) is tf-keras's. Needs Pillow beside what setup.sh installs.
"""

import base64
import io
import json
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1', TF_USE_LEGACY_KERAS='1', PYTHONHASHSEED='0')

import numpy as np
import PIL
from PIL import Image

from engines import load_engine
from paths import GOLDEN

load_engine('k208', 'float32')

from keras.preprocessing.image import ImageDataGenerator, img_to_array
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
from tf_keras.preprocessing.text import Tokenizer as LaterTokenizer

OUT = os.path.join(GOLDEN, 's22_preprocessing')


def b64(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def write(name, value):
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, name), 'w') as file:
        json.dump(value, file, ensure_ascii=False, separators=(',', ':'))
        file.write('\n')


TEXTS = [
    'The quick brown fox jumps over the lazy dog.',
    "It's the dog's day; the fox -- quick, QUICK! -- ran.",
    'One two two three three three. ΣΊΣΥΦΟΣ, İstanbul; straße\tund\nso weiter',
    '',
    '...!?',
    'tie_a tie_b tie_c; b a c',
    'naïve café — “quoted” words [in] {braces} <and> \\ back^slash` ~tilde',
    'emoji 🦊 and 🐶🐶 are words too; fox fox',
    'mixed   spaces \r and 1,000 numbers 3.14',
]


def text_cases():
    cases = []
    for later, arguments in [
        (False, {}),
        (False, {'num_words': 6}),
        (False, {'lower': False}),
        (False, {'filters': ''}),
        (False, {'filters': 'aeiou]^-\\', 'split': ' '}),
        (False, {'split': 'o'}),
        (False, {'char_level': True}),
        (False, {'char_level': True, 'num_words': 9}),
        (True, {'oov_token': '<oov>'}),
        (True, {'oov_token': '<oov>', 'num_words': 8}),
    ]:
        tokenizer = (LaterTokenizer if later else Tokenizer)(**arguments)
        tokenizer.fit_on_texts(TEXTS)
        index = sorted(tokenizer.word_index, key=tokenizer.word_index.get)
        seen = TEXTS + ['unknown words and the fox']
        case = {'arguments': arguments, 'words': index, 'sequences': tokenizer.texts_to_sequences(seen)}
        if not later:
            case['matrices'] = {mode: [[float(v) for v in row] for row in tokenizer.texts_to_matrix(seen, mode)] for mode in ('binary', 'count', 'freq', 'tfidf')}
            # Of a long word index the matrices would be large.
            if 'num_words' not in arguments and arguments:
                del case['matrices']
        cases.append(case)
    return {'texts': TEXTS, 'unseen': ['unknown words and the fox'], 'cases': cases}


def padding_cases():
    integers = [[1, 2, 3], [], [4], [5, 6, 7, 8, 9], [-1, 2147483647]]
    floats = [[0.5, -1.75], [], [2.25, 3.0, -0.999]]
    vectors = [[[1, 2], [3, 4]], [[5, 6]], [[7, 8], [9, 10], [11, 12]]]
    cases = []
    for sequences, dtype in [(integers, 'int32'), (floats, 'float32'), (floats, 'float64'), (floats, 'int32'), (vectors, 'int64'), (vectors, 'float32')]:
        for maxlen in (None, 2, 4):
            for padding in ('pre', 'post'):
                for truncating in ('pre', 'post'):
                    value = 0.0 if padding == 'pre' else (-1.5 if dtype.startswith('float') else 7.0)
                    # Keras looks for the rows' shape in the first sequence that is not empty.
                    out = pad_sequences(sequences, maxlen=maxlen, dtype=dtype, padding=padding, truncating=truncating, value=value)
                    cases.append({'sequences': sequences, 'arguments': {'maxlen': maxlen, 'dtype': dtype, 'padding': padding, 'truncating': truncating, 'value': value}, 'shape': list(out.shape), 'values': out.ravel().tolist()})
    return cases


class Recorder:
    """Remembers what is drawn from numpy's random numbers."""

    def __init__(self):
        self.draws = []
        self.uniform, self.random = np.random.uniform, np.random.random

    def __enter__(self):
        def uniform(*arguments):
            drawn = self.uniform(*arguments)
            self.draws.append(np.atleast_1d(drawn).tolist())
            return drawn

        def random():
            drawn = self.random()
            self.draws.append(drawn)
            return drawn

        np.random.uniform, np.random.random = uniform, random
        return self

    def __exit__(self, *_):
        np.random.uniform, np.random.random = self.uniform, self.random


def parameters(config, shape, draws):
    """The draws by what they are for: the order is that of random_transform."""
    draws = iter(draws)
    channels_first = config.get('data_format') == 'channels_first'
    height, width, channels = (shape[1], shape[2], shape[0]) if channels_first else shape
    out = {'theta': 0, 'tx': 0, 'ty': 0, 'shear': 0, 'zx': 1, 'zy': 1, 'channelShifts': [], 'flipHorizontal': False, 'flipVertical': False}
    if config.get('rotation_range'):
        out['theta'] = np.pi / 180 * next(draws)[0]
    if config.get('height_shift_range'):
        out['tx'] = next(draws)[0] * height
    if config.get('width_shift_range'):
        out['ty'] = next(draws)[0] * width
    if config.get('shear_range'):
        out['shear'] = next(draws)[0]
    if config.get('zoom_range'):
        out['zx'], out['zy'] = next(draws)
    if config.get('channel_shift_range'):
        out['channelShifts'] = [next(draws)[0] for _ in range(channels)]
    if config.get('horizontal_flip'):
        out['flipHorizontal'] = next(draws) < 0.5
    if config.get('vertical_flip'):
        out['flipVertical'] = next(draws) < 0.5
    assert not list(draws)
    return out


def image_cases():
    state = np.random.RandomState(7)
    images = {
        'colour': state.randint(0, 256, (7, 6, 3)),
        'grey': state.randint(0, 256, (9, 12, 1)),
        'thin': state.randint(0, 256, (1, 5, 3)),
        'first': state.randint(0, 256, (3, 5, 8)),
    }
    everything = {'rotation_range': 40, 'width_shift_range': 0.2, 'height_shift_range': 0.3, 'shear_range': 0.4, 'zoom_range': 0.3, 'channel_shift_range': 30, 'horizontal_flip': True, 'vertical_flip': True}
    configs = [
        ('colour', {'rotation_range': 90}),
        ('colour', {'width_shift_range': 0.4}),
        ('colour', {'height_shift_range': 0.4, 'fill_mode': 'constant', 'cval': 3.5}),
        ('colour', {'shear_range': 0.7, 'fill_mode': 'wrap'}),
        ('colour', {'zoom_range': [0.5, 2.5], 'fill_mode': 'reflect'}),
        ('colour', {'channel_shift_range': 50.0}),
        ('colour', {'horizontal_flip': True}),
        ('colour', {'vertical_flip': True}),
        *[(name, {**everything, 'fill_mode': mode, 'cval': 11.0}) for name in ('colour', 'grey', 'thin') for mode in ('nearest', 'constant', 'reflect', 'wrap')],
        ('first', {**everything, 'data_format': 'channels_first'}),
        ('colour', {**everything, 'width_shift_range': 3.0, 'height_shift_range': 3.0, 'fill_mode': 'wrap'}),
        ('colour', {**everything, 'width_shift_range': 3.0, 'height_shift_range': 3.0, 'fill_mode': 'reflect'}),
    ]
    cases = []
    for name, config in configs:
        for seed in range(4):
            generator = ImageDataGenerator(**config)
            with Recorder() as recorder:
                out = generator.random_transform(images[name].astype('float32'), seed=seed)
            assert out.dtype == np.float32
            cases.append({'image': name, 'config': config, 'parameters': parameters(config, images[name].shape, recorder.draws), 'out': b64(out)})
    return {'images': {name: {'shape': list(image.shape), 'data': b64(image.astype('uint8'))} for name, image in images.items()}, 'random': cases, 'normalized': normalized_cases(state)}


def normalized_cases(state):
    cases = []
    for config, shape in [
        ({'rescale': 1 / 255}, (2, 4, 3, 3)),
        ({'samplewise_center': True}, (2, 4, 3, 3)),
        ({'samplewise_std_normalization': True, 'rescale': 0.5}, (2, 4, 3, 3)),
        ({'samplewise_center': True, 'samplewise_std_normalization': True}, (2, 4, 3, 3)),
        ({'samplewise_center': True, 'samplewise_std_normalization': True, 'data_format': 'channels_first'}, (2, 3, 4, 5)),
        ({'featurewise_center': True}, (5, 4, 3, 3)),
        ({'featurewise_std_normalization': True}, (5, 4, 3, 3)),
        ({'featurewise_center': True, 'featurewise_std_normalization': True}, (5, 4, 3, 1)),
        ({'featurewise_center': True, 'featurewise_std_normalization': True, 'data_format': 'channels_first'}, (5, 3, 4, 4)),
    ]:
        x = state.randint(0, 256, shape).astype('float32')
        generator = ImageDataGenerator(**config)
        if any(key.startswith('featurewise') for key in config):
            generator.fit(x)
        out = np.stack([generator.standardize(np.copy(image)) for image in x])
        cases.append({'config': config, 'shape': list(shape), 'x': b64(x.astype('uint8')), 'out': b64(out.astype('float32')), **({'mean': generator.mean.ravel().tolist()} if generator.mean is not None else {}), **({'std': generator.std.ravel().tolist()} if generator.std is not None else {})})
    return cases


def picture(height, width, state):
    """Something smooth with noise in it: JPEG keeps it."""
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([127 + 120 * np.sin(x / 5 + c) * np.cos(y / (4 + c)) for c in range(3)], axis=2)
    return np.clip(base + state.normal(0, 6, base.shape), 0, 255).astype('uint8')


def file_cases():
    """Files as img_to_array(load_img(…)) gives them, with Pillow's later interpolations."""
    state = np.random.RandomState(3)
    colour, alpha = picture(37, 53, state), np.dstack([picture(20, 30, state), state.randint(0, 256, (20, 30))]).astype('uint8')
    files = {
        'colour.jpg': (Image.fromarray(colour), {'quality': 92}),
        'progressive.jpg': (Image.fromarray(picture(33, 31, state)), {'quality': 80, 'progressive': True, 'subsampling': 0}),
        'grey.jpg': (Image.fromarray(colour).convert('L'), {'quality': 90}),
        'colour.png': (Image.fromarray(colour), {}),
        'alpha.png': (Image.fromarray(alpha, 'RGBA'), {}),
        'palette.png': (Image.fromarray(colour).quantize(16), {}),
        'grey.png': (Image.fromarray(colour).convert('L'), {}),
        'grey-alpha.png': (Image.fromarray(alpha, 'RGBA').convert('LA'), {}),
        'bits.png': (Image.fromarray(colour).convert('1'), {}),
    }
    out = {}
    for name, (image, options) in files.items():
        buffer = io.BytesIO()
        image.save(buffer, 'JPEG' if name.endswith('.jpg') else 'PNG', **options)
        read = Image.open(io.BytesIO(buffer.getvalue()))
        results = []
        for mode in ('RGB', 'L'):
            for size, interpolation in [(None, 'nearest'), ((11, 14), 'nearest'), ((61, 70), 'nearest'), *[((11, 14), i) for i in ('bilinear', 'bicubic', 'lanczos', 'box', 'hamming')], ((61, 70), 'bicubic')]:
                # The other sizes of one file are enough.
                if size and name not in ('colour.png', 'alpha.png'):
                    continue
                converted = read if read.mode == mode else read.convert(mode)
                resized = converted if size is None else converted.resize(size[::-1], getattr(Image.Resampling, interpolation.upper()))
                array = img_to_array(resized).astype('uint8')
                results.append({'color_mode': 'rgb' if mode == 'RGB' else 'grayscale', 'interpolation': interpolation, 'shape': list(array.shape), 'data': b64(array)})
        out[name] = {'file': base64.b64encode(buffer.getvalue()).decode(), 'results': results}
    return {'pillow': PIL.__version__, 'files': out}


if __name__ == '__main__':
    write('text.json', text_cases())
    write('sequences.json', padding_cases())
    write('images.json', image_cases())
    write('files.json', file_cases())
