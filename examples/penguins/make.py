"""Takes penguins.csv out of the PyPI package palmerpenguins, as it is: python3 make.py"""
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "palmerpenguins==0.1.6"


def main():
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
        wheel = next(Path(folder).glob("*.whl"))
        table = zipfile.ZipFile(wheel).read("palmerpenguins/data/penguins.csv")
    Path(__file__).with_name("penguins.csv").write_bytes(table)
    print(f"penguins.csv: {len(table.splitlines()) - 1} penguins")


main()
