-- Three of the classes as far as SQL can say them without running a brain: it counts what looks
-- like a defect, and can't say whether legacy or the brain was right, what caused it, or what it
-- cost. Events come in three envelopes: bare, under `detail`, and under `data`.
WITH log AS (
    SELECT * FROM read_ndjson(
        $log,
        ignore_errors = true,
        maximum_object_size = 16777216,
        columns = {
            kind: 'VARCHAR', "at": 'VARCHAR', account: 'VARCHAR',
            event: 'STRUCT(type VARCHAR,
                data STRUCT("object" STRUCT(id VARCHAR), type VARCHAR,
                    data STRUCT("object" STRUCT(id VARCHAR))),
                detail STRUCT(type VARCHAR, data STRUCT("object" STRUCT(id VARCHAR))))',
            execution: 'STRUCT(effects STRUCT("at" VARCHAR, "do" VARCHAR, bit INTEGER,
                "to" VARCHAR, ok BOOLEAN, invoice VARCHAR, covers VARCHAR[])[])'
        }
    )
),
events AS (
    SELECT
        account,
        "at"::TIMESTAMP AS happened,
        coalesce(event.detail.type, event.data.type, event.type) AS type,
        coalesce(event.detail.data.object.id, event.data.data.object.id, event.data.object.id)
            AS object
    FROM log WHERE kind = 'stripe'
),
invoices AS (
    SELECT
        account,
        object,
        min(happened) FILTER (type = 'invoice.marked_uncollectible') AS marked,
        max(happened) FILTER (type = 'invoice.voided') AS voided,
        max(happened) FILTER (type = 'invoice.paid') AS paid
    FROM events WHERE type IN ('invoice.marked_uncollectible', 'invoice.voided', 'invoice.paid')
    GROUP BY account, object
),
effects AS (
    SELECT account, unnest(execution.effects, recursive := true) FROM log WHERE kind = 'execution'
),
flags AS (
    SELECT account, arg_max("to", "at"::TIMESTAMP) = 'true' AS flagged
    FROM effects WHERE "do" = 'set_flag' AND bit = 15 AND ok GROUP BY account
),
paid_for AS (
    SELECT account, invoice, unnest(covers) AS covered FROM effects
    WHERE "do" = 'create_consolidated_invoice' AND ok
        AND invoice IN (SELECT invoice FROM effects WHERE "do" = 'pay_invoice' AND ok)
),
payments AS (
    SELECT covered FROM paid_for GROUP BY account, covered HAVING count(DISTINCT invoice) > 1
)
SELECT
    (SELECT count(*) FROM invoices WHERE voided > marked) AS void_after_uncollectible,
    (SELECT count(*) FROM invoices JOIN flags USING (account) WHERE paid > marked AND flagged)
        AS paid_and_still_flagged,
    (SELECT count(*) FROM payments) AS duplicate_payment;
