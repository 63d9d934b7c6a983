"""Makes penguins.csv from the PyPI package palmerpenguins: python3 make.py

Rows without all four measurements are left out (2 of 344). The package lists the penguins by species; Keras's
validation_split takes the last rows, so the rows are shuffled, with a fixed seed.
"""
import csv
import io
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "palmerpenguins==0.1.6"
FEATURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def package_rows():
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
        wheel = next(Path(folder).glob("*.whl"))
        text = zipfile.ZipFile(wheel).read("palmerpenguins/data/penguins.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def main():
    rows = [row for row in package_rows() if all(row[name] not in ("", "NA") for name in FEATURES)]
    random.Random(0).shuffle(rows)
    with open(Path(__file__).with_name("penguins.csv"), "w", newline="") as file:
        writer = csv.DictWriter(file, [*FEATURES, "species"], extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"penguins.csv: {len(rows)} penguins")


main()
