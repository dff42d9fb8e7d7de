import Crypto
package import DunningBrain
import MirrorLog

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
        SHA256.hash(data: Array(canonicalText.utf8)).hexadecimal
    }
}
