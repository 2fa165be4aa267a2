# The pipeline of robot: source, builds, artifacts, gate
