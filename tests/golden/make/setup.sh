#!/usr/bin/env bash
# Makes the Keras of the past runnable: a Python environment with tf-keras and Keras 3, and beside it genuine Keras 2.0.8 and 1.2.2
# (their source archives from PyPI with the few edits below, on TensorFlow 2.21 through tf.compat.v1: see k208/k208shim.py).
# Usage: setup.sh [DEST]     default DEST: $TRAINYARD_PEERS, else ~/.cache/trainyard-peers.   Then: DEST/venv/bin/python make_goldens.py
# Idempotent; needs Python 3.11 with venv and pip; about one minute and 2.5 GB.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); dest=${1:-${TRAINYARD_PEERS:-$HOME/.cache/trainyard-peers}}; mkdir -p "$dest"
[ -x "$dest/venv/bin/python" ] || python3 -m venv "$dest/venv"
[ -e "$dest/.installed" ] || { "$dest/venv/bin/pip" install -q tensorflow-cpu==2.21.0 tf-keras==2.21.0 keras==3.15.1 h5py==3.14.0 numpy==2.4.6 PyYAML==6.0.3 jax==0.6.2 jaxlib==0.6.2 scipy pillow==13.0.0; touch "$dest/.installed"; }
mkdir -p "$dest/k208/home" "$dest/k122/home"; cp "$here"/k208/*.py "$dest/k208/"; cp "$here"/k122/*.py "$dest/k122/"
for h in k208 k122; do printf '{"floatx":"float32","epsilon":1e-07,"backend":"tensorflow","image_data_format":"channels_last","image_dim_ordering":"tf"}' > "$dest/$h/home/keras.json"; done
old() { # version, folder
  [ -d "$dest/$2/keras" ] && return
  local t; t=$(mktemp -d); "$dest/venv/bin/pip" download -q --no-deps --no-binary :all: --no-build-isolation -d "$t" "keras==$1" 2>/dev/null || true
  tar -xzf "$t"/[Kk]eras-"$1".tar.gz -C "$t"; mv "$t"/[Kk]eras-"$1"/keras "$dest/$2/keras"; rm -rf "$t"
}
old 2.0.8 k208; old 1.2.2 k122
sed -i 's/^    set_floatx(_floatx)/    set_floatx(os.environ.get("K208_FLOATX", _floatx))/' "$dest/k208/keras/backend/__init__.py"
sed -i 's/^        if self\.bias:/        if self.bias is not None:/' "$dest/k208/keras/layers/convolutional.py"
sed -i 's/lr \*= (1\. /lr = lr * (1. /' "$dest/k208/keras/optimizers.py"
sed -i 's/^    if b:/    if b is not None:/' "$dest/k122/keras/layers/recurrent.py"
"$dest/venv/bin/python" -c "import sys; sys.path.insert(0,'$dest/k208'); import k208shim, keras; print('Keras', keras.__version__, 'on TensorFlow', k208shim.tf2.__version__)"
