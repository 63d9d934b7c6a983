#!/usr/bin/env python3
"""Writes bench/cases/*.json: each case's model as genuine Keras 2.0.8 serializes it, how it is compiled, what data it takes.

    python3 -s bench/peers/make_cases.py --packages FOLDER [--out FOLDER]

FOLDER is the one that install-peers.mjs made. Every contender reads these files, so that all train the same.
"""

import argparse
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SGD = {'class_name': 'SGD', 'config': {'lr': 0.01, 'momentum': 0.9, 'decay': 1e-6, 'nesterov': True}}


def uniform(*shape):
    return {'kind': 'uniform', 'dtype': 'float32', 'shape': list(shape)}


def integers(low, high, *shape):
    return {'kind': 'integers', 'dtype': 'int32', 'low': low, 'high': high, 'shape': list(shape)}


def binary():
    return {'kind': 'binary', 'dtype': 'float32', 'shape': [1]}


def one_hot(*shape):
    return {'kind': 'one_hot', 'dtype': 'float32', 'shape': list(shape)}


def cases(keras) -> dict:
    """By name: title, model, optimizer, loss, metrics, inputs, targets, rows, batch size."""
    L, Input, Model, Sequential = keras.layers, keras.layers.Input, keras.models.Model, keras.models.Sequential

    def mlp(*output):
        return Sequential(
            [
                L.Dense(64, activation='relu', input_dim=20),
                L.Dropout(0.5),
                L.Dense(64, activation='relu'),
                L.Dropout(0.5),
                L.Dense(output[0], activation=output[1]),
            ]
        )

    def digits():
        image = Input(shape=(784,))
        hidden = L.Dense(64, activation='relu')(L.Dense(64, activation='relu')(image))
        return Model(inputs=image, outputs=L.Dense(10, activation='softmax')(hidden))

    def video():
        frames = Input(shape=(20, 784))
        return Model(inputs=frames, outputs=L.TimeDistributed(digits())(frames))

    def lstm_classifier():
        return Sequential(
            [L.Embedding(1024, 256, input_length=80), L.LSTM(128), L.Dropout(0.5), L.Dense(1, activation='sigmoid')]
        )

    def two_outputs():
        main = Input(shape=(100,), dtype='int32', name='main_input')
        extra = Input(shape=(5,), name='aux_input')
        encoded = L.LSTM(32)(L.Embedding(output_dim=512, input_dim=10000, input_length=100)(main))
        hidden = L.concatenate([encoded, extra])
        for _ in range(3):
            hidden = L.Dense(64, activation='relu')(hidden)
        outputs = [
            L.Dense(1, activation='sigmoid', name='main_output')(hidden),
            L.Dense(1, activation='sigmoid', name='aux_output')(encoded),
        ]
        return Model(inputs=[main, extra], outputs=outputs)

    def two_tweets():
        tweets = [Input(shape=(280, 256)), Input(shape=(280, 256))]
        shared = L.LSTM(64)
        merged = L.concatenate([shared(tweet) for tweet in tweets], axis=-1)
        return Model(inputs=tweets, outputs=L.Dense(1, activation='sigmoid')(merged))

    def vgg_like():
        model = Sequential()
        for block, filters in enumerate((32, 64)):
            model.add(L.Conv2D(filters, (3, 3), activation='relu', **({} if block else {'input_shape': (100, 100, 3)})))
            model.add(L.Conv2D(filters, (3, 3), activation='relu'))
            model.add(L.MaxPooling2D(pool_size=(2, 2)))
            model.add(L.Dropout(0.25))
        for layer in (L.Flatten(), L.Dense(256, activation='relu'), L.Dropout(0.5), L.Dense(10, activation='softmax')):
            model.add(layer)
        return model

    def visual_question_answering():
        vision = Sequential()
        for block, (filters, more) in enumerate(((64, 1), (128, 1), (256, 2))):
            shape = {} if block else {'input_shape': (224, 224, 3)}
            vision.add(L.Conv2D(filters, (3, 3), activation='relu', padding='same', **shape))
            for _ in range(more):
                vision.add(L.Conv2D(filters, (3, 3), activation='relu'))
            vision.add(L.MaxPooling2D((2, 2)))
        vision.add(L.Flatten())
        image, question = Input(shape=(224, 224, 3)), Input(shape=(100,), dtype='int32')
        asked = L.LSTM(256)(L.Embedding(input_dim=10000, output_dim=256, input_length=100)(question))
        merged = L.concatenate([asked, vision(image)])
        return Model(inputs=[image, question], outputs=L.Dense(1000, activation='softmax')(merged))

    def case(title, model, loss, inputs, targets, rows, batch_size, optimizer='rmsprop', metrics=('accuracy',)):
        compile = {'optimizer': optimizer, 'loss': loss, 'metrics': list(metrics)}
        return dict(title=title, batch_size=batch_size, rows=rows, inputs=inputs, targets=targets, compile=compile, model=model)

    two_way, many_way = 'binary_crossentropy', 'categorical_crossentropy'
    return {
        'mlp_binary': case('MLP 20-64-64-1, dropout', mlp(1, 'sigmoid'), two_way, [uniform(20)], [binary()], 1000, 128),
        'mlp_multiclass': case(
            'MLP 20-64-64-10, dropout', mlp(10, 'softmax'), many_way, [uniform(20)], [one_hot(10)], 1000, 128, SGD
        ),
        'functional_mlp': case('MLP 784-64-64-10', digits(), many_way, [uniform(784)], [one_hot(10)], 4096, 128),
        'video_td': case(
            'that MLP over 20 frames', video(), many_way, [uniform(20, 784)], [one_hot(20, 10)], 256, 32
        ),
        'lstm_seq': case(
            'Embedding, LSTM 128, 80 steps', lstm_classifier(), two_way, [integers(0, 1024, 80)], [binary()], 320, 16
        ),
        'aux_lstm': case(
            'LSTM 32, two inputs and outputs',
            two_outputs(), two_way, [integers(1, 10000, 100), uniform(5)], [binary(), binary()], 320, 32, metrics=(),
        ),
        'tweets': case(
            'LSTM 64 shared by two 280×256', two_tweets(), two_way, [uniform(280, 256), uniform(280, 256)], [binary()], 160, 32
        ),
        'vgg_like': case(
            'VGG-like, 100×100×3', vgg_like(), many_way, [uniform(100, 100, 3)], [one_hot(10)], 100, 32, SGD, ()
        ),
        'vqa': case(
            'visual question answering, 224×224×3',
            visual_question_answering(), many_way, [uniform(224, 224, 3), integers(1, 10000, 100)], [one_hot(1000)], 8, 4,
        ),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--packages', required=True)
    parser.add_argument('--out', default=os.path.join(HERE, '..', 'cases'))
    arguments = parser.parse_args()
    sys.path.insert(0, os.path.join(arguments.packages, 'site'))
    os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1')
    from adapters import keras208

    keras208.load(arguments.packages)
    import keras

    for name, case in cases(keras).items():
        case['model'] = json.loads(case['model'].to_json())
        with open(os.path.join(arguments.out, name + '.json'), 'w') as file:
            file.write(json.dumps({'name': name, **case}, indent=1, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
