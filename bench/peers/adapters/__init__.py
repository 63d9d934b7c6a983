"""One module a peer: how that version of Keras reads a case's model and optimizer."""
