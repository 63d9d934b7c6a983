"""Makes the files of this corpus, and the lists of them: python3 tests/hostile/make/make.py (h5py 3.14, numpy 2.2)."""
import archives
import arrays
import models
import one_kernel
import tables
import weights
import yaml_models
from corpus import Corpus

corpus = Corpus()
for part in [models, yaml_models, one_kernel, weights, archives, arrays, tables]:
    part.make(corpus)
corpus.save()
