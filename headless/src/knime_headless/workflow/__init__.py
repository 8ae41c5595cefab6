"""Workflows described in a YAML file."""

from knime_headless.workflow.run import Reporter, Workflow, run_workflow

__all__ = ["Reporter", "Workflow", "run_workflow"]
