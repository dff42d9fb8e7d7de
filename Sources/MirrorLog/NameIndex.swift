/// A list of names, and the place of each by its bytes.
///
/// A log has several such names in every record; making a `String` of each only to look it up costs
/// more than the look-up.
struct NameIndex: Sendable {
    private let names: [[UInt8]]
    /// The places, at and behind the hash of each name; ``none`` where there is no name.
    private let slots: [UInt8]

    private static let slotCount = 512
    private static let none: UInt8 = 0xff

    /// The first place of each name, of 255 names at most.
    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        var slots = [UInt8](repeating: Self.none, count: Self.slotCount)
        for (place, name) in zip(UInt8(0)..<Self.none, self.names) {
            var slot = name.withUnsafeBufferPointer(Self.slot(of:))
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
            if names[place].count == name.count, names[place].elementsEqual(name) { return place }
            slot = Self.next(slot)
        }
        return nil
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
