import Support

/// Keeps a run's progress and hands every change on, in order.
final class ProgressMeter: Sendable {
    private struct State {
        var progress = IngestProgress()
        var embeddingSeconds = 0.0
        /// When the last batch of vectors came, in seconds since the start.
        var lastBatch = 0.0
        /// Bytes of files that went in, and of those with what is yet to come; files that cost nothing are in neither.
        var bytesDone = 0
        var bytesTotal = 0
        var currentBytes = 0
    }

    private let state = Locked(State())
    private let time: any TimeSource
    private let start: Duration
    private let report: @Sendable (IngestProgress) -> Void

    init(time: any TimeSource, report: @escaping @Sendable (IngestProgress) -> Void) {
        self.time = time
        self.report = report
        start = time.elapsed
    }

    var secondsSinceStart: Double { (time.elapsed - start).inSeconds }

    func begin(files: Int, bytes: Int) {
        change { state in
            state.progress.filesTotal = files
            state.progress.phase = .reading
            state.bytesTotal = bytes
        }
    }

    func beginFile(_ name: String, bytes: Int) {
        change { state in
            state.progress.phase = .reading
            state.progress.currentFile = name
            state.progress.currentChunks = 0
            state.progress.currentChunksDone = 0
            state.currentBytes = bytes
        }
    }

    /// What the current document's own progress means for the run's.
    func note(_ document: DocumentProgress) {
        let now = secondsSinceStart
        change { state in
            switch document.state {
            case .embedding:
                state.progress.phase = .embedding
                if document.chunksDone > 0 { state.embeddingSeconds += now - state.lastBatch }
                state.lastBatch = now
                state.progress.chunksDone += document.chunksDone - state.progress.currentChunksDone
                state.progress.currentChunksDone = document.chunksDone
                state.progress.currentChunks = document.chunks ?? 0
                if state.progress.chunksDone > 0 {
                    state.progress.chunksPerSecond =
                        Double(state.progress.chunksDone) / max(state.embeddingSeconds, 1e-6)
                }
            case .checking: state.progress.phase = .storing
            case .queued, .extracting, .ready, .failed: break
            }
        }
    }

    func endFile(_ file: FileReport) {
        change { state in
            state.progress.filesDone += 1
            if file.outcome == .failed { state.progress.failed += 1 }
            switch file.outcome {
            case .unchanged, .renamed, .duplicate, .failed, .skipped: state.bytesTotal -= state.currentBytes
            case .added, .replaced:
                state.bytesDone += state.currentBytes
                state.progress.pagesDone += file.pages ?? 0
            }
            state.currentBytes = 0
        }
    }

    func end() { change { $0.progress.phase = .done } }

    private func change(_ body: (inout State) -> Void) {
        let elapsed = secondsSinceStart
        let progress = state.withLock { state in
            body(&state)
            let current = state.progress
            let share =
                current.currentChunks > 0 ? Double(current.currentChunksDone) / Double(current.currentChunks) : 0
            let done = Double(state.bytesDone) + share * Double(state.currentBytes)
            if current.phase == .done {
                state.progress.secondsLeft = 0
            } else if done > 0 {
                state.progress.secondsLeft = elapsed * max(Double(state.bytesTotal) - done, 0) / done
            }
            return state.progress
        }
        report(progress)
    }
}
