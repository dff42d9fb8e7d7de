import Crypto
package import DunningBrain

extension Policy {
    /// The policy's settings, one a line, in a fixed order: what ``digest`` is over.
    package var canonicalText: String {
        """
        policy binary
        confirmation \(confirmation)
        threshold \(threshold)
        reactivation \(reactivation)
        override \(override)

        """
    }

    /// SHA-256 of ``canonicalText``, in hexadecimal.
    package var digest: String {
        let digest = SHA256.hash(data: Array(canonicalText.utf8))
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
