/** The Python packages that interoperability is tested with: several generations of Keras, and what reads our files. */
export const pythonEnvironments = {
  keras: [
    'tensorflow-cpu==2.21.0',
    'tf-keras==2.21.0',
    'keras==3.15.1',
    'h5py==3.14.0',
    'numpy==2.4.6; python_version >= "3.11"',
    'numpy==2.2.6; python_version < "3.11"',
    'PyYAML==6.0.3',
  ],
};
