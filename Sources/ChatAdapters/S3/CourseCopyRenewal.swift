import Support

/// Looks for newer versions of the courses again and again: a new one is fetched within `interval`, and the time that the
/// fetching takes.
package final class CourseCopyRenewal: Service {
    package let name = "course-copies"
    /// Half of the thirty seconds, for the rest is for fetching.
    package static let interval = Duration.seconds(15)

    private let copies: CourseCopies
    private let interval: Duration
    private let log: Log
    private let rounds: Rounds

    package init(
        _ copies: CourseCopies, interval: Duration = interval, log: Log, time: any TimeSource = SystemTime()
    ) {
        self.copies = copies
        self.interval = interval
        self.log = log
        rounds = Rounds(time)
    }

    /// While S3 cannot be reached, the copies that are here go on.
    package func run() async throws {
        while rounds.goOn {
            await rounds.pause(interval)
            guard rounds.goOn else { return }
            do {
                try await copies.refresh()
            } catch is CancellationError {
                return
            } catch {
                log.warning("courses in S3 cannot be listed", ["error": error.label, "reason": error.sentence])
            }
        }
    }

    package func shutDown() async { rounds.stop() }
}
