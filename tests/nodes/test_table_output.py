import pyarrow as pa
import pytest

from openai_images.errors import InvalidRequest
from openai_images.nodes.table_output import TableWriter
from openai_images.tables import FAILURES


class Dictionary(pa.ExtensionType):
    """Like KNIME's: the key of each cell, and its value where it first occurs."""

    def __init__(self):
        storage = pa.struct([("0", pa.uint64()), ("1", pa.string())])
        super().__init__(storage, "knime.struct_dict_encoded")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls()


@pytest.mark.parametrize(
    "kind", [Dictionary(), pa.struct([("0", Dictionary())]), pa.list_(Dictionary())]
)
def test_a_column_whose_rows_cannot_be_taken_is_refused_by_its_name(kind):
    with pytest.raises(InvalidRequest, match='"Path" cannot be repeated row by row'):
        TableWriter([pa.field("Path", kind)], FAILURES, FAILURES.names)
