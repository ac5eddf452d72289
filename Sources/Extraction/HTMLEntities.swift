/// Character references of HTML (Living Standard, section 13.2.5.72 on): numbers, and the names in general use.
enum HTMLEntities {
    /// The longest name in the table.
    private static let nameLimit = 16

    /// `bytes` with its character references replaced. What is not a known reference stays as it is.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "&"), let (scalar, end) = reference(in: bytes, at: index) else {
                decoded.append(bytes[index])
                index += 1
                continue
            }
            decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            index = end
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The character meant by the reference that begins at `start`, and where it ends.
    private static func reference(in bytes: ArraySlice<UInt8>, at start: Int) -> (Unicode.Scalar, Int)? {
        var index = start + 1
        guard index < bytes.endIndex else { return nil }
        if bytes[index] == UInt8(ascii: "#") { return number(in: bytes, at: index + 1) }
        let name = bytes[index...].prefix(nameLimit).prefix {
            (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20)
        }
        index = name.endIndex
        let isClosed = index < bytes.endIndex && bytes[index] == UInt8(ascii: ";")
        guard let scalar = table[Array(name)], isClosed || scalar.value < 0x100 && unclosed.contains(Array(name)) else {
            return nil
        }
        return (scalar, isClosed ? index + 1 : index)
    }

    private static func number(in bytes: ArraySlice<UInt8>, at start: Int) -> (Unicode.Scalar, Int)? {
        guard start < bytes.endIndex else { return nil }
        let isHexadecimal = bytes[start] | 0x20 == UInt8(ascii: "x")
        let digits = bytes[(isHexadecimal ? start + 1 : start)...].prefix(64).prefix {
            (0x30...0x39).contains($0) || isHexadecimal && (0x61...0x66).contains($0 | 0x20)
        }
        guard !digits.isEmpty else { return nil }
        let text = String(decoding: digits, as: UTF8.self)
        let value = UInt32(text, radix: isHexadecimal ? 16 : 10) ?? 0
        let isClosed = digits.endIndex < bytes.endIndex && bytes[digits.endIndex] == UInt8(ascii: ";")
        let mapped =
            (0x80...0x9f).contains(value) ? SingleByteEncoding.windows1252.scalarValue(UInt8(value)) ?? value : value
        let scalar = mapped == 0 ? nil : Unicode.Scalar(mapped)
        return (scalar ?? "\u{fffd}", isClosed ? digits.endIndex + 1 : digits.endIndex)
    }

    /// Names that old pages leave without a semicolon.
    private static let unclosed: Set<[UInt8]> = Set(
        ["amp", "lt", "gt", "quot", "nbsp", "copy", "reg"].map { Array($0.utf8) })

    private static let table: [[UInt8]: Unicode.Scalar] = {
        let fields = names.split(separator: " ")
        var table: [[UInt8]: Unicode.Scalar] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let scalar = UInt32(fields[index + 1], radix: 16).flatMap(Unicode.Scalar.init) else { continue }
            table[Array(fields[index].utf8)] = scalar
        }
        return table
    }()

    /// Name and code point, by turns.
    private static let names =
        "AElig c6 Aacute c1 Acirc c2 Agrave c0 Alpha 391 Aring c5 Atilde c3 Auml c4 Beta 392 Ccaron 10c "
        + "Ccedil c7 Chi 3a7 Dagger 2021 Delta 394 ETH d0 Eacute c9 Ecirc ca Egrave c8 Epsilon 395 Eta 397 "
        + "Euml cb Gamma 393 Gbreve 11e Iacute cd Icirc ce Idot 130 Igrave cc Iota 399 Iuml cf Kappa 39a "
        + "Lambda 39b Lstrok 141 Mu 39c NewLine a NotEqual 2260 Ntilde d1 Nu 39d OElig 152 Oacute d3 Ocirc d4 "
        + "Ograve d2 Omega 3a9 Omicron 39f Oslash d8 Otilde d5 Ouml d6 Phi 3a6 Pi 3a0 Prime 2033 Psi 3a8 "
        + "Rcaron 158 Rho 3a1 Rightarrow 21d2 Scaron 160 Scedil 15e Sigma 3a3 THORN de Tab 9 Tau 3a4 Theta 398 "
        + "Uacute da Ucirc db Ugrave d9 Upsilon 3a5 Uuml dc Xi 39e Yacute dd Yuml 178 Zcaron 17d Zeta 396 "
        + "aacute e1 abreve 103 acirc e2 acute b4 aelig e6 agrave e0 alefsym 2135 alpha 3b1 amp 26 and 2227 "
        + "ang 2220 apos 27 approx 2248 aring e5 ast 2a asymp 2248 atilde e3 auml e4 bdquo 201e beta 3b2 "
        + "blacksquare 25aa brvbar a6 bsol 5c bull 2022 cacute 107 cap 2229 ccaron 10d ccedil e7 cedil b8 "
        + "cent a2 check 2713 chi 3c7 circ 2c6 clubs 2663 colon 3a comma 2c commat 40 cong 2245 copy a9 "
        + "crarr 21b5 cup 222a curren a4 dArr 21d3 dagger 2020 darr 2193 dash 2010 dcaron 10f deg b0 delta 3b4 "
        + "diams 2666 divide f7 dollar 24 eacute e9 ecaron 11b ecirc ea egrave e8 ell 2113 empty 2205 "
        + "emptyset 2205 emsp 2003 ensp 2002 epsilon 3b5 equals 3d equiv 2261 eta 3b7 eth f0 euml eb euro 20ac "
        + "excl 21 exist 2203 fnof 192 forall 2200 frac12 bd frac14 bc frac34 be frasl 2044 gamma 3b3 "
        + "gbreve 11f ge 2265 geq 2265 grave 60 gt 3e hArr 21d4 harr 2194 hearts 2665 hellip 2026 hyphen 2010 "
        + "iacute ed icirc ee iexcl a1 iff 21d4 igrave ec image 2111 imath 131 infin 221e inodot 131 int 222b "
        + "iota 3b9 iquest bf isin 2208 iuml ef kappa 3ba lArr 21d0 lambda 3bb lang 2329 langle 27e8 laquo ab "
        + "larr 2190 lbrace 7b lbrack 5b lceil 2308 ldquo 201c le 2264 leq 2264 lfloor 230a lowast 2217 "
        + "lowbar 5f loz 25ca lpar 28 lrm 200e lsaquo 2039 lsqb 5b lsquo 2018 lstrok 142 lt 3c macr af "
        + "mapsto 21a6 mdash 2014 micro b5 middot b7 minus 2212 mldr 2026 mu 3bc nabla 2207 nacute 144 nbsp a0 "
        + "ncaron 148 ndash 2013 ne 2260 ni 220b not ac notin 2209 nsub 2284 ntilde f1 nu 3bd num 23 oacute f3 "
        + "ocirc f4 odblac 151 oelig 153 ograve f2 oline 203e omega 3c9 omicron 3bf oplus 2295 or 2228 ordf aa "
        + "ordm ba oslash f8 otilde f5 otimes 2297 ouml f6 para b6 part 2202 percnt 25 period 2e permil 2030 "
        + "perp 22a5 phi 3c6 phone 260e pi 3c0 piv 3d6 plus 2b plusmn b1 pound a3 prime 2032 prod 220f "
        + "prop 221d psi 3c8 quest 3f quot 22 rArr 21d2 radic 221a rang 232a rangle 27e9 raquo bb rarr 2192 "
        + "rarrw 219d rbrace 7d rbrack 5d rcaron 159 rceil 2309 rdquo 201d real 211c reg ae rfloor 230b "
        + "rho 3c1 rightarrow 2192 rlm 200f rpar 29 rsaquo 203a rsqb 5d rsquo 2019 sacute 15b sbquo 201a "
        + "scaron 161 scedil 15f sdot 22c5 sect a7 semi 3b setminus 2216 shy ad sigma 3c3 sigmaf 3c2 sim 223c "
        + "sol 2f spades 2660 square 25a1 star 2606 sub 2282 sube 2286 subset 2282 sum 2211 sup 2283 sup1 b9 "
        + "sup2 b2 sup3 b3 supe 2287 szlig df tau 3c4 tcaron 165 there4 2234 theta 3b8 thetasym 3d1 "
        + "thinsp 2009 thorn fe tilde 2dc times d7 trade 2122 uArr 21d1 uacute fa uarr 2191 ucirc fb ugrave f9 "
        + "uml a8 upsih 3d2 upsilon 3c5 uring 16f uuml fc varepsilon 3f5 verbar 7c vert 7c weierp 2118 xi 3be "
        + "xrarr 27f6 yacute fd yen a5 yuml ff zacute 17a zcaron 17e zdot 17c zeta 3b6 zwj 200d zwnj 200c "
}
