/// First come, first served, without moving all who wait at each step.
struct Line<Element> {
    private var elements: [Element?] = []
    /// Where the first that waits stands; those before it have gone.
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let first = elements[head]
        elements[head] = nil
        head += 1
        // Seldom enough that each element is moved about once.
        if head == elements.count || head >= 64 && head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return first
    }

    /// Takes out the first that `isWanted` holds for.
    mutating func remove(where isWanted: (Element) -> Bool) -> Element? {
        let found = elements[head...].firstIndex { element in element.map(isWanted) ?? false }
        guard let found else { return nil }
        return elements.remove(at: found)
    }
}
