/// HMAC-SHA256 as FIPS 180-4 and RFC 2104 have it, step by step, to hold the fast one against.
enum SlowHMAC {
    static func hexadecimal(_ message: [UInt8], key: [UInt8]) -> String {
        let short = key.count > 64 ? sha256(key) : key
        let padded = short + [UInt8](repeating: 0, count: 64 - short.count)
        let inner = sha256(padded.map { $0 ^ 0x36 } + message)
        return sha256(padded.map { $0 ^ 0x5C } + inner).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func sha256(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = primes(8).map { fraction(Double($0).squareRoot()) }
        let constants = primes(64).map { fraction(cubeRoot(Double($0))) }
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
        for start in stride(from: 0, to: padded.count, by: 64) {
            state = compressed(state, Array(padded[start..<(start + 64)]), constants)
        }
        return state.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
        }
    }

    private static func compressed(
        _ state: [UInt32],
        _ block: [UInt8],
        _ constants: [UInt32]
    ) -> [UInt32] {
        var words = (0..<16).map { place in
            (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[4 * place + $1]) }
        }
        for place in 16..<64 {
            let (early, late) = (words[place - 15], words[place - 2])
            let small = turned(early, 7) ^ turned(early, 18) ^ early >> 3
            let large = turned(late, 17) ^ turned(late, 19) ^ late >> 10
            words.append(words[place - 16] &+ small &+ words[place - 7] &+ large)
        }
        var v = state
        for place in 0..<64 {
            let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
            let high = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)
            let first = v[7] &+ high &+ choice &+ constants[place] &+ words[place]
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
            let low = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)
            v = [first &+ low &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
        }
        return zip(state, v).map { $0 &+ $1 }
    }

    private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    private static func primes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }

    private static func fraction(_ value: Double) -> UInt32 {
        UInt32((value - value.rounded(.down)) * 4_294_967_296)
    }

    private static func cubeRoot(_ value: Double) -> Double {
        var root = value / 2
        for _ in 0..<100 { root = (2 * root + value / (root * root)) / 3 }
        return root
    }
}
