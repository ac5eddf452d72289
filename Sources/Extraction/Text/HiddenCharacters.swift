/// Looks for characters that no reader sees and every program reads: a text can carry orders for a language model in them.
///
/// They are removed from every text (`TextCleaner`); what is found here is for a warning.
struct HiddenCharacters {
    /// So many in a row have no honest use.
    private static let suspiciousRun = 8
    /// The longest flag made of tag characters (`gbsct` and its end) is shorter.
    private static let flagLength = 7

    private var isSuspicious = false

    /// nil when nothing was found that a word processor would not have left.
    var warning: String? {
        isSuspicious ? "Hidden characters were removed: the file held text that cannot be seen." : nil
    }

    /// Linear; what is not one of the few lead bytes of such characters is passed over byte by byte.
    mutating func scan(_ text: String) {
        guard !isSuspicious else { return }
        var text = text
        isSuspicious = text.withUTF8 { Self.isSuspicious($0) }
    }

    private static func isSuspicious(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var run = 0
        var tags = 0
        var isFlag = false
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            guard lead >= 0xc2 else {
                if lead < 0x80 { (run, tags, isFlag) = (0, 0, false) }
                index += 1
                continue
            }
            let second = index + 1 < bytes.count ? bytes[index + 1] : 0
            let third = index + 2 < bytes.count ? bytes[index + 2] : 0
            if lead == 0xf3, second == 0xa0, third < 0x82 {
                tags += 1
                if tags > (isFlag ? flagLength : 0) { return true }
                index += 4
                continue
            }
            tags = 0
            let isZeroWidth =
                switch lead {
                case 0xe2 where second == 0x80: (0x8b...0x8f).contains(third) || (0xaa...0xae).contains(third)
                case 0xe2 where second == 0x81: (0xa0...0xaf).contains(third)
                case 0xef where second == 0xbb: third == 0xbf
                case 0xef where second == 0xb8: (0x80...0x8f).contains(third)
                case 0xf3: second == 0xa0
                default: false
                }
            run = isZeroWidth ? run + 1 : 0
            if run >= suspiciousRun { return true }
            // A black flag, which the tags of a region may follow.
            isFlag =
                lead == 0xf0 && second == 0x9f && third == 0x8f && index + 3 < bytes.count && bytes[index + 3] == 0xb4
            index += lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
        }
        return false
    }
}
