# The real file makes the package; the stub has nothing to do.
