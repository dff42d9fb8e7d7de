import BillingModel
import MirrorLog
import PostgresMirror
import Testing

/// Mappings in YAML, and what they refuse.
struct RowMappingTests {
    private func mapping(_ tables: String, _ attribution: String = "") throws -> RowMapping {
        try RowMapping(
            yaml: "tables:\n  subs_account: {table: app.accounts}\n" + tables + attribution
        )
    }

    @Test("the standard mapping watches all tables under the names of the shipped DDL")
    func standard() throws {
        let mapping = try RowMapping.standard()
        #expect(mapping.tables.map(\.means) == MirrorTable.allCases)
        for table in mapping.tables {
            #expect(TryoutDDL.sql.contains("CREATE TABLE \(table.name.name) ("))
            #expect(table.columns == table.means.columns.map(\.name))
        }
        #expect(mapping.attribution == RowMapping.Attribution())
    }

    @Test("tables, columns, values and rules are one's own")
    func own() throws {
        let mapping = try mapping(
            """
              subs_customer:
                table: customers
                columns: {account_id: acct, bad_debt: bad_debt_since, legal_entity: ~}
                values: {stripe_customer: {"-": ~, "old": cus_old}}
            """,
            """

            attribution:
              message_prefix: who
              rules:
                - {application: "cron-*", path: B}
                - {column: app.accounts.updated_by, is: panel, path: E}
            """
        )
        #expect(mapping.tables.map(\.name.description) == ["app.accounts", "public.customers"])
        let customer = try #require(mapping[.customer])
        #expect(customer.columns == ["acct", "stripe_customer", "bad_debt_since", nil])
        #expect(customer.values.map(\.to) == [nil, "cus_old"])
        #expect(mapping.attribution.messagePrefix == "who")
        #expect(mapping.attribution.rules.map(\.path) == [.b, .e])
        #expect(mapping.attribution.rules[0].fits("cron-7"))
        #expect(!mapping.attribution.rules[0].fits("acron-7"))
        #expect(!mapping.attribution.rules[1].fits("panel2"))
    }

    @Test(
        "what is not known is refused, and the nearest word named",
        arguments: [
            (
                "  subs_acount: {table: x}\n",
                "line 3: `tables.subs_acount` is not known; did you mean `subs_account`?"
            ),
            (
                "  subs_mandate: {tabel: x}\n",
                "line 3: `tables.subs_mandate.tabel` is not known; did you mean `table`?"
            ),
            (
                "  subs_mandate: {table: x, columns: {payment_metod: y}}\n",
                "line 3: `tables.subs_mandate.columns.payment_metod` is not known; did you mean "
                    + "`payment_method`?"
            ),
            ("  subs_mandate: {columns: {}}\n", "line 3: `tables.subs_mandate` lacks `table`"),
            (
                "  subs_mandate: {table: a.b.c}\n",
                "line 3: `tables.subs_mandate.table` is `a.b.c`, not a table such as "
                    + "`public.subs_account`"
            ),
            (
                "  subs_mandate: {table: x, columns: {id: ~}}\n",
                "line 3: `tables.subs_mandate.columns.id` must be a column: no record can be made "
                    + "without it"
            ),
            (
                "  subs_mandate: {table: app.accounts}\n",
                "line 3: `tables.subs_mandate` is the table `app.accounts`, and so is `subs_account`"
            ),
            (
                "attribution: {rules: [{path: F, application: x}]}\n",
                "line 3: `attribution.rules[0].path` is `F`; did you mean `A`?"
            ),
            (
                "attribution: {rules: [{path: A}]}\n",
                "line 3: `attribution.rules[0]` needs `path` and one of `application`, `origin`, or "
                    + "`column` with `is`"
            ),
            (
                "attribution: {rules: [{path: A, column: app.other.by, is: x}]}\n",
                "line 3: `attribution.rules[0].column` is of the table `app.other`, which is not "
                    + "watched"
            ),
        ]
    )
    func refused(tables: String, words: String) {
        #expect(throws: RecordError(words)) { try mapping(tables) }
    }

    @Test("an empty file, no YAML and no accounts are refused")
    func useless() {
        for yaml in ["", "tables: [", "tables: {}", "- a", "tables: {subs_account: {table: ~}}"] {
            #expect(throws: RecordError.self, "\(yaml)") { try RowMapping(yaml: yaml) }
        }
    }
}
