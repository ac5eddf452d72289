/// A row of a sheet: its cells that hold something, from left to right.
struct SheetRow {
    struct Cell {
        /// From 1.
        let column: Int32
        /// Whether it is a text, not a number, a date or a truth value.
        let isText: Bool
        var text: String
    }

    /// From 1.
    let number: Int
    /// Whether the row above it is empty; one that is not shown but holds something is not.
    var followsGap = false
    var cells: [Cell]
}
