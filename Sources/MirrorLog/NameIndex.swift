#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A list of names, and the place of each by its bytes.
///
/// A log has several such names in every record; making a `String` of each only to look it up costs
/// more than the look-up.
///
/// A class, because a copy of it is handed on with every look-up, which then counts one reference
/// and not one for each array.
final class NameIndex: Sendable {
    /// The names, one behind the other.
    private let letters: [UInt8]
    /// Where each name begins, and where the last ends.
    private let starts: [Int]
    /// The places, at and behind the hash of each name; ``none`` where there is no name.
    private let slots: [UInt8]

    private static let slotCount = 512
    private static let none: UInt8 = 0xff

    /// The first place of each name, of 255 names at most.
    init(_ names: [String]) {
        letters = names.flatMap(\.utf8)
        starts = names.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.utf8.count) }
        var slots = [UInt8](repeating: Self.none, count: Self.slotCount)
        for (place, name) in zip(UInt8(0)..<Self.none, names) {
            var slot = Array(name.utf8).withUnsafeBufferPointer(Self.slot(of:))
            while slots[slot] != Self.none { slot = Self.next(slot) }
            slots[slot] = place
        }
        self.slots = slots
    }

    /// The place of a name; `nil` where it is not in the list.
    func place(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        var slot = Self.slot(of: name)
        while slots[slot] != Self.none {
            let place = Int(slots[slot])
            if isName(at: place, name) { return place }
            slot = Self.next(slot)
        }
        return nil
    }

    private func isName(at place: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = starts[place]
        guard starts[place + 1] - start == name.count else { return false }
        return letters.withUnsafeBufferPointer { letters in
            name.isSame(as: UnsafeBufferPointer(rebasing: letters[start..<start + name.count]))
        }
    }

    private static func next(_ slot: Int) -> Int { (slot + 1) % slotCount }

    /// Where the search begins: a hash of the length and of four letters.
    private static func slot(of name: UnsafeBufferPointer<UInt8>) -> Int {
        guard let last = name.last else { return 0 }
        let count = name.count
        var hash = UInt32(truncatingIfNeeded: count)
        hash = hash &* 31 &+ UInt32(name[0])
        hash = hash &* 31 &+ UInt32(name[count / 2])
        hash = hash &* 31 &+ UInt32(name[count * 3 / 4])
        hash = hash &* 31 &+ UInt32(last)
        return Int(hash) % slotCount
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether these bytes are the same as others.
    func isSame(as other: Self) -> Bool {
        guard count == other.count else { return false }
        guard let here = baseAddress, let there = other.baseAddress else { return true }
        return memcmp(here, there, count) == 0
    }

    /// Whether these bytes are the UTF-8 of a text.
    func spells(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { isSame(as: $0) }
    }

    /// Whether these bytes are letters, digits and the like of ASCII alone.
    var isASCII: Bool { reduce(0, |) < 0x80 }

    /// Whether these bytes come before others as texts do; `nil` where bytes can't say, because a
    /// text is not ASCII and may be the same as another in other bytes.
    func precedes(_ other: Self) -> Bool? {
        guard isASCII, other.isASCII else { return nil }
        return lexicographicallyPrecedes(other)
    }
}
