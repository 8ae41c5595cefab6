"""What a run of many calls asked, sent and was answered, kept so that nothing is paid twice.

A call is *sent* in the journal before its first byte leaves, and *done* with its answer before
anybody sees that. A run that follows one that was killed takes over what is done, and knows of
the rest whether it may have been billed.

There are two stores: `SqliteJournal` for one machine and its disk, and `objects.ObjectJournal` for
many machines and a folder that they share; the latter is imported from its module, as it brings
pyarrow.
"""

from .protocol import Entry, Journal, State
from .question import fingerprint, inputs_digest, question
from .sqlite import MIN_FREE_BYTES, SqliteJournal

__all__ = [
    "MIN_FREE_BYTES",
    "Entry",
    "Journal",
    "SqliteJournal",
    "State",
    "fingerprint",
    "inputs_digest",
    "question",
]
