extension Connection {
    /// Writes zeros over what `body` deletes (https://www.sqlite.org/pragma.html#pragma_secure_delete), which costs more than
    /// deleting: for what a person asks to be erased. Afterwards the connection deletes as it did before, for a library may
    /// be built to overwrite always.
    package func overwriting<Value>(_ body: () throws -> Value) throws -> Value {
        let former = try row("PRAGMA secure_delete") { $0.int(0) } ?? 0
        try execute("PRAGMA secure_delete = ON")
        let outcome = Result { try body() }
        // FAST has a number, but is set by its name.
        try execute("PRAGMA secure_delete = \(former == 2 ? "FAST" : "\(former)")")
        return try outcome.get()
    }
}
