/// What the groups of an RTF file are for, by the control word they begin with.
enum RTFDestination: Equatable {
    /// The document's own text.
    case text
    /// A note at the foot of a page, which is read where its mark stands.
    case note
    /// The bullet or number that a word processor has put before a list's item.
    case listText
    case fontTable, styleSheet, information, title
    /// Nothing that a reader of the document sees.
    case skipped

    /// - Parameter isOptional: whether `\*` stands before the word: a reader that does not know it must skip it.
    /// - Returns: nil when the word begins no destination.
    static func begun(by word: String, isOptional: Bool) -> RTFDestination? {
        switch word {
        case "footnote", "endnote", "annotation": return word == "annotation" ? .skipped : .note
        case "listtext", "pntext": return .listText
        case "fonttbl": return .fontTable
        case "stylesheet": return .styleSheet
        case "info": return .information
        case "title": return .title
        case "fldrslt", "shptxt", "shpinst", "result", "shp", "object", "field", "mmath", "moMath", "moMathPara",
            "shpgrp",
            "ud", "upr":
            return word == "ud" ? .skipped : nil
        default:
            if skippedWords.contains(word) || (word.hasPrefix("m") && word.hasSuffix("Pr")) { return .skipped }
            return isOptional ? .skipped : nil
        }
    }

    private static let skippedWords: Set<String> = [
        "colortbl", "pict", "nonshppict", "shprslt", "objdata", "objclass", "objname", "objalias", "objsect",
        "fldinst",
        "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "ftnsep", "ftnsepc",
        "ftncn", "aftnsep", "aftnsepc", "aftncn", "sp", "sn", "sv", "listtable", "listoverridetable", "revtbl",
        "rsidtbl",
        "generator", "xmlnstbl", "themedata", "colorschememapping", "datastore", "latentstyles", "filetbl", "bkmkstart",
        "bkmkend", "xe", "tc", "tcn", "atnid", "atnauthor", "atntime", "atnicn", "atnref", "atndate", "atnparent",
        "template",
        "picprop", "blipuid", "pnseclvl", "private", "userprops", "author", "operator", "subject", "keywords",
        "comment",
        "doccomm", "company", "manager", "category", "hlinkbase", "factoidname", "panose", "falt", "fontemb",
        "mmathPict",
        "pgptbl", "do", "passwordhash", "docvar", "formfield", "wgrffmtfilter", "ebcstart", "ebcend", "background",
        "nextfile",
    ]
}
