-- Reads sixteen fields of every record, and does nothing with them but count.
SELECT
    count(v), count(id), count(kind), count("at"), count(seen), count(account),
    count(event.id), count(event.type), count(event.created), count(event.livemode),
    count(event.data.object.id), count(event.data.object.status),
    count(event.data.object.amount_due),
    count(execution.path), count(execution."trigger"), count(execution.outcome)
FROM read_ndjson(
    $log,
    ignore_errors = true,
    maximum_object_size = 16777216,
    columns = {
        v: 'INTEGER', id: 'VARCHAR', kind: 'VARCHAR', "at": 'VARCHAR', seen: 'VARCHAR',
        account: 'VARCHAR',
        event: 'STRUCT(id VARCHAR, type VARCHAR, created BIGINT, livemode BOOLEAN,
            data STRUCT("object" STRUCT(id VARCHAR, status VARCHAR, amount_due BIGINT)))',
        execution: 'STRUCT(path VARCHAR, "trigger" VARCHAR, outcome VARCHAR)'
    }
);
