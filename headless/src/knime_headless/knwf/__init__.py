"""KNIME's own workflow files, as far as their nodes are nodes of Python extensions."""
