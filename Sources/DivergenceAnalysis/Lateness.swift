import BillingModel
import MirrorLog

/// How late records were seen, to the second: which of them were late depends on the settle time,
/// and a packed log is replayed under any.
struct Lateness: Hashable, Sendable {
    /// How many were seen so many seconds after they happened, rounded up: the first few.
    private var few = [Int](repeating: 0, count: 64)
    /// The others.
    private var many: [Int64: Int] = [:]

    /// No record.
    init() {}

    /// Notes a record.
    mutating func note(_ span: TimeSpan) {
        guard span > .zero else { return }
        let (whole, rest) = span.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let seconds = whole + (rest > 0 ? 1 : 0)
        if seconds < few.count {
            few[Int(seconds)] += 1
        } else {
            // Beyond a month they are not told apart, so that there is an end to how many there are.
            many[min(seconds, 86_400 * 31), default: 0] += 1
        }
    }

    /// How many were later than a span of whole seconds.
    func count(over span: TimeSpan) -> Int {
        let limit = span.microseconds / 1_000_000
        let first = few.indices.reduce(0) { $1 > limit ? $0 + few[$1] : $0 }
        return many.reduce(first) { $1.key > limit ? $0 + $1.value : $0 }
    }
}

extension Lateness: Packable {
    func pack(into writer: inout PackedWriter) {
        for count in few { writer.write(varint: UInt64(count)) }
        writer.write(varint: UInt64(many.count))
        for (seconds, count) in many.sorted(by: { $0.key < $1.key }) {
            writer.write(varint: UInt64(seconds))
            writer.write(varint: UInt64(count))
        }
    }

    init(unpacking reader: inout PackedReader) throws(PackedError) {
        for place in few.indices { few[place] = try reader.whole() }
        for _ in 0..<(try reader.count()) {
            let seconds = Int64(try reader.whole())
            many[seconds] = try reader.whole()
        }
    }
}
