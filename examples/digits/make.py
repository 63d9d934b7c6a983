"""Makes digits.npz from the digits.csv.gz that scikit-learn brings: python3 make.py (needs numpy)

x: uint8 [1797, 8, 8, 1], grey levels 0 to 16. y: int64 [1797], the digits 0 to 9. The table lists one writer after
another; Keras's validation_split takes the last rows, so the rows are shuffled, with a fixed seed.
"""
import gzip
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

PACKAGE = "scikit-learn==1.9.1"


def package_table():
    with tempfile.TemporaryDirectory() as folder:
        # The wheel of one Python version will do for all: only its data are used.
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", "3.11"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
        wheel = next(Path(folder).glob("*.whl"))
        packed = zipfile.ZipFile(wheel).read("sklearn/datasets/data/digits.csv.gz")
    return np.loadtxt(io.BytesIO(gzip.decompress(packed)), delimiter=",")


def main():
    table = package_table()
    table = table[np.random.RandomState(0).permutation(len(table))]
    x = table[:, :-1].reshape(-1, 8, 8, 1).astype("uint8")
    y = table[:, -1].astype("int64")
    np.savez(Path(__file__).with_name("digits.npz"), x=x, y=y)
    print(f"digits.npz: x {x.shape}, y {y.shape}")


main()
