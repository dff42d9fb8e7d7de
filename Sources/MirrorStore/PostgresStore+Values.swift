import BillingModel
import MirrorLog
import PostgresMirror

/// Values as text, in which they go to the server and come from it.
extension PostgresStore {
    /// Records as a JSON array, which one statement takes whole.
    static func rows(of records: [CapturedRecord]) -> String {
        var ids: Set<[UInt8]> = []
        var text = JSONText()
        text.array { text in
            for captured in records {
                let key = RecordKey(captured.record)
                let (first, last) = key.sameID
                text.object { text in
                    write(key, into: &text)
                    text.member("first", first.hexadecimal)
                    text.member("last", last.hexadecimal)
                    text.member("line", String(decoding: captured.line, as: UTF8.self))
                    // The statement does not see what it adds itself.
                    text.member("contested", !ids.insert(first).inserted)
                }
            }
        }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    static func rows(of rejects: [CaptureReject]) -> String {
        var text = JSONText()
        text.array { text in
            for reject in rejects {
                text.object { text in
                    text.member("place", reject.place)
                    text.member("reason", reject.reason)
                    text.member("content", reject.content.hexadecimal)
                }
            }
        }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Changes as a JSON array: of several about one episode the last, as if one came after the other.
    static func rows(of updates: [VerdictUpdate]) -> String {
        var seen: Set<VerdictUpdate.Key> = []
        let last = updates.reversed().filter { seen.insert($0.key).inserted }
        var text = JSONText()
        text.array { text in
            for update in last {
                text.object { text in
                    switch update {
                    case .put(let verdict):
                        text.member("account", verdict.account.rawValue.utf8.hexadecimal)
                        text.member("opened", verdict.opened.microseconds)
                        text.member("content", String(decoding: verdict.content, as: UTF8.self))
                    case .withdraw(let account, let opened):
                        text.member("account", account.rawValue.utf8.hexadecimal)
                        text.member("opened", opened.microseconds)
                    }
                }
            }
        }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Bytes, which PostgreSQL is asked to send as two digits each.
    static func bytes(_ text: String?) -> [UInt8] {
        text.flatMap { [UInt8](hexadecimal: $0) } ?? []
    }

    static func number(_ text: String?) -> Int64 { text.flatMap { Int64($0) } ?? 0 }

    static func count(_ rows: [[String?]]) -> Int { Int(number(rows.first?[0])) }

    /// Who is asked for, as a JSON array.
    static func rows(of ids: [(id: String, since: Instant)]) -> String {
        var text = JSONText()
        text.array { text in
            for (id, since) in ids {
                text.object { text in
                    text.member("id", id.utf8.hexadecimal)
                    text.member("since", since.microseconds)
                }
            }
        }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// The keys of lines, by their numbers; a line that is no record has none.
    static func keys(of lines: [[String?]], _ reader: borrowing RecordReader) -> String {
        var text = JSONText()
        text.array { text in
            for line in lines {
                let content = Array((line[1] ?? "").utf8)
                guard let record = try? reader.read(copying: content) else { continue }
                text.object { text in
                    text.member("number", number(line[0]))
                    write(RecordKey(record), into: &text)
                }
            }
        }
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private static func write(_ key: RecordKey, into text: inout JSONText) {
        text.member("digest", key.digest.hexadecimal)
        if let account = key.account { text.member("account", account.hexadecimal) }
        if let customer = key.customer { text.member("customer", customer.hexadecimal) }
        text.member("at", key.at)
    }

    /// A record out of its row.
    static func record(_ row: [String?]) -> StoredRecord {
        StoredRecord(
            offset: number(row[0]),
            source: row[1] ?? "",
            line: Array((row[2] ?? "").utf8),
            isContested: row[3] == "1"
        )
    }

    /// A verdict out of its row.
    static func verdict(_ row: [String?]) -> StoredVerdict {
        StoredVerdict(
            account: AccountID(String(decoding: bytes(row[0]), as: UTF8.self)),
            opened: Instant(microseconds: number(row[1])),
            content: Array((row[2] ?? "").utf8)
        )
    }
}

extension VerdictUpdate {
    /// Which episode it is about.
    fileprivate struct Key: Hashable {
        let account: AccountID
        let opened: Instant
    }

    fileprivate var key: Key {
        switch self {
        case .put(let verdict): Key(account: verdict.account, opened: verdict.opened)
        case .withdraw(let account, let opened): Key(account: account, opened: opened)
        }
    }
}
