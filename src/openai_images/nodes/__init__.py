"""The KNIME nodes; the only part that imports `knime`."""
