/// What is known of LaTeX's commands and environments; what is not known keeps its text.
enum LaTeXCommands {
    /// Sectioning commands with their depth below a part.
    static let sections: [String: Int] = [
        "part": 0, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5, "subparagraph": 6,
    ]

    /// Commands whose first groups are no text, and how many of them; what follows these groups is.
    static let droppedGroups: [String: Int] = {
        let byCount = [
            1: "vspace hspace label includegraphics bibliographystyle bibliography pagestyle thispagestyle stepcounter "
                + "refstepcounter color textcolor colorbox usepackage RequirePackage documentclass documentstyle usetheme "
                + "usecolortheme usefonttheme useinnertheme useoutertheme hypersetup geometry index glossary hyphenation "
                + "selectlanguage foreignlanguage raisebox scalebox rotatebox parbox cline cmidrule phantom hphantom "
                + "vphantom todo thanks nocite addbibresource newcounter newlength setbeamertemplate AtBeginSection "
                + "AtBeginSubsection AtBeginDocument AtEndDocument setmainfont setsansfont setmonofont lstset tikzset "
                + "usetikzlibrary pgfplotsset tcbset sisetup captionsetup graphicspath theoremstyle inst hypertarget "
                + "hyperlink markright makeglossaries newacronym pgfdeclareimage hyperdef setstretch linespread date "
                + "setdefaultlanguage setotherlanguage pdfinfo special write typeout message pagenumbering logo subject "
                + "titlegraphic keywords beamerdefaultoverlayspecification column vspace* href ensuremathfont "
                + "DeclareGraphicsExtensions DeclareUnicodeCharacter hypersetup mode setparsizes orientador coorientador "
                + "tipotrabalho preambulo instituicao local bibitemsep ExplSyntaxOn includeonly excludecomment",
            2: "setlength addtolength setcounter addtocounter fcolorbox fontsize resizebox rule multirow markboth "
                + "setbeamercolor setbeamerfont numberwithin newcolumntype DeclareMathOperator pdfbookmark colorlet "
                + "setbeamersize setbeamercovered DeclarePairedDelimiter newsavebox crefalias",
            3: "definecolor addcontentsline newenvironment renewenvironment crefname Crefname titlespacing "
                + "newglossaryentry DeclareRobustCommand NewDocumentEnvironment",
            5: "titleformat",
        ]
        var table: [String: Int] = [:]
        for (count, names) in byCount { for name in names.split(separator: " ") { table[String(name)] = count } }
        return table
    }()

    /// Commands that pull in another file, which is never opened.
    static let otherFiles: Set<String> = [
        "input", "include", "subfile", "import", "subimport", "lstinputlisting", "verbatiminput", "inputminted",
        "includepdf", "InputIfFileExists",
    ]

    static let references: Set<String> = [
        "ref", "eqref", "pageref", "autoref", "cref", "Cref", "vref", "nameref", "autopageref", "labelcref",
    ]

    /// Environments whose content is kept as it is, as code.
    static let verbatim: Set<String> = [
        "verbatim", "verbatim*", "Verbatim", "BVerbatim", "lstlisting", "minted", "alltt", "pyverbatim", "semiverbatim",
        "pythoncode", "algorithmic", "pseudocode", "codigo",
    ]

    /// Environments of displayed formulas, kept as source.
    static let displayed: Set<String> = [
        "equation", "align", "alignat", "gather", "multline", "eqnarray", "displaymath", "flalign", "dmath",
        "IEEEeqnarray", "math",
    ]

    /// Environments that hold pictures or nothing for a reader.
    static let dropped: Set<String> = [
        "comment", "tikzpicture", "pgfpicture", "picture", "filecontents", "asy", "pspicture", "CCSXML", "tikzcd",
        "axis", "circuitikz",
    ]

    static let tables: Set<String> = ["tabular", "tabularx", "tabulary", "longtable", "tabu", "tblr", "supertabular"]

    static let lists: Set<String> = [
        "itemize", "enumerate", "description", "thebibliography", "list", "compactitem", "compactenum", "alineas",
        "questions", "parts", "tasks", "inparaenum", "subalineas", "incisos",
    ]

