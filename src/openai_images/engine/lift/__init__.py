"""Subjects: things cut from a ground that is not plain, the ground closed, the things set anew."""
