"""Parameters of a node: declared as class attributes, stored as JSON, edited in a dialog."""

from knime.extension.parameter.base import Parameter, set_extension_version
from knime.extension.parameter.choices import (
    EnumParameter,
    EnumParameterOptions,
    EnumSetParameter,
)
from knime.extension.parameter.columns import ColumnParameter, MultiColumnParameter
from knime.extension.parameter.dialog import (
    extract_parameter_descriptions,
    extract_schema,
    extract_ui_schema,
)
from knime.extension.parameter.group import LayoutDirection, ParameterGroup, parameter_group
from knime.extension.parameter.numbers import BoolParameter, DoubleParameter, IntParameter
from knime.extension.parameter.rules import (
    And,
    Condition,
    Contains,
    DialogContextCondition,
    Effect,
    OneOf,
    Or,
)
from knime.extension.parameter.settings import (
    extract_parameters,
    inject_parameters,
    validate_parameters,
    validate_specs,
)
from knime.extension.parameter.text import (
    LocalPathParameter,
    MultilineStringParameter,
    StringParameter,
)

__all__ = [
    "And",
    "BoolParameter",
    "ColumnParameter",
    "Condition",
    "Contains",
    "DialogContextCondition",
    "DoubleParameter",
    "Effect",
    "EnumParameter",
    "EnumParameterOptions",
    "EnumSetParameter",
    "IntParameter",
    "LayoutDirection",
    "LocalPathParameter",
    "MultiColumnParameter",
    "MultilineStringParameter",
    "OneOf",
    "Or",
    "Parameter",
    "ParameterGroup",
    "StringParameter",
    "extract_parameter_descriptions",
    "extract_parameters",
    "extract_schema",
    "extract_ui_schema",
    "inject_parameters",
    "parameter_group",
    "set_extension_version",
    "validate_parameters",
    "validate_specs",
]
