import Support

extension CourseFile {
    /// Whether lists are being made, and when that went wrong.
    struct Listing {
        var task: Task<Void, Never>?
        /// The chunks there were when lists could not be made.
        var failedAt: Int?
        var isClosed = false
    }

    /// Begins to make lists of a large course that lacks them, if no other is at it; questions are answered without them
    /// meanwhile.
    func makeListsIfLacking() {
        guard let codes, let snapshot = codes.lackingLists() else { return }
        listing.withLock { listing in
            guard listing.task == nil, !listing.isClosed, listing.mayTry(snapshot.count), codes.beginLists(of: snapshot)
            else { return }
            // A task of its own, for no question waits for it; `close` and `retire` end it. When it fails, all is found as
            // before, and whatever is wrong with the file the next question meets as well.
            listing.task = Task(priority: .background) {
                let isMade = (try? await self.makeLists(of: snapshot)) ?? false
                codes.endLists()
                self.listing.withLock { listing in
                    listing.failedAt = isMade ? nil : snapshot.count
                    listing.task = nil
                }
            }
        }
    }

    /// Returns when no lists are lacking, or could not be made.
    func finishLists() async {
        makeListsIfLacking()
        await listing.withLock { $0.task }?.value
    }

    /// Ends the making of lists and gives back the memory of codes. Questions that still have the file are answered from it.
    package func retire() {
        listing.withLock { listing in
            listing.isClosed = true
            listing.task?.cancel()
        }
        codes?.retire()
    }

    /// - Returns: false when there can be none.
    private func makeLists(of snapshot: CodeSnapshot) async throws -> Bool {
        guard let codes else { return false }
        let dimension = space.dimension
        return try await pool.aside { connection in
            // Another file may have taken the place of this one.
            guard try Generation.current(in: connection).number >= snapshot.generation.number,
                let lists = try ListBuilder.lists(of: snapshot.live, dimension: dimension, in: connection)
            else { return false }
            codes.install(lists, madeOf: snapshot.generation)
            return true
        }
    }

    func endListing() async {
        retire()
        await listing.withLock { $0.task }?.value
    }
}

extension CourseFile.Listing {
    /// Whether it may go better: where the course has grown or shrunk by an eighth since it went wrong.
    fileprivate func mayTry(_ chunks: Int) -> Bool { failedAt.map { abs(chunks - $0) > $0 / 8 } ?? true }
}
