/// How far a run has come, for a progress bar or a socket.
package struct IngestProgress: Sendable, Equatable {
    package enum Phase: String, Sendable {
        case searching, reading, embedding, storing, done
    }

    package var phase = Phase.searching
    package var filesDone = 0
    package var filesTotal = 0
    package var failed = 0
    package var pagesDone = 0
    package var chunksDone = 0
    /// The name of the file that is being embedded or waited for.
    package var currentFile = ""
    /// Chunks of the current file, done and in all.
    package var currentChunksDone = 0
    package var currentChunks = 0
    /// Over the time spent embedding; 0 before the first chunk.
    package var chunksPerSecond = 0.0
    /// An estimate by bytes of files; nil until there is something to judge by.
    package var secondsLeft: Double?
}
