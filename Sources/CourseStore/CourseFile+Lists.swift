import Support

extension CourseFile {
    /// Whether lists are being made, and what was tried last.
    struct Listing {
        var task: Task<Void, Never>?
        /// The generation that lists were made of, or could not be made of.
        var tried: Int64?
        var isClosed = false
    }

    /// Begins to make lists of a large course that lacks them; questions are answered without them meanwhile.
    func makeListsIfLacking() {
        guard let snapshot = codes?.lackingLists() else { return }
        listing.withLock { listing in
            guard listing.task == nil, !listing.isClosed, listing.tried != snapshot.generation.number else { return }
            listing.tried = snapshot.generation.number
            // A task of its own, for no question waits for it; `close` ends it. When it fails, all is found as before, and
            // whatever is wrong with the file the next question meets as well.
            listing.task = Task(priority: .background) {
                try? await self.makeLists()
                self.listing.withLock { $0.task = nil }
            }
        }
    }

    /// Returns when no lists are lacking, or could not be made.
    func finishLists() async {
        makeListsIfLacking()
        await listing.withLock { $0.task }?.value
    }

    private func makeLists() async throws {
        guard let codes, let snapshot = codes.lackingLists() else { return }
        let dimension = space.dimension
        let lists = try await pool.aside { connection in
            try ListBuilder.lists(of: snapshot.live, dimension: dimension, in: connection)
        }
        guard let lists else { return }
        try await pool.read { try codes.install(lists, in: $0) }
    }

    func endListing() async {
        let task = listing.withLock { listing in
            listing.isClosed = true
            return listing.task
        }
        task?.cancel()
        await task?.value
    }
}
