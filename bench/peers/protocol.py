"""How a program of this folder talks: one JSON request a line on standard input, one JSON answer a line on standard output."""

import json
import os
import sys
import traceback


def use_packages(packages: str) -> None:
    """Makes what install-peers.mjs put into `packages` importable, for the CPU."""
    sys.path.insert(0, os.path.join(packages, 'site'))
    os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='-1', JAX_PLATFORMS='cpu')


def open_answers():
    """Where answers go. Standard output is for them alone from here on, whatever a library prints."""
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    return answers


def serve(answer, answers) -> None:
    """Answers each request with {"ok": answer(request)} or {"error": "…"}, until the input ends."""
    for line in sys.stdin:
        try:
            reply = {'ok': answer(json.loads(line))}
        except Exception as error:
            traceback.print_exc()
            reply = {'error': f'{type(error).__name__}: {error}'[:2000]}
        answers.write(json.dumps(reply) + '\n')
        answers.flush()
