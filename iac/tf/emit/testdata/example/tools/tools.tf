# The pipeline of shop: source, builds, artifacts
