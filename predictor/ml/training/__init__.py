"""Training with Keras: the only part of the package that may import Keras, TensorFlow, pandas or scikit-learn."""
