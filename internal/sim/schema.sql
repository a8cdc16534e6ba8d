-- The simulated world of one file. What is known of a machine is JSON text.

CREATE TABLE IF NOT EXISTS placed (
    hypervisor INTEGER NOT NULL,
    uid        TEXT    NOT NULL,
    content    TEXT    NOT NULL,
    PRIMARY KEY (hypervisor, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS fault (
    hypervisor INTEGER NOT NULL,
    fault      TEXT    NOT NULL,
    PRIMARY KEY (hypervisor, fault)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS host (
    hypervisor INTEGER NOT NULL PRIMARY KEY,
    uid        TEXT    NOT NULL,
    boots      INTEGER NOT NULL
) STRICT;
