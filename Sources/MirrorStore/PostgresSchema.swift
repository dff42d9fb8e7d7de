/// The tables of a store in PostgreSQL, and what is asked of them.
enum PostgresSchema {
    /// Goes up when the tables change.
    static let version = "1"

    /// Makes what is not there.
    static let make = """
        DO $$
        BEGIN
        CREATE SCHEMA IF NOT EXISTS dunning_parity;
        CREATE TABLE IF NOT EXISTS dunning_parity.store (version text NOT NULL);
        IF NOT EXISTS (SELECT FROM dunning_parity.store) THEN
            INSERT INTO dunning_parity.store VALUES ('\(version)');
        END IF;
        CREATE TABLE IF NOT EXISTS dunning_parity.record (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            digest bytea NOT NULL UNIQUE, -- of id, account and content
            source text NOT NULL,
            line text NOT NULL
        );
        CREATE TABLE IF NOT EXISTS dunning_parity.reject (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            source text NOT NULL,
            place text NOT NULL,
            reason text NOT NULL,
            content bytea NOT NULL,
            digest bytea GENERATED ALWAYS AS (sha256(content)) STORED,
            UNIQUE (source, place, digest)
        );
        CREATE TABLE IF NOT EXISTS dunning_parity.source (
            name text PRIMARY KEY,
            kept bigint NOT NULL,
            redelivered bigint NOT NULL,
            rejected bigint NOT NULL,
            position text
        );
        CREATE TABLE IF NOT EXISTS dunning_parity.partition (
            number int PRIMARY KEY,
            owner text,
            token bigint NOT NULL DEFAULT 0,
            until bigint NOT NULL, -- microseconds since 1970
            records bigint NOT NULL DEFAULT 0
        );
        CREATE TABLE IF NOT EXISTS dunning_parity.verdict (
            account bytea NOT NULL, -- UTF-8
            opened bigint NOT NULL, -- microseconds since 1970
            content text NOT NULL,
            PRIMARY KEY (account, opened)
        );
        END
        $$
        """

    static let keepRecords = """
        WITH new AS (
            INSERT INTO dunning_parity.record (digest, source, line)
            SELECT decode(r.digest, 'hex'), $1, r.line
            FROM ROWS FROM (json_to_recordset($2::json) AS (digest text, line text))
                WITH ORDINALITY AS r(digest, line, place)
            ORDER BY r.place
            ON CONFLICT (digest) DO NOTHING
            RETURNING 1
        ) SELECT count(*) FROM new
        """

    static let keepRejects = """
        WITH new AS (
            INSERT INTO dunning_parity.reject (source, place, reason, content)
            SELECT $1, r.place, r.reason, decode(r.content, 'hex')
            FROM json_to_recordset($2::json) AS r(place text, reason text, content text)
            ON CONFLICT (source, place, digest) DO NOTHING
            RETURNING 1
        ) SELECT count(*) FROM new
        """

    static let noteSource = """
        INSERT INTO dunning_parity.source AS s (name, kept, redelivered, rejected, position)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (name) DO UPDATE SET
            kept = s.kept + excluded.kept,
            redelivered = s.redelivered + excluded.redelivered,
            rejected = s.rejected + excluded.rejected,
            position = COALESCE(excluded.position, s.position)
        """

    static let sources = """
        SELECT name, kept, redelivered, rejected, position
        FROM dunning_parity.source ORDER BY name COLLATE "C"
        """

    static let records = """
        SELECT number, source, line FROM dunning_parity.record
        WHERE number > $1 ORDER BY number LIMIT $2
        """

    static let rejects = """
        SELECT source, place, reason, encode(content, 'hex')
        FROM dunning_parity.reject ORDER BY number
        """

    static let moveOffset = """
        UPDATE dunning_parity.partition SET records = $1 WHERE number = $2 AND token = $3
        RETURNING number
        """

    static let withdraw = """
        DELETE FROM dunning_parity.verdict AS v
        USING json_to_recordset($1::json) AS r(account text, opened bigint, content text)
        WHERE v.account = decode(r.account, 'hex') AND v.opened = r.opened AND r.content IS NULL
        """

    static let put = """
        INSERT INTO dunning_parity.verdict (account, opened, content)
        SELECT decode(r.account, 'hex'), r.opened, r.content
        FROM json_to_recordset($1::json) AS r(account text, opened bigint, content text)
        WHERE r.content IS NOT NULL
        ON CONFLICT (account, opened) DO UPDATE SET content = excluded.content
        """

    static let verdicts = """
        SELECT encode(account, 'hex'), opened, content
        FROM dunning_parity.verdict ORDER BY account, opened
        """

    static let makePartitions = """
        INSERT INTO dunning_parity.partition (number, until)
        SELECT number, -9223372036854775808 FROM generate_series(0, $1::int - 1) AS number
        WHERE NOT EXISTS (SELECT FROM dunning_parity.partition)
        ON CONFLICT (number) DO NOTHING
        """

    static let countPartitions = "SELECT count(*) FROM dunning_parity.partition"

    /// Workers that ask at once don't wait for one another: each passes over what another is taking.
    static let lease = """
        UPDATE dunning_parity.partition SET owner = $1, token = token + 1, until = $2
        WHERE number = (
            SELECT number FROM dunning_parity.partition WHERE until <= $3
            ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING number, token
        """

    static let renew = """
        UPDATE dunning_parity.partition SET until = $1 WHERE number = $2 AND token = $3
        RETURNING number
        """

    /// Its token goes up as well: who gave it back may not write under it any more.
    static let giveBack = """
        UPDATE dunning_parity.partition
        SET until = -9223372036854775808, owner = NULL, token = token + 1
        WHERE number = $1 AND token = $2
        """
}
