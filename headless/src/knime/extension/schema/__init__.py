"""Types of columns, schemas of tables and specs of ports."""
