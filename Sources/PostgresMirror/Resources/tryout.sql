-- Tables as the standard mapping has them, for trying the mirror out: into an empty database, by its
-- owner, on a server with wal_level = logical.

CREATE TABLE subs_account (
    id            text PRIMARY KEY,
    account_type  text NOT NULL,
    flags         bigint NOT NULL DEFAULT 0,     -- bit 15: bad debt
    ban           text CHECK (ban IN ('bad_debt', 'abuse')),
    updated_by    text                           -- not mirrored; rules of attribution may look at it
);

CREATE TABLE subs_customer (
    account_id       text PRIMARY KEY,
    stripe_customer  text,
    bad_debt         timestamptz,
    legal_entity     text
);

CREATE TABLE subs_subscription (
    id          text PRIMARY KEY,
    account_id  text NOT NULL,
    status      text NOT NULL,
    reason      text,
    items       text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE subs_product_probation (
    account_id  text NOT NULL,
    product     text NOT NULL,
    failed      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (account_id, product)
);

CREATE TABLE subs_mandate (
    id              text PRIMARY KEY,
    account_id      text NOT NULL,
    payment_method  text,
    status          text
);

CREATE TABLE subs_dunning (
    account_id   text NOT NULL,
    event_id     text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, event_id)
);

CREATE TABLE subs_stuck_events (
    account_id  text NOT NULL,
    event_id    text NOT NULL,
    since       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, event_id)
);

-- What customers, administrators and schedules ask for.
CREATE TABLE subs_request (
    id          text PRIMARY KEY,
    account_id  text NOT NULL,
    type        text NOT NULL,
    actor       text,
    "to"        text,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What the paths note of their own runs, where they do.
CREATE TABLE subs_execution (
    id          text PRIMARY KEY,
    account_id  text NOT NULL,
    path        text NOT NULL CHECK (path IN ('A', 'B', 'C', 'D', 'E')),
    trigger     text,
    started     timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished    timestamptz,
    outcome     text CHECK (outcome IN ('completed', 'failed', 'stuck')),
    error       text,
    effects     jsonb
);

-- Rows as they were before a change: what an update did can't be told without them.
ALTER TABLE subs_account REPLICA IDENTITY FULL;
ALTER TABLE subs_customer REPLICA IDENTITY FULL;
ALTER TABLE subs_subscription REPLICA IDENTITY FULL;
ALTER TABLE subs_product_probation REPLICA IDENTITY FULL;
ALTER TABLE subs_mandate REPLICA IDENTITY FULL;
ALTER TABLE subs_dunning REPLICA IDENTITY FULL;
ALTER TABLE subs_stuck_events REPLICA IDENTITY FULL;
ALTER TABLE subs_request REPLICA IDENTITY FULL;
ALTER TABLE subs_execution REPLICA IDENTITY FULL;

CREATE PUBLICATION dunning_mirror FOR TABLE
    subs_account, subs_customer, subs_subscription, subs_product_probation, subs_mandate,
    subs_dunning, subs_stuck_events, subs_request, subs_execution;

-- The mirror's role: it reads, and follows. Roles belong to the whole server, so it may be there.
DO $$
BEGIN
    CREATE ROLE dunning_mirror LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
GRANT USAGE ON SCHEMA public TO dunning_mirror;
GRANT SELECT ON
    subs_account, subs_customer, subs_subscription, subs_product_probation, subs_mandate,
    subs_dunning, subs_stuck_events, subs_request, subs_execution
    TO dunning_mirror;

-- How a path names its run, in the transaction that does it:
--
--     BEGIN;
--     SELECT pg_logical_emit_message(true, 'dunning-path',
--         '{"path":"C","trigger":"evt_1","started":"2026-03-02T10:00:01Z"}');
--     UPDATE subs_subscription SET status = 'canceled', reason = 'bad_debt' WHERE id = 'sub_1';
--     UPDATE subs_account SET flags = flags | 32768, ban = 'bad_debt' WHERE id = 'acct_1';
--     COMMIT;
--
-- A service that can't be changed can be told by its application_name, if its transactions carry it:

CREATE FUNCTION dunning_tell_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_logical_emit_message(true, 'application-name', current_setting('application_name'));
    RETURN NULL;
END
$$;

--     CREATE TRIGGER dunning_tell_application
--         BEFORE INSERT OR UPDATE OR DELETE ON subs_account
--         FOR EACH STATEMENT EXECUTE FUNCTION dunning_tell_application();
