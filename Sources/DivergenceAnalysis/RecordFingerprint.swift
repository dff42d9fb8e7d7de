import BillingModel

/// 128 bits that stand for a record's id, so that a redelivery is known without keeping all ids.
///
/// Two multiplicative hashes over eight bytes at a time, each finished with the mixing function of
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). It
/// guards against accident, not malice: a hit that is no redelivery within its account is counted
/// as a conflict and shown, so no record is lost unseen. Among 50 million ids the chance of any
/// accidental hit is below 10⁻²³.
struct RecordFingerprint: Hashable {
    private(set) var high: UInt64
    private(set) var low: UInt64

    init(_ id: RecordID) {
        var first: UInt64 = 0x9e37_79b9_7f4a_7c15
        var second: UInt64 = 0xd1b5_4a32_d192_ed03
        var chunk: UInt64 = 0
        var filled = 0
        func absorb(_ value: UInt64, _ first: inout UInt64, _ second: inout UInt64) {
            first = (first ^ value) &* 0xff51_afd7_ed55_8ccd
            first ^= first >> 29
            second = (second &+ value) &* 0xc4ce_b9fe_1a85_ec53
            second ^= second >> 31
        }
        for byte in id.rawValue.utf8 {
            chunk = chunk << 8 | UInt64(byte)
            filled += 1
            if filled % 8 == 0 {
                absorb(chunk, &first, &second)
                chunk = 0
            }
        }
        absorb(chunk, &first, &second)
        absorb(UInt64(filled), &first, &second)
        high = Self.mix(first)
        low = Self.mix(second)
    }

    /// The fingerprint of these 128 bits.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    func hash(into hasher: inout Hasher) { hasher.combine(low) }

    static func == (lhs: Self, rhs: Self) -> Bool { lhs.high == rhs.high && lhs.low == rhs.low }
}
