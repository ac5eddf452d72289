import Support

extension WordMatchers {
    init(_ asked: AskedWords) { self.init(asked.words.map(\.terms)) }
}
