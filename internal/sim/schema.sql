-- The simulated world of one file. Instants are nanoseconds since 1970.

CREATE TABLE IF NOT EXISTS machine (
    hypervisor         INTEGER NOT NULL,
    uid                TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    image              TEXT    NOT NULL,
    vcpus              INTEGER NOT NULL,
    memory_mib         INTEGER NOT NULL,
    disk_gib           INTEGER NOT NULL,
    gpus               INTEGER NOT NULL,
    disk               INTEGER NOT NULL,
    defined            INTEGER NOT NULL,
    power              TEXT    NOT NULL,
    running_vcpus      INTEGER NOT NULL,
    running_memory_mib INTEGER NOT NULL,
    running_disk_gib   INTEGER NOT NULL,
    running_gpus       INTEGER NOT NULL,
    since              INTEGER NOT NULL,
    PRIMARY KEY (hypervisor, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS fault (
    hypervisor INTEGER NOT NULL,
    fault      TEXT    NOT NULL,
    PRIMARY KEY (hypervisor, fault)
) STRICT, WITHOUT ROWID;