    /// Groups after `\begin{name}` that are no text.
    static let environmentGroups: [String: Int] = [
        "tabular": 1, "tabular*": 2, "tabularx": 2, "tabulary": 2, "longtable": 1, "supertabular": 1, "tabu": 1,
        "tblr": 1,
        "minipage": 1, "multicols": 1, "multicols*": 1, "column": 1, "adjustbox": 1, "wrapfigure": 2, "wraptable": 2,
        "subfigure": 1, "subtable": 1, "thebibliography": 1, "list": 2, "adjustwidth": 2, "otherlanguage": 1,
        "otherlanguage*": 1, "spacing": 1, "textblock": 1, "overlayarea": 2, "overprint": 0, "varwidth": 1,
        "beamercolorbox": 1, "turn": 1, "rotate": 1, "onlyenv": 0, "foreignlanguage": 1, "alignat": 1, "minted": 1,
        "SCfigure": 0, "hyphenrules": 1, "multicolumns": 1,
    ]

    /// Beamer's boxes with a title.
    static let titled: Set<String> = ["block", "alertblock", "exampleblock"]

    /// Marks that combine with the letter before them in Unicode.
    static let accents: [String: Unicode.Scalar] = [
        "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "\"": "\u{308}", "~": "\u{303}", "=": "\u{304}", ".": "\u{307}",
        "c": "\u{327}", "v": "\u{30c}", "u": "\u{306}", "H": "\u{30b}", "k": "\u{328}", "r": "\u{30a}", "d": "\u{323}",
        "b": "\u{331}",
    ]

    /// Letters: a blank behind the command only ends its name.
    static let letters: [String: String] = [
        "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "l": "ł",
        "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "th": "þ", "ng": "ŋ",
    ]

    /// Signs and names.
    static let symbols: [String: String] = [
        "S": "§", "P": "¶", "pounds": "£", "copyright": "©", "textcopyright": "©", "textregistered": "®",
        "texttrademark": "™", "dag": "†", "ddag": "‡", "ldots": "…", "dots": "…", "textellipsis": "…", "cdots": "…",
        "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbar": "|", "textless": "<",
        "textgreater": ">", "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘",
        "textquoteright": "’", "textquotesingle": "'", "textquotedbl": "\"", "textendash": "–", "textemdash": "—",
        "textbullet": "•", "textdegree": "°", "degree": "°", "textordfeminine": "ª", "textordmasculine": "º",
        "textunderscore": "_", "textdollar": "$", "textpercent": "%", "textcent": "¢", "texteuro": "€", "euro": "€",
        "textmu": "µ", "textpm": "±", "texttimes": "×", "textrightarrow": "→", "rightarrow": "→", "Rightarrow": "⇒",
        "leftarrow": "←", "checkmark": "✓", "LaTeX": "LaTeX", "TeX": "TeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX",
        "XeLaTeX": "XeLaTeX", "LuaLaTeX": "LuaLaTeX", "XeTeX": "XeTeX", "guillemotleft": "«", "guillemotright": "»",
        "guillemetleft": "«", "guillemetright": "»", "og": "« ", "fg": " »", "quad": " ", "qquad": " ", "slash": "/",
        "lq": "‘", "rq": "’", "textvisiblespace": "␣", "newline": "\n", "linebreak": "\n",
        "tabularnewline": "\n", "space": " ", "nobreakspace": " ", "enspace": " ", "thinspace": " ",
        "textregister": "®",
        "abnTeX": "abnTeX",
    ]

    /// Commands of one character that is not a letter.
    static let characters: [UInt8: String] = [
        0x25: "%", 0x26: "&", 0x23: "#", 0x24: "$", 0x5f: "_", 0x7b: "{", 0x7d: "}", 0x20: " ", 0x0a: " ", 0x09: " ",
        0x2c: " ", 0x3b: " ", 0x3a: " ", 0x21: "", 0x2d: "", 0x2f: "", 0x40: "", 0x3e: " ", 0x2a: "",
    ]
}
