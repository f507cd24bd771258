"""The tables in PostgreSQL, all in the schema `bmad`: what stands in them, and how they come to be.

`events` is the journal of SQLite with two more columns: `number` is the order of writing, `epoch` that of the
lease under which it was written, NULL where a person's command wrote it. The triggers hold what the journal rests
on: an event is the next one of its story, none is ever changed or taken away, and what an older holder of the
story's lease would write is refused. `FOR SHARE`: a lease that is being taken and an event that is being written
wait for each other, so that whoever takes it then sees all that its predecessor will ever have written.
"""

from typing import TYPE_CHECKING, Any, LiteralString

from bmad.errors import CannotAnswerError

if TYPE_CHECKING:
    from psycopg import Connection

VERSION = 1
SCHEMA = "bmad"

FENCED = "BM001"
"""The SQLSTATE of what an older holder would write."""
NOT_NEXT = "BM002"
"""That of an event that is not the next one of its story."""

_TABLES: LiteralString = """
CREATE TABLE bmad.identity (version integer NOT NULL, repository text NOT NULL, target text NOT NULL DEFAULT '');

CREATE TABLE bmad.leases (
    story text PRIMARY KEY,
    epoch bigint NOT NULL DEFAULT 0,
    holder text NOT NULL DEFAULT '',
    until timestamptz,
    territory text[],
    lands boolean NOT NULL DEFAULT false,
    rests text NOT NULL DEFAULT '',
    again timestamptz
);
CREATE UNIQUE INDEX leases_one_lands ON bmad.leases (lands) WHERE lands;
CREATE INDEX leases_placed ON bmad.leases (story) WHERE until IS NOT NULL OR territory IS NOT NULL;

CREATE TABLE bmad.events (
    number bigint GENERATED ALWAYS AS IDENTITY,
    story text NOT NULL,
    seq integer NOT NULL,
    round integer NOT NULL,
    step text NOT NULL,
    event text NOT NULL,
    content json NOT NULL,
    time timestamptz NOT NULL,
    epoch bigint,
    PRIMARY KEY (story, seq)
);

CREATE FUNCTION bmad.event_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.epoch IS NOT NULL THEN
        PERFORM 1 FROM bmad.leases WHERE story = NEW.story AND epoch = NEW.epoch FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'another holds the story since' USING ERRCODE = 'BM001';
        END IF;
    END IF;
    IF NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM bmad.events WHERE story = NEW.story) THEN
        RAISE EXCEPTION 'not the next event of the story' USING ERRCODE = 'BM002';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER events_in_order BEFORE INSERT ON bmad.events FOR EACH ROW EXECUTE FUNCTION bmad.event_is_next();

CREATE FUNCTION bmad.event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'BM003'; END $$;
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON bmad.events
FOR EACH ROW EXECUTE FUNCTION bmad.event_stays();
CREATE TRIGGER events_remain BEFORE TRUNCATE ON bmad.events EXECUTE FUNCTION bmad.event_stays();

CREATE TABLE bmad.notes (name text PRIMARY KEY, text text NOT NULL);

CREATE TABLE bmad.asked (story text PRIMARY KEY, named boolean NOT NULL, research boolean NOT NULL);
"""
_FIND = "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'bmad' AND tablename = 'identity'"
"""Asked of the catalogue itself: what looks a name up may know of a table only in the next transaction."""
_LOCK = 0x626D6164
"""Held by whoever makes the tables: of two that do so at once, the second finds them."""


def known(connection: "Connection[Any]", where: str) -> bool:
    """Whether the tables stand. Raises: CannotAnswerError where a newer bmad made them."""
    if connection.execute(_FIND).fetchone() is None:
        return False
    version = connection.execute("SELECT version FROM bmad.identity").fetchall()
    if len(version) != 1 or version[0][0] > VERSION:
        told = ", ".join(str(one[0]) for one in version) or "none"
        raise CannotAnswerError(f"The journal in {where} was made by a newer bmad (version {told}); use that one.")
    return True


def make(connection: "Connection[Any]", where: str, repository: str) -> None:
    """Make what is missing, in the transaction that the connection is in, and name the repository in it.

    Procrastinate's own tables stand in the same schema.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if known(connection, where):
        return
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - where tables are made

    connection.execute("CREATE SCHEMA IF NOT EXISTS bmad")
    connection.execute(_TABLES)
    connection.execute(SchemaManager.get_schema())
    connection.execute("INSERT INTO bmad.identity (version, repository) VALUES (%s, %s)", [VERSION, repository])
