/// The identity of the space in which vectors can be compared.
///
/// A course file keeps it in its `model` row; a file made in another space is refused, never searched.
package struct EmbeddingSpace: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The model's name, for example `all-MiniLM-L6-v2`.
    package let name: String
    /// The first 16 hexadecimal digits of the SHA-256 of the weights file.
    package let revision: String
    /// Floats in a vector.
    package let dimension: Int
    /// How token vectors become one, for example `mean`.
    package let pooling: String

    package init(name: String, revision: String, dimension: Int, pooling: String) {
        self.name = name
        self.revision = revision
        self.dimension = dimension
        self.pooling = pooling
    }

    package var description: String { "\(name) (revision \(revision), \(dimension) dimensions, \(pooling) pooling)" }
}
