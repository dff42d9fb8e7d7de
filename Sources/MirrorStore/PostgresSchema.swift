/// The tables of a store in PostgreSQL, and what is asked of them.
enum PostgresSchema {
    /// Goes up when the tables change.
    static let version = "2"

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
            digest bytea NOT NULL UNIQUE, -- of the id, then of id, account and content
            source text NOT NULL,
            line text NOT NULL,
            account bytea, -- UTF-8
            customer bytea, -- UTF-8; where it names no account
            at bigint NOT NULL, -- microseconds since 1970
            contested boolean NOT NULL -- its id came before
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

    /// Gives a store of version 1 the columns by which records are found.
    static let addColumns = """
        ALTER TABLE dunning_parity.record ADD COLUMN account bytea, ADD COLUMN customer bytea,
            ADD COLUMN at bigint NOT NULL DEFAULT 0,
            ADD COLUMN contested boolean NOT NULL DEFAULT false
        """

    static let fillColumns = """
        UPDATE dunning_parity.record AS record
        SET digest = decode(r.digest, 'hex'), account = decode(r.account, 'hex'),
            customer = decode(r.customer, 'hex'), at = r.at
        FROM json_to_recordset($1::json)
            AS r(number bigint, digest text, account text, customer text, at bigint)
        WHERE record.number = r.number
        """

    /// The first bytes of a digest are of the id alone.
    static let findContested = """
        UPDATE dunning_parity.record AS record SET contested = true
        FROM (
            SELECT number, row_number() OVER (
                PARTITION BY substr(digest, 1, \(RecordKey.bytesOfID)) ORDER BY number
            ) AS place FROM dunning_parity.record
        ) AS r WHERE record.number = r.number AND r.place > 1
        """

    static let linesOfStore = """
        SELECT number, line FROM dunning_parity.record WHERE number > $1 ORDER BY number LIMIT 1000
        """

    static let setVersion = "UPDATE dunning_parity.store SET version = $1"

    /// Makes it quick to find what is asked for by account.
    static let makeIndices = """
        DO $$
        BEGIN
        CREATE INDEX IF NOT EXISTS record_by_account
            ON dunning_parity.record (account, at) WHERE account IS NOT NULL;
        CREATE INDEX IF NOT EXISTS record_by_customer
            ON dunning_parity.record (customer, at) WHERE customer IS NOT NULL;
        END
        $$
        """

    static let keepRecords = """
        WITH new AS (
            INSERT INTO dunning_parity.record
                (digest, source, line, account, customer, at, contested)
            SELECT decode(r.digest, 'hex'), $1, r.line, decode(r.account, 'hex'),
                decode(r.customer, 'hex'), r.at, r.contested OR EXISTS (
                    SELECT FROM dunning_parity.record AS other
                    WHERE other.digest BETWEEN decode(r.first, 'hex') AND decode(r.last, 'hex')
                )
            FROM ROWS FROM (json_to_recordset($2::json) AS (
                digest text, first text, last text, line text, account text, customer text,
                at bigint, contested boolean
            )) WITH ORDINALITY
                AS r(digest, first, last, line, account, customer, at, contested, place)
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
        SELECT number, source, line, contested::int FROM dunning_parity.record
        WHERE number > $1 ORDER BY number LIMIT $2
        """

    /// `$1` are accounts and `$2` customers, in hexadecimal digits, each with from when on.
    static let recordsOfAccounts = """
        SELECT r.number, r.source, r.line, r.contested::int
        FROM json_to_recordset($1::json) AS h(id text, since bigint)
        JOIN dunning_parity.record AS r
            ON r.account = decode(h.id, 'hex') AND r.at > h.since AND r.number <= $3
        UNION ALL SELECT r.number, r.source, r.line, r.contested::int
        FROM json_to_recordset($2::json) AS h(id text, since bigint)
        JOIN dunning_parity.record AS r
            ON r.customer = decode(h.id, 'hex') AND r.at > h.since AND r.number <= $3
        ORDER BY number
        """

    static let verdictsOfAccounts = """
        SELECT encode(v.account, 'hex'), v.opened, v.content
        FROM json_to_recordset($1::json) AS h(id text, since bigint)
        JOIN dunning_parity.verdict AS v
            ON v.account = decode(h.id, 'hex') AND v.opened > h.since
        ORDER BY v.account, v.opened
        """

    /// Each is looked for behind the one before: an account's many records are passed over.
    static let accounts = """
        WITH RECURSIVE list (account, place) AS (
            SELECT decode($1, 'hex'), 0::bigint
            UNION ALL
            SELECT (
                SELECT account FROM (
                    (SELECT account FROM dunning_parity.record
                        WHERE account > list.account ORDER BY account LIMIT 1)
                    UNION ALL
                    (SELECT account FROM dunning_parity.verdict
                        WHERE account > list.account ORDER BY account LIMIT 1)
                ) AS next ORDER BY account LIMIT 1
            ), place + 1
            FROM list WHERE account IS NOT NULL AND place < $2::bigint
        ) SELECT encode(account, 'hex') FROM list WHERE place > 0 AND account IS NOT NULL
        ORDER BY place
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
