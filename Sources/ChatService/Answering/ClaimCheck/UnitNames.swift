/// Units that numbers have, in English and Portuguese, folded: two of one dimension with other names say other things.
enum UnitNames {
    struct Unit: Sendable, Hashable {
        /// What it measures.
        let dimension: String
        /// One name for all its spellings.
        let name: String
    }

    static func isUnit(_ word: String) -> Bool { units[word] != nil }

    /// The unit of the number at `index`: a sign beside it, a word after it, also behind `to`, `and` and a second number.
    static func unit(of index: Int, _ tokens: [ClaimToken], _ source: [UInt8]) -> Unit? {
        let bytes = tokens[index].bytes
        // `60km`
        let letters = String(decoding: source[bytes], as: UTF8.self).drop { !$0.isLetter }.lowercased()
        if let unit = units[letters] { return unit }
        let end = index + 1 < tokens.count ? tokens[index + 1].bytes.lowerBound : source.count
        let after = source[bytes.upperBound..<max(end, bytes.upperBound)].prefix(3)
        if after.contains(UInt8(ascii: "%")) { return percent }
        var next = index + 1
        if next + 1 < tokens.count, joints.contains(tokens[next].text), tokens[next + 1].value != nil { next += 2 }
        if next < tokens.count, next == index + 1, tokens[next].value != nil, !tokens[next].text.isEmpty,
            after.contains(UInt8(ascii: "-")) || after.contains(0xe2)
        {
            next += 1
        }
        guard next < tokens.count else { return nil }
        return units[tokens[next].text]
    }

    static let percent = Unit(dimension: "part", name: "percent")
    private static let joints: Set<String> = ["to", "and", "or", "a", "e", "ou", "ate"]

    private static let units: [String: Unit] = {
        var units: [String: Unit] = [:]
        let table = [
            "part: points pontos",
            "magnitude: hundred hundreds cem centenas, thousand thousands mil milhares, "
                + "million millions milhao milhoes, billion billions bilhao bilhoes, trillion trillions trilhao trilhoes",
            "time: second seconds segundos, minute minutes minuto minutos min, hour hours hora horas h, day days dia dias, "
                + "week weeks semana semanas, month months mes meses, year years ano anos, "
                + "decade decades decada decadas, century centuries seculo seculos, millisecond milliseconds ms, "
                + "semester semesters semestre semestres",
            "length: mm millimeters milimetros, cm centimeters centimetres centimetros, "
                + "m meter meters metre metres metro metros, km kilometer kilometers kilometre kilometres quilometro quilometros, "
                + "mi mile miles milha milhas, foot feet ft pe pes, inch inches polegada polegadas, yard yards jarda jardas",
            "mass: mg milligrams miligramas, g gram grams grama gramas, kg kilogram kilograms quilo quilos quilogramas, "
                + "ton tons tonne tonnes tonelada toneladas, pound pounds libra libras",
            "volume: ml milliliters mililitros, l liter liters litre litres litro litros, gallon gallons galao galoes, "
                + "barrel barrels barril barris",
            "data: bit bits, byte bytes, kb kilobytes, mb megabytes, gb gigabytes, tb terabytes",
            "money: dollar dollars dolar dolares, euro euros, real reais, cent cents centavo centavos",
            "heat: c celsius, f fahrenheit, k kelvin",
            "power: w watts, kw kilowatts quilowatts, mw megawatts, gw gigawatts",
        ]
        for line in table {
            let parts = line.split(separator: ":")
            for group in parts[1].split(separator: ",") {
                let words = group.split(separator: " ").map(String.init)
                for word in words { units[word] = Unit(dimension: String(parts[0]), name: words[0]) }
            }
        }
        return units
    }()
}
