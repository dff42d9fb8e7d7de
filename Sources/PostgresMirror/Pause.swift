import Glibc

/// Waits, and asks meanwhile whether to go on waiting.
enum Pause {
    static func milliseconds(_ count: Int, _ shouldStop: () -> Bool) {
        var left = count
        while left > 0, !shouldStop() {
            let slice = min(left, 100)
            usleep(UInt32(slice) * 1000)
            left -= slice
        }
    }
}
