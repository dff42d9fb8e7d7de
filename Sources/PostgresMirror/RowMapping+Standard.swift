package import MirrorLog

extension RowMapping {
    /// The mapping of the tables that the shipped DDL makes, as a file to begin one's own with.
    package static let standardYAML = """
        # Which tables and columns of the database are watched, and what they are to the mirror.
        # A table that is left out is not watched. A column that is left out has the name that stands
        # here; `~` says that the database has none.
        tables:
          subs_account:
            table: public.subs_account
            columns: {id: id, account_type: account_type, flags: flags, ban: ban}
            # Values that stand for others: what the database holds, what it means.
            # values: {ban: {"1": bad_debt, "2": abuse, "0": ~}}
          subs_customer:
            table: public.subs_customer
            columns: {account_id: account_id, stripe_customer: stripe_customer, bad_debt: bad_debt,
              legal_entity: legal_entity}
          subs_subscription:
            table: public.subs_subscription
            columns: {account_id: account_id, id: id, status: status, reason: reason, items: items}
          subs_product_probation:
            table: public.subs_product_probation
            columns: {account_id: account_id, product: product, failed: failed}
          subs_mandate:
            table: public.subs_mandate
            columns: {account_id: account_id, id: id, payment_method: payment_method, status: status}
          subs_dunning:
            table: public.subs_dunning
            columns: {account_id: account_id, event_id: event_id, recorded_at: recorded_at}
          subs_stuck_events:
            table: public.subs_stuck_events
            columns: {account_id: account_id, event_id: event_id, since: since}
          # What people and schedules asked for: the requests of the mirror log.
          requests:
            table: public.subs_request
            columns: {id: id, account_id: account_id, type: type, actor: actor, to: to, at: at}
          # What the legacy paths note of their own runs.
          executions:
            table: public.subs_execution
            columns: {id: id, account_id: account_id, path: path, trigger: trigger, started: started,
              finished: finished, outcome: outcome, error: error, effects: effects}
        attribution:
          # pg_logical_emit_message(true, 'dunning-path', '{"path":"C","trigger":"evt_1"}')
          message_prefix: dunning-path
          # pg_logical_emit_message(true, 'application-name', current_setting('application_name'))
          application_prefix: application-name
          # Without a message the first rule that fits says whose doing a change is: by `application`,
          # by `origin` (of replication), or by `column` (of a watched table, as the database names
          # both). A value that ends with `*` fits what begins so.
          rules: []
          #  - {application: "billing-cron*", path: B}
          #  - {column: public.subs_account.updated_by, is: admin-panel, path: E}

        """

    /// The standard mapping.
    ///
    /// - Throws: Never, which a test makes sure of.
    package static func standard() throws(RecordError) -> RowMapping {
        try RowMapping(yaml: standardYAML)
    }
}
