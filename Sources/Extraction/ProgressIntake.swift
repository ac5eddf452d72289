import FoundationEssentials
import Support

/// The parent's side of an extractor's progress: what it sends is held to be hostile, and passed on now and then.
final class ProgressIntake: Sendable {
    private struct State {
        var last: ExtractionProgress?
        var time = Duration.zero
        var pagesToRecognise = 0
    }

    /// Pages of one document that may be recognised, and what each adds to the time that it may take.
    package static let (recognisedPageLimit, timePerRecognisedPage) = (500, Duration.seconds(20))
    /// No oftener than this is anything passed on, but for the end.
    private static let pause = Duration.milliseconds(100)
    private static let pageLimit = 1_000_000

    private let state = Locked(State())
    private let progress: @Sendable (ExtractionProgress) -> Void

    init(_ progress: @escaping @Sendable (ExtractionProgress) -> Void) { self.progress = progress }

    /// - Parameter line: JSON of an `ExtractionProgress`; anything else is left out.
    /// - Returns: how much longer the extractor may take because of it.
    func take(_ line: ArraySlice<UInt8>) -> Duration {
        guard let news = try? JSONDecoder().decode(ExtractionProgress.self, from: Data(line)),
            0...Self.pageLimit ~= news.pagesTotal, 0...news.pagesTotal ~= news.pagesDone,
            0...news.pagesTotal ~= news.pagesToRecognise
        else { return .zero }
        let now = SystemTime().elapsed
        let (more, isTold) = state.withLock { state -> (Int, Bool) in
            let pages = min(news.pagesToRecognise, Self.recognisedPageLimit)
            let more = max(pages - state.pagesToRecognise, 0)
            state.pagesToRecognise += more
            let isEnd = news.pagesDone == news.pagesTotal && state.last?.pagesDone != state.last?.pagesTotal
            let isTold = state.last.map { $0 != news && (isEnd || now - state.time >= Self.pause) } ?? true
            if isTold { (state.last, state.time) = (news, now) }
            return (more, isTold)
        }
        if isTold { progress(news) }
        return Self.timePerRecognisedPage * more
    }
}
