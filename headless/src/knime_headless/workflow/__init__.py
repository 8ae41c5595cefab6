"""Workflows described in a YAML file."""

from knime_headless.workflow.run import Reporter, Workflow

__all__ = ["Reporter", "Workflow"]
