"""The tables of `evidence.sqlite`.

History of `SCHEMA_VERSION`: 1, the first; 2, `whole` instead of a list of files with unknown tests;
3, `broken`, and a test's run is that of its evidence; 4, `deselected` and `circumstances`.
"""

from __future__ import annotations

from typing import Final

__all__ = ["SCHEMA", "SCHEMA_VERSION"]

SCHEMA_VERSION: Final = 4

SCHEMA: Final = f"""
-- Names are the bytes of UTF-8 with surrogates let through, since paths and node ids need not be text.
-- Lists of ids are ascending and encoded as evidence/numbers.py says.
CREATE TABLE scope (            -- evidence of one holds for no other
    id INTEGER PRIMARY KEY,
    python TEXT NOT NULL,       -- "cpython-313"
    platform TEXT NOT NULL,     -- "linux-x86_64"
    UNIQUE (python, platform)
);
CREATE TABLE run (
    id INTEGER PRIMARY KEY,     -- ascending in time
    scope INTEGER NOT NULL,
    made REAL NOT NULL,         -- seconds since 1970
    revision TEXT NOT NULL,     -- HEAD when it began; empty where there was none
    complete INTEGER NOT NULL,  -- 1: everything was collected
    tests INTEGER NOT NULL      -- how many ran
);
CREATE TABLE version (          -- the content of a file, or of a folder's listing, when it was used
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL,         -- relative to the top of the repository
    blob TEXT NOT NULL,         -- git's name for the content; "absent"; empty where it is not known
    text BLOB NOT NULL,         -- zlib of the content of a Python file or a manifest; empty for others
    UNIQUE (path, blob)
);
CREATE TABLE piece (            -- something that was used
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    kind INTEGER NOT NULL,      -- evidence.PieceKind
    name BLOB NOT NULL,         -- co_qualname of a function, pattern of a listing
    place INTEGER NOT NULL,     -- which of the functions of that name
    last INTEGER NOT NULL,      -- greatest id in `users`; 0 where there is none
    users BLOB NOT NULL,        -- ids of the evidence that has it, dead evidence included
    UNIQUE (version, kind, name, place)
);
CREATE TABLE evidence (         -- a set of pieces, with sets that it includes
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,  -- of the three columns that follow
    pieces BLOB NOT NULL,       -- ids
    includes BLOB NOT NULL,     -- ids of evidence, all less than its own
    gaps INTEGER NOT NULL,      -- evidence.Gap
    last INTEGER NOT NULL,      -- as in piece
    users BLOB NOT NULL         -- ids of the evidence that includes it
);
CREATE TABLE test (
    scope INTEGER NOT NULL,
    node BLOB NOT NULL,         -- its node id
    path BLOB NOT NULL,         -- its file
    evidence INTEGER,           -- NULL: it was never seen to end
    outcome INTEGER NOT NULL,   -- 1 passed, 2 skipped, 3 failed: stays 3 until it passes
    seconds REAL NOT NULL,      -- set-up, call and tear-down
    run INTEGER NOT NULL,       -- the one that the evidence is of; where there is none, its last one
    PRIMARY KEY (scope, node)
) WITHOUT ROWID;
CREATE TABLE whole (            -- test files of which every test is known that they have in that version
    scope INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (scope, version)
) WITHOUT ROWID;
CREATE TABLE broken (           -- files that could not be collected, and have not been since
    scope INTEGER NOT NULL,
    path BLOB NOT NULL,
    PRIMARY KEY (scope, path)
) WITHOUT ROWID;
CREATE TABLE circumstances (    -- under which a run deselected tests
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,       -- of options, environment and distributions; evidence/circumstances.py
    minded TEXT NOT NULL,       -- variables that change all the time and count, separated by blanks
    asked TEXT NOT NULL,        -- the expressions, "-m 'not slow'"
    UNIQUE (digest, minded, asked)
);
CREATE TABLE deselected (       -- test files of which every test is known, or was deselected by -m or -k
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL,
    version INTEGER NOT NULL,   -- of the file
    circumstances INTEGER NOT NULL,
    evidence INTEGER NOT NULL,  -- of the collection
    tests INTEGER NOT NULL,     -- how many were deselected
    functions BLOB NOT NULL,    -- dotted names, a line each, of functions of which every test was
    run INTEGER NOT NULL,
    UNIQUE (scope, version, circumstances)
);
CREATE INDEX evidence_used ON evidence (last) WHERE last > 0;  -- few are included by others
CREATE INDEX test_evidence ON test (evidence);
PRAGMA user_version = {SCHEMA_VERSION};
"""
