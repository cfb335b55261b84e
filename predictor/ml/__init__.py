"""Machine learning without Django: plain values in, plain values out.

Serving modules need numpy, Pillow, ONNX Runtime and NLTK; only ``predictor.ml.training`` may import
Keras, TensorFlow, pandas or scikit-learn.
"""
