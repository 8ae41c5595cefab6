"""Tables on Apache Arrow; imported when the first table is made, not with the extension."""
