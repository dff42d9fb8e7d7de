import Glibc

/// A program that was started, and whose end is waited for by its number alone.
///
/// Not Foundation's, which waits until nobody holds what it lent the program: a server that the program
/// left behind would hold it for ever.
struct ChildProcess {
    private let pid: pid_t

    /// Closes what it was not meant to have, and becomes the program.
    private static let closing = [
        "/bin/bash", "-c",
        """
        cd /
        for file in /proc/$$/fd/*; do
            number=${file##*/}
            if [ "$number" -gt 2 ] && [ "$number" -ne 255 ]; then eval "exec $number>&-"; fi
        done
        exec "$@"
        """, "bash",
    ]

    /// Starts a program with two files and no others of ours.
    ///
    /// - Parameters:
    ///   - arguments: The program's path, and its arguments.
    ///   - input: What it reads.
    ///   - output: Where it writes, errors too.
    /// - Throws: ``ThrowawayPostgres/Failure`` where it can't be started.
    init(_ arguments: [String], input: Int32, output: Int32) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        let words = (Self.closing + arguments).map { strdup($0) } + [nil]
        let settings: [String] = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"]
        let environment = settings.map { strdup($0) } + [nil]
        defer { for text in words + environment { free(text) } }
        var pid: pid_t = 0
        let problem = posix_spawn(&pid, "/bin/bash", &actions, nil, words, environment)
        guard problem == 0 else {
            throw ThrowawayPostgres.Failure(
                description: "\(arguments[0]): \(String(cString: strerror(problem)))"
            )
        }
        self.pid = pid
    }

    /// Waits for its end.
    ///
    /// - Returns: Its status; 0 is well.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
