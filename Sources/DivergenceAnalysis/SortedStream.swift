/// Values by key, in the order of the keys, one at a time: never more in memory than is asked for.
struct SortedStream<Key: Comparable, Value> {
    typealias Element = (key: Key, value: Value)

    private let step: () throws -> Element?

    /// A stream of what a function gives: with rising keys, then `nil`.
    init(_ step: @escaping () throws -> Element?) {
        self.step = step
    }

    /// A stream of no values.
    static var empty: Self { Self { nil } }

    /// The next value; `nil` at the end.
    func next() throws -> Element? { try step() }

    /// Several streams as one, each key once.
    ///
    /// - Parameters:
    ///   - streams: The streams.
    ///   - join: Called for each further value of a key, with what there is already: in the order
    ///     of the streams.
    /// - Returns: The stream.
    /// - Complexity: O(log n) comparisons a value in the number of streams.
    static func merging(
        _ streams: [Self],
        _ join: @escaping (inout Value, Value) throws -> Void
    ) -> Self {
        guard streams.count != 1 else { return streams[0] }
        var heads: StreamHeads<Key, Value>?
        return Self {
            var merged = try heads ?? StreamHeads(streams)
            // Only one may hold the heads, or they would be copied at each step.
            heads = nil
            defer { heads = merged }
            guard let (key, first) = try merged.popFirst() else { return nil }
            var value = first
            while let more = try merged.popFirst(of: key) { try join(&value, more) }
            return (key, value)
        }
    }
}

/// What stands at the heads of several streams: a heap, the smallest key first and of equal keys
/// that of the first stream.
private struct StreamHeads<Key: Comparable, Value> {
    private struct Head {
        var key: Key
        var value: Value
        var place: Int
    }

    private let streams: [SortedStream<Key, Value>]
    private var heads: [Head] = []

    init(_ streams: [SortedStream<Key, Value>]) throws {
        self.streams = streams
        for (place, stream) in streams.enumerated() {
            guard let (key, value) = try stream.next() else { continue }
            heads.append(Head(key: key, value: value, place: place))
        }
        for place in heads.indices.reversed() { sink(from: place) }
    }

    mutating func popFirst() throws -> (key: Key, value: Value)? {
        guard let first = heads.first else { return nil }
        if let (key, value) = try streams[first.place].next() {
            heads[0] = Head(key: key, value: value, place: first.place)
        } else {
            heads.swapAt(0, heads.count - 1)
            heads.removeLast()
        }
        sink(from: 0)
        return (first.key, first.value)
    }

    mutating func popFirst(of key: Key) throws -> Value? {
        guard let first = heads.first, first.key == key else { return nil }
        return try popFirst()?.value
    }

    private mutating func sink(from start: Int) {
        var place = start
        while true {
            let left = 2 * place + 1
            guard left < heads.count else { return }
            let right = left + 1
            let least = right < heads.count && comesBefore(right, left) ? right : left
            guard comesBefore(least, place) else { return }
            heads.swapAt(place, least)
            place = least
        }
    }

    private func comesBefore(_ one: Int, _ other: Int) -> Bool {
        heads[one].key == heads[other].key
            ? heads[one].place < heads[other].place : heads[one].key < heads[other].key
    }
}
