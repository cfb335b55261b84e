"""System checks of the model bundles."""
