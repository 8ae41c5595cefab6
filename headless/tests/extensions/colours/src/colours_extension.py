"""A small extension with every kind of port, parameter and result that the tests need."""

import logging
import time
from pathlib import Path

import knime.extension as knext

LOGGER = logging.getLogger(__name__)

main_category = knext.category(
    "/community", "colours", "Colours", "Nodes about colours.", "icons/colour.png"
)


class PaletteSpec(knext.PortObjectSpec):
    def __init__(self, name):
        self.name = name

    def serialize(self):
        return {"name": self.name}

    @classmethod
    def deserialize(cls, data):
        return cls(data["name"])


class Palette(knext.PortObject):
    def __init__(self, spec, colours):
        super().__init__(spec)
        self.colours = colours

    def serialize(self):
        return ",".join(self.colours).encode()

    @classmethod
    def deserialize(cls, spec, storage):
        return cls(spec, storage.decode().split(","))


palette_type = knext.port_type("Palette", Palette, PaletteSpec, id="org.example.colours.palette")


class Order(knext.EnumParameterOptions):
    GIVEN = ("As given", "Colours stay in their order.")
    SORTED = ("Sorted", "Colours are sorted by name.")


@knext.node(
    "Palette Source", knext.NodeType.SOURCE, "icons/colour.png", main_category, id="palette_source"
)
@knext.output_port("Palette", "The colours.", palette_type)
class PaletteSource(knext.PythonNode):
    """Makes a palette of named colours.

    The names are **words**, one per colour.
    """

    colours = knext.StringParameter("Colours", "Names with commas between.", "red,green")
    credential = knext.StringParameter(
        "Credential",
        "Who paints.",
        choices=lambda ctx: knext.DialogCreationContext.get_credential_names(ctx),
    )
    set_order = knext.BoolParameter("Set order", "Whether to choose the order.", False)
    order = knext.EnumParameter(
        "Order", "How to order.", Order.GIVEN, Order, style=knext.EnumParameter.Style.VALUE_SWITCH
    ).rule(knext.OneOf(set_order, [True]), knext.Effect.SHOW)

    def configure(self, ctx):
        if not self.colours:
            raise knext.InvalidParametersError("Name at least one colour.")
        if self.credential:
            ctx.get_credentials(self.credential)
        return PaletteSpec(self.colours)

    def execute(self, ctx):
        names = self.colours.split(",")
        if self.set_order and self.order == Order.SORTED.name:
            names.sort()
        return Palette(PaletteSpec(self.colours), names)


@knext.parameter_group("Size")
class SizeOptions:
    """How large the pictures are."""

    width = knext.IntParameter("Width", "In pixels.", 4, min_value=1, max_value=64)
    height = knext.IntParameter("Height", "In pixels.", 3, min_value=1, is_advanced=True)


@knext.node("Paint", knext.NodeType.MANIPULATOR, "icons/colour.png", main_category, id="paint")
@knext.input_port("Palette", "The colours.", palette_type)
@knext.input_table("Titles", "Names for the pictures.", optional=True)
@knext.output_table("Pictures", "One row per colour.")
@knext.output_port("Palette", "The same palette.", palette_type)
@knext.output_view("Gallery", "The names of the colours.")
class Paint(knext.PythonNode):
    """Paints a picture of each colour."""

    size = SizeOptions()
    delay = knext.DoubleParameter("Delay", "Seconds per picture.", 0.0, min_value=0.0)
    fail_at = knext.StringParameter("Fail at", "The colour that cannot be painted.", "")
    title_column = knext.ColumnParameter("Title column", "Names.", port_index=1)

    def configure(self, ctx, palette, titles):
        if palette.name == "none":
            raise knext.InvalidParametersError("The palette is empty.")
        ctx.set_warning("Paint is wet.")
        return self._schema(), palette

    def _schema(self):
        from PIL import Image

        return knext.Schema.from_columns(
            [
                knext.Column(knext.logical(Image.Image), "Image"),
                knext.Column(knext.string(), "Colour"),
                knext.Column(knext.int64(), "Letters"),
                knext.Column(knext.list_(knext.string()), "Parts"),
            ]
        )

    def execute(self, ctx, palette, titles):
        import pandas as pd
        import pyarrow as pa
        from PIL import Image

        images = []
        for index, colour in enumerate(palette.colours):
            ctx.set_progress(index / len(palette.colours), f"painting {colour}")
            LOGGER.info("painting %s", colour)
            until = time.monotonic() + self.delay
            while time.monotonic() < until:
                if ctx.is_canceled():
                    raise RuntimeError("stopped")
                time.sleep(0.01)  # stands for work that looks now and then whether it is canceled
            if colour == self.fail_at:
                raise ValueError(f"There is no {colour} paint left.")
            images.append(Image.new("RGB", (self.size.width, self.size.height), colour))
        frame = pd.DataFrame(
            {
                "Image": pd.Series(images, dtype=knext.logical(Image.Image).to_pandas()),
                "Colour": pd.Series(palette.colours, dtype="string"),
                "Letters": pd.Series([len(c) for c in palette.colours], dtype="int64"),
                "Parts": pd.Series(
                    [list(c) for c in palette.colours], dtype=pd.ArrowDtype(pa.list_(pa.string()))
                ),
            }
        )
        ctx.flow_variables["painted"] = len(images)
        html = "<!DOCTYPE html><p>" + ", ".join(palette.colours) + "</p>"
        return knext.Table.from_pandas(frame), palette, knext.view_html(html)


@knext.node("Count", knext.NodeType.MANIPULATOR, "icons/colour.png", main_category, id="count")
@knext.input_table("Table", "Anything.")
@knext.output_table("Numbers", "Row numbers, in batches.")
class Count(knext.PythonNode):
    """Numbers the rows of a table."""

    batch = knext.IntParameter("Batch", "Rows per batch.", 2, min_value=1)
    file = knext.LocalPathParameter("File", "Not used.", validator=lambda value: None)

    def configure(self, ctx, schema):
        return schema.append(knext.Column(knext.int64(), "Number"))

    def execute(self, ctx, table):
        import pyarrow as pa

        out = knext.BatchOutputTable.create(row_ids="keep")
        data = table.to_pyarrow()
        numbers = pa.array(range(data.num_rows), pa.int64())
        data = data.append_column("Number", numbers)
        for start in range(0, data.num_rows, self.batch):
            out.append(data.slice(start, self.batch).combine_chunks())
        Path(ctx.get_workflow_temp_dir()).exists()
        return out
